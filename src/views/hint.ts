import { LOOK, type Styling } from "./look.ts";
import { printableLine } from "./printable.ts";
import { wrapped } from "./wrapped.ts";

const INDENT = "  ";

/** What mends something, below what it mends. @param columns those of the terminal; undefined: no line is broken */
export function hintLines(
  hint: string,
  style: Styling,
  columns: number | undefined,
): readonly string[] {
  const text = printableLine(hint);
  // What is to be typed is never broken: it is to be copied.
  const room = columns === undefined || isTyped(text) ? undefined : columns - 4;
  const arrow = style(LOOK.accent, "→");
  return wrapped(text, room).map((line, index) => `${INDENT}${index === 0 ? arrow : " "} ${line}`);
}

/** True for a hint that is a command line, or flags for one; every other is words. */
export function isTyped(hint: string): boolean {
  return /^(--|(ssox|aws|chmod|export|kill|ls|mv|ps|rm|sx|unset) )/.test(hint);
}

/**
 * An error for people: what failed, and below it what mends it. Its first line
 * is the one that programs look for.
 *
 * @param columns those of the terminal; undefined: no line is broken
 */
export function errorText(
  {
    code,
    message,
    hint,
  }: { readonly code: string; readonly message: string; readonly hint: string },
  style: Styling,
  columns: number | undefined,
): string {
  const label = `error ${code}:`;
  const text = `ssox: ${label} ${printableLine(message)}`;
  const [first = "", ...more] = wrapped(
    text,
    columns === undefined ? undefined : columns - INDENT.length,
  );
  const shown = first.replace(label, () => style(LOOK.error, label));
  return [shown, ...more.map((line) => INDENT + line), ...hintLines(hint, style, columns)].join(
    "\n",
  );
}
