import path from "node:path";
import ts from "typescript";
import { isPlaceholder } from "./placeholder.mjs";
import { bound, isFunction, nodesIn, readSource } from "./source.mjs";
import { DEEPEST, product, waysOf } from "./ways.mjs";

/*
 * Reads from the source, with the compiler, what its errors say. A text is read
 * as a list of ways in which it may come out, each with the choices (`a ? b : c`)
 * that it comes from: the message of one choice never gets the hint of the other.
 */

/** More errors of one place than this for each of its hints are told as one. */
const MOST_OF_ONE = 8;

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

/** `new SsoxError(…)`, and `super(…)` in a class made of it. */
function isCreation(node) {
  if (ts.isNewExpression(node)) return node.expression.getText() === "SsoxError";
  if (!ts.isCallExpression(node) || node.expression.kind !== ts.SyntaxKind.SuperKeyword)
    return false;
  const parent = ts.findAncestor(node, ts.isClassDeclaration);
  return parent?.heritageClauses?.some(({ types }) => types[0]?.getText() === "SsoxError") ?? false;
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
  const symbol = symbolOf(within, source);
  // What is handed over and called by others knows what stands around it.
  if (symbol === undefined) return scopesOf(within, source, depth);
  const calls = source.calls.get(symbol) ?? [];
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

function symbolOf(within, source) {
  if (ts.isConstructorDeclaration(within)) return source.symbolAt(within.parent.name);
  if (within.name) return source.symbolAt(within.name);
  return ts.isVariableDeclaration(within.parent) ? source.symbolAt(within.parent.name) : undefined;
}
