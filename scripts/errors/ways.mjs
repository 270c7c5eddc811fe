import ts from "typescript";
import { isPlaceholder, placeholderFor } from "./placeholder.mjs";
import { bound, functionOf, isFunction, returnsOf } from "./source.mjs";

/** More ways than this to say one thing are told with a placeholder. */
const MOST_WAYS = 24;
/** Functions that call functions: further away nobody builds an error. */
export const DEEPEST = 4;

/** The ways in which an expression may read: `{ text, choices }`. */
export function waysOf(node, reading) {
  const ways = rawWaysOf(node, reading);
  const once = [...new Map(ways.map((way) => [JSON.stringify(way), way])).values()];
  return once.length > MOST_WAYS ? [fixed(placeholderFor(node))] : once;
}

function fixed(text) {
  return { text, choices: {} };
}

function rawWaysOf(node, reading) {
  if (node === undefined) return [fixed(undefined)];
  if (ts.isStringLiteralLike(node)) return [fixed(node.text)];
  if (ts.isParenthesizedExpression(node) || ts.isAwaitExpression(node))
    return waysOf(node.expression, reading);
  if (ts.isTemplateExpression(node)) return ofTemplate(node, reading);
  if (ts.isConditionalExpression(node)) return ofChoice(node, reading);
  if (ts.isBinaryExpression(node)) return ofBinary(node, reading);
  if (ts.isIdentifier(node)) return ofIdentifier(node, reading);
  if (ts.isCallExpression(node)) return ofCall(node, reading);
  return [fixed(placeholderFor(node))];
}

function ofTemplate(node, reading) {
  const parts = [[fixed(node.head.text)]];
  for (const { expression, literal } of node.templateSpans) {
    const ways = waysOf(expression, reading);
    const said = ways.filter(({ text }) => text !== undefined);
    // Where nothing is said, another choice leaves the words around it out, too.
    if (said.length === 0) return [fixed(undefined)];
    parts.push(said, [fixed(literal.text)]);
  }
  return product(parts).map((texts) => ({ text: texts.join(""), choices: texts.choices }));
}

function ofChoice({ condition, whenTrue, whenFalse }, reading) {
  const isNegated = /!==/.test(condition.getText());
  const key = `${condition.getText().replace("!==", "===")} in ${ts.findAncestor(condition, isFunction)?.pos}`;
  const branch = (node, value) => {
    return waysOf(node, reading)
      .filter(({ choices }) => agree(choices, { [key]: value }))
      .map(({ text, choices }) => {
        return { text, choices: { ...choices, [key]: value } };
      });
  };
  return [...branch(whenTrue, !isNegated), ...branch(whenFalse, isNegated)];
}

function ofBinary({ left, right, operatorToken }, reading) {
  if (operatorToken.kind === ts.SyntaxKind.PlusToken && !ts.isNumericLiteral(right)) {
    const pairs = product([waysOf(left, reading), waysOf(right, reading)]);
    return pairs.map((texts) => ({ text: texts.join(""), choices: texts.choices }));
  }
  if (operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) {
    const ways = waysOf(left, reading).filter(({ text }) => text !== undefined);
    const others = waysOf(right, reading).filter(({ text }) => text !== "");
    return ways.length > 0 ? [...ways, ...others] : waysOf(right, reading);
  }
  return [fixed(placeholderFor(left))];
}

function ofIdentifier(node, reading) {
  if (node.text === "undefined") return [fixed(undefined)];
  const parent = node.parent;
  const symbol = ts.isShorthandPropertyAssignment(parent)
    ? reading.source.checker.getShorthandAssignmentValueSymbol(parent)
    : reading.source.symbolAt(node);
  if (reading.scope.has(symbol)) {
    const value = reading.scope.get(symbol);
    return deeper(reading, value.scope, (within) => waysOf(value.node, within), node);
  }
  const declaration = symbol?.declarations?.[0];
  if (declaration && ts.isBindingElement(declaration)) return ofBinding(declaration, node, reading);
  if (declaration && ts.isVariableDeclaration(declaration) && declaration.initializer) {
    if (ts.isStringLiteralLike(declaration.initializer))
      return waysOf(declaration.initializer, reading);
    if (!ts.isIdentifier(declaration.name)) return [fixed(placeholderFor(node))];
    const ways = deeper(
      reading,
      reading.scope,
      (within) => waysOf(declaration.initializer, within),
      node,
    );
    return ways.every(({ text }) => isPlaceholder(text)) ? [fixed(placeholderFor(node))] : ways;
  }
  return [fixed(placeholderFor(node))];
}

