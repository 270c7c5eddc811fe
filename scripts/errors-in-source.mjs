import path from "node:path";
import ts from "typescript";

/*
 * Reads from the source, with the compiler, what its errors say. A text is read
 * as a list of ways in which it may come out, each with the choices (`a ? b : c`)
 * that it comes from: the message of one choice never gets the hint of the other.
 */

/** More ways than this to say one thing are told with a placeholder. */
const MOST_WAYS = 24;
/** More errors of one place than this for each of its hints are told as one. */
const MOST_OF_ONE = 8;
/** Functions that call functions: further away nobody builds an error. */
const DEEPEST = 4;

/**
 * Every error that the source makes, as a user may see it: `new SsoxError(…)`,
 * with what is handed to the functions around it. What only a run knows stands
 * as `{name}`.
 *
 * @returns each once: code, message, hint (undefined where there is none), and the file
 */
export function errorsInSource(root) {
  const options = { configFile: path.join(root, "tsconfig.json") };
  const { config } = ts.readConfigFile(options.configFile, ts.sys.readFile);
  const parsed = ts.parseJsonConfigFileContent({ ...config, include: ["src"] }, ts.sys, root);
  const program = ts.createProgram(parsed.fileNames, parsed.options);
  const own = new Set(parsed.fileNames.map((name) => path.normalize(name)));
  const files = program
    .getSourceFiles()
    .filter(({ fileName }) => own.has(path.normalize(fileName)));
  const source = readSource(files, program.getTypeChecker());
  const once = new Map();
  for (const file of files) {
    const name = path.relative(root, file.fileName).replaceAll(path.sep, "/");
    for (const node of nodesIn(file).filter(isCreation)) {
      for (const error of errorsAt(node, source)) {
        const key = JSON.stringify([error.code, error.message, error.hint]);
        if (!once.has(key)) once.set(key, { ...error, file: name });
      }
    }
  }
  return [...once.values()];
}

function nodesIn(root) {
  const nodes = [];
  const visit = (node) => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return nodes;
}

/** `new SsoxError(…)`, and `super(…)` in a class made of it. */
function isCreation(node) {
  if (ts.isNewExpression(node)) return node.expression.getText() === "SsoxError";
  if (!ts.isCallExpression(node) || node.expression.kind !== ts.SyntaxKind.SuperKeyword)
    return false;
  const parent = ts.findAncestor(node, ts.isClassDeclaration);
  return parent?.heritageClauses?.some(({ types }) => types[0]?.getText() === "SsoxError") ?? false;
}

/** The checker, and who calls or makes what. */
function readSource(files, checker) {
  const calls = new Map();
  const symbolAt = (node) => {
    const symbol = checker.getSymbolAtLocation(node);
    if (symbol === undefined) return undefined;
    return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  };
  for (const node of files.flatMap(nodesIn)) {
    if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) continue;
    const symbol = symbolAt(node.expression);
    if (symbol) calls.set(symbol, [...(calls.get(symbol) ?? []), node]);
  }
  return { checker, symbolAt, calls };
}

function errorsAt(node, source) {
  const errors = errorsIn(scopesOf(node, source, 0), node, source);
  const hints = new Set(errors.map(({ hint }) => hint));
  // One thing said of many: what it is said of stands as a placeholder.
  const isOne = errors.length > MOST_OF_ONE * hints.size;
  return isOne ? errorsIn([new Map()], node, source) : errors;
}

function errorsIn(scopes, node, source) {
  const [code, message, options] = node.arguments;
  const errors = scopes.flatMap((scope) => {
    const reading = { source, scope, depth: 0 };
    const hint = hintIn(options, reading);
    return product([
      waysOf(code, reading),
      waysOf(message, reading),
      hint === undefined
        ? [{ text: undefined, choices: {} }]
        : waysOf(hint.node, { ...reading, scope: hint.scope }),
    ]).map(([ofCode, ofMessage, ofHint]) => {
      const said = ofHint === undefined || ofHint === "" ? undefined : ofHint;
      return { code: ofCode, message: ofMessage, hint: said };
    });
  });
  return [...new Map(errors.map((error) => [JSON.stringify(error), error])).values()];
}

/** The node of the hint, and the scope in which it is read. */
function hintIn(options, { source, scope }) {
  if (options === undefined) return undefined;
  if (ts.isObjectLiteralExpression(options)) {
    for (const property of options.properties) {
      if (property.name?.getText() !== "hint") continue;
      if (ts.isPropertyAssignment(property)) return { node: property.initializer, scope };
      if (ts.isShorthandPropertyAssignment(property)) return { node: property.name, scope };
    }
    return undefined;
  }
  const bound = ts.isIdentifier(options) ? scope.get(source.symbolAt(options)) : undefined;
  return bound && hintIn(bound.node, { source, scope: bound.scope });
}

/**
 * What the parameters around the node may stand for: one scope for each call of
 * the function that it is in. A parameter that is a value of a run everywhere
 * keeps its own name.
 */
function scopesOf(node, source, depth) {
  const within = ts.findAncestor(node.parent, isFunction);
  const nobody = [new Map()];
  if (within === undefined || depth > DEEPEST) return nobody;
  const calls = source.calls.get(symbolOf(within, source)) ?? [];
  if (calls.length === 0) return nobody;
  const scopes = calls.flatMap((call) => {
    return scopesOf(call, source, depth + 1).map((outer) => bound(within, call, outer, source));
  });
  for (const { name } of within.parameters) {
    const symbol = source.symbolAt(name);
    const reading = { source, depth: 0 };
    const tells = scopes.some((scope) => {
      const value = scope.get(symbol);
      if (value?.node && ts.isObjectLiteralExpression(value.node)) return true;
      return (
        value &&
        waysOf(value.node, { ...reading, scope: value.scope }).some(
          ({ text }) => !isPlaceholder(text),
        )
      );
    });
    if (!tells) for (const scope of scopes) scope.delete(symbol);
  }
  return scopes;
}

