/** A piece of a text, and what is to stand in its place. */
export interface Replacement {
  /** Offset of the first character, and behind the last, in the old text. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Lines of one text, and those that stand in their place in the other: offsets in both. */
export interface ChangedLines {
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

/**
 * The replacements, each widened to whole lines of the new text; two that reach
 * into one line become one.
 *
 * @param replacements in the order of places
 */
export function changedLines<T extends Replacement>(
  after: string,
  replacements: readonly T[],
): readonly (Omit<T, "text"> & ChangedLines)[] {
  const found: (Omit<T, "text"> & ChangedLines)[] = [];
  let shift = 0;
  for (const { text, ...replacement } of replacements) {
    const { start, end } = replacement;
    const first = start + shift;
    const behind = first + text.length;
    shift += text.length - (end - start);
    const from = first === 0 ? 0 : after.lastIndexOf("\n", first - 1) + 1;
    const isWhole = behind === 0 || behind === after.length || after.charAt(behind - 1) === "\n";
    const next = after.indexOf("\n", behind);
    const to = isWhole ? behind : next === -1 ? after.length : next + 1;
    const last = found.at(-1);
    const widened = end + to - behind;
    if (last && from < last.to) {
      found[found.length - 1] = { ...last, end: widened, to };
    } else {
      found.push({ ...replacement, start: start - (first - from), end: widened, from, to });
    }
  }
  return found;
}

/** The lines of a text, each with its line feed. */
export function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}