/** `const { name } = …`, where what stands behind it is an object of the source. */
function ofBinding(element, node, reading) {
  const { parent: pattern } = element;
  const { initializer } = pattern.parent;
  const unknown = [fixed(placeholderFor(node))];
  if (!ts.isObjectBindingPattern(pattern) || !initializer) return unknown;
  const key = (element.propertyName ?? element.name).getText();
  return (
    deeper(reading, reading.scope, (within) => membersOf(initializer, key, within), node) ?? unknown
  );
}

/** What a member of an object may be; undefined where the object is of the run. */
function membersOf(node, key, reading) {
  if (node === undefined || reading.depth > DEEPEST) return undefined;
  if (ts.isObjectLiteralExpression(node)) {
    const property = node.properties.find(({ name }) => name?.getText() === key);
    const value = property && (property.initializer ?? property.name);
    return value && waysOf(value, reading);
  }
  if (ts.isConditionalExpression(node)) {
    return joined(
      [node.whenTrue, node.whenFalse].map((each) => [each, membersOf(each, key, reading)]),
    );
  }
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return undefined;
  const within = functionOf(reading.source.symbolAt(node.expression)?.declarations?.[0]);
  if (within?.body === undefined) return undefined;
  const scope = bound(within, node, reading.scope, reading.source);
  const inside = { ...reading, scope, depth: reading.depth + 1 };
  return joined(returnsOf(within).map((each) => [each, membersOf(each, key, inside)]));
}

/** Of several objects, with which one it is as a choice; undefined where one is not known. */
function joined(found) {
  if (found.length === 0 || found.some(([, ways]) => ways === undefined)) return undefined;
  return found.flatMap(([node, ways]) => {
    const choice = { [`object in ${functionPlace(node)}`]: node.pos };
    return ways.map(({ text, choices }) => ({ text, choices: { ...choices, ...choice } }));
  });
}

function functionPlace(node) {
  return `${node.getSourceFile().fileName} ${ts.findAncestor(node.parent, isFunction)?.pos}`;
}

function deeper(reading, scope, read, node) {
  if (reading.depth > DEEPEST * 2) return [fixed(placeholderFor(node))];
  return read({ ...reading, scope, depth: reading.depth + 1 });
}

/** These tell a value of a run in few words. */
const TELLING = ["durationWords", "reasonOf"];
/** These show the text that they get. */
const SHOWING = ["shellWord", "printableLine", "printable", "masked", "oneLine", "String"];

function ofCall(node, reading) {
  const called = node.expression.getText();
  const [argument] = node.arguments;
  if (called === "JSON.stringify") {
    return waysOf(argument, reading).map(({ text, choices }) => ({
      text: JSON.stringify(text ?? ""),
      choices,
    }));
  }
  if (TELLING.includes(called))
    return [fixed(placeholderFor(called === "reasonOf" ? node : argument))];
  if (called === "capital") {
    return waysOf(argument, reading).map(({ text, choices }) => ({ text: capital(text), choices }));
  }
  if (SHOWING.includes(called)) return waysOf(argument, reading);
  const declaration = reading.source.symbolAt(node.expression)?.declarations?.[0];
  const within = functionOf(declaration);
  if (within?.body === undefined) return [fixed(placeholderFor(node))];
  const scope = bound(within, node, reading.scope, reading.source);
  const ways = returnsOf(within).flatMap((value) => {
    return deeper(reading, scope, (inside) => waysOf(value, inside), node);
  });
  const hasWords =
    ways.length > 0 && ways.every(({ text }) => text === undefined || !isPlaceholder(text));
  return hasWords ? ways : [fixed(placeholderFor(node))];
}

function capital(text = "") {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Each with one way of every list, where their choices agree. */
export function product(lists) {
  let rows = [{ texts: [], choices: {} }];
  for (const list of lists) {
    rows = rows.flatMap(({ texts, choices }) => {
      return list
        .filter((way) => agree(choices, way.choices))
        .map((way) => {
          return { texts: [...texts, way.text], choices: { ...choices, ...way.choices } };
        });
    });
  }
  return rows.map(({ texts, choices }) => Object.assign(texts, { choices }));
}

function agree(one, other) {
  return Object.entries(other).every(([key, value]) => (one[key] ?? value) === value);
}