function isFunction(node) {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isArrowFunction(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isConstructorDeclaration(node)
  );
}

function symbolOf(within, source) {
  if (ts.isConstructorDeclaration(within)) return source.symbolAt(within.parent.name);
  if (within.name) return source.symbolAt(within.name);
  return ts.isVariableDeclaration(within.parent) ? source.symbolAt(within.parent.name) : undefined;
}

function bound(within, call, outer, source) {
  const scope = new Map(outer);
  within.parameters.forEach((parameter, index) => {
    const node = call.arguments?.[index] ?? parameter.initializer;
    if (ts.isIdentifier(parameter.name)) {
      const symbol = source.symbolAt(parameter.name);
      if (node) scope.set(symbol, { node, scope: outer });
      else if (!parameter.dotDotDotToken) scope.set(symbol, { node: undefined, scope: outer });
    } else if (
      node &&
      ts.isObjectLiteralExpression(node) &&
      ts.isObjectBindingPattern(parameter.name)
    ) {
      for (const element of parameter.name.elements) {
        const key = (element.propertyName ?? element.name).getText();
        const property = node.properties.find(({ name }) => name?.getText() === key);
        const value = property && (property.initializer ?? property.name);
        if (value) scope.set(source.symbolAt(element.name), { node: value, scope: outer });
      }
    }
  });
  return scope;
}

/** Each with one way of every list, where their choices agree. */
function product(lists) {
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

function isPlaceholder(text) {
  return (
    text === undefined || (text.includes("{") && !/\s/.test(text.replaceAll(/\{[^{}]*\}/g, "")))
  );
}

/** The ways in which an expression may read: `{ text, choices }`. */
function waysOf(node, reading) {
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
  if (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isAwaitExpression(node)
  )
    return waysOf(node.expression, reading);
  if (ts.isTemplateExpression(node)) return ofTemplate(node, reading);
  if (ts.isConditionalExpression(node)) return ofChoice(node, reading);
  if (ts.isBinaryExpression(node)) return ofBinary(node, reading);
  if (ts.isIdentifier(node)) return ofIdentifier(node, reading);
  if (ts.isCallExpression(node)) return ofCall(node, reading);
  if (ts.isElementAccessExpression(node)) return ofMember(node, reading);
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
  if (ts.isPropertyAccessExpression(node.expression)) return ofMethod(node, reading);
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

function ofMethod(node, reading) {
  const { expression, name } = node.expression;
  if (["trim", "trimEnd", "slice", "replace", "replaceAll"].includes(name.text))
    return waysOf(expression, reading);
  return [fixed(placeholderFor(node))];
}

function functionOf(declaration) {
  if (declaration === undefined) return undefined;
  if (ts.isFunctionDeclaration(declaration)) return declaration;
  const isOne =
    ts.isVariableDeclaration(declaration) &&
    declaration.initializer &&
    ts.isArrowFunction(declaration.initializer);
  return isOne ? declaration.initializer : undefined;
}

function returnsOf(within) {
  if (!ts.isBlock(within.body)) return [within.body];
  const isOwn = (node) => ts.findAncestor(node.parent, isFunction) === within;
  return nodesIn(within.body)
    .filter((node) => ts.isReturnStatement(node) && isOwn(node))
    .map(({ expression }) => expression);
}

/** A member of an object that the source lists: any of them. */
function ofMember(node, reading) {
  const declaration = reading.source.symbolAt(node.expression)?.declarations?.[0];
  const value =
    declaration && ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
  if (!value || !ts.isObjectLiteralExpression(value)) return [fixed(placeholderFor(node))];
  return value.properties.flatMap((property) => {
    const key = property.name?.getText();
    return ts.isPropertyAssignment(property)
      ? waysOf(property.initializer, reading).map(({ text }) => ({
          text,
          choices: { [node.getText()]: key },
        }))
      : [];
  });
}

/** `{name}`: for a value that only a run knows. */
function placeholderFor(node) {
  const name = nameOf(node);
  return `{${name === undefined ? "…" : name}}`;
}

function nameOf(node) {
  if (ts.isIdentifier(node)) return node.text.replace(/(?<=.)Of$/, "");
  if (ts.isPropertyAccessExpression(node)) {
    return ["name", "text", "length", "message", "id", "href"].includes(node.name.text)
      ? nameOf(node.expression)
      : node.name.text;
  }
  if (ts.isCallExpression(node)) {
    const { expression } = node;
    if (ts.isPropertyAccessExpression(expression)) {
      return expression.expression.getText() === "Math"
        ? nameOf(node.arguments[0])
        : nameOf(expression.expression);
    }
    return nameOf(expression);
  }
  if (ts.isBinaryExpression(node)) return nameOf(node.left);
  if (ts.isElementAccessExpression(node)) return nameOf(node.expression);
  if (
    ts.isNonNullExpression(node) ||
    ts.isParenthesizedExpression(node) ||
    ts.isAwaitExpression(node)
  )
    return nameOf(node.expression);
  return undefined;
}
