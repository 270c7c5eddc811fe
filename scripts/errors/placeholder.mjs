import ts from "typescript";

/** `{name}`: for a value that only a run knows. */
export function placeholderFor(node) {
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

/** True for a text that tells nothing but what only a run knows. */
export function isPlaceholder(text) {
  return (
    text === undefined || (text.includes("{") && !/\s/.test(text.replaceAll(/\{[^{}]*\}/g, "")))
  );
}
