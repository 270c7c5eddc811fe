import ts from "typescript";

/** The checker, and who calls or makes what. */
export function readSource(files, checker) {
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

export function nodesIn(root) {
  const nodes = [];
  const visit = (node) => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return nodes;
}

export function isFunction(node) {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isArrowFunction(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isConstructorDeclaration(node)
  );
}

export function functionOf(declaration) {
  if (declaration === undefined) return undefined;
  if (ts.isFunctionDeclaration(declaration)) return declaration;
  const isOne =
    ts.isVariableDeclaration(declaration) &&
    declaration.initializer &&
    ts.isArrowFunction(declaration.initializer);
  return isOne ? declaration.initializer : undefined;
}

export function returnsOf(within) {
  if (!ts.isBlock(within.body)) return [within.body];
  const isOwn = (node) => ts.findAncestor(node.parent, isFunction) === within;
  return nodesIn(within.body)
    .filter((node) => ts.isReturnStatement(node) && isOwn(node))
    .map(({ expression }) => expression);
}

/** What the parameters of a function stand for in a call of it, beside what is known around the call. */
export function bound(within, call, outer, source) {
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
