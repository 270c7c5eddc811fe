import { createHash } from "node:crypto";
import { changedLines, linesOf, type Replacement } from "./changed-lines.ts";

/** A piece of a text that was replaced, and the section that it belongs to. */
export interface NamedSplice extends Replacement {
  readonly section: string;
}

/** Lines that were written, and what stood in their place. */
export interface ReverseHunk {
  readonly section: string;
  /** Index of the first of them in the new text. */
  readonly line: number;
  /** How many they are; none where something was taken out. */
  readonly count: number;
  readonly replaced: string;
  /** What stands before it was the last line of the text, and had no end. */
  readonly gaveEnd?: boolean;
}

/**
 * What takes edits of a text back, also after others edited it: the pieces that
 * were replaced, and of every line a short hash, by which the places are found
 * again. It is no copy of the text.
 */
export interface ReversePatch {
  /** Hashes of the whole text before and after the edits. */
  readonly before: string;
  readonly after: string;
  /** A hash of each line of the new text. */
  readonly lines: readonly string[];
  /** In the order of lines; no two for the same line. */
  readonly hunks: readonly ReverseHunk[];
}

/**
 * The patch that takes edits back.
 *
 * @param after what the splices made of `before`
 * @param splices in the order of places
 */
export function reversePatch(
  before: string,
  after: string,
  splices: readonly NamedSplice[],
): ReversePatch {
  let counted = 0;
  let line = 0;
  const hunks = changedLines(after, splices).map(({ section, start, end, from, to }) => {
    line += linesOf(after.slice(counted, from)).length;
    counted = from;
    const count = linesOf(after.slice(from, to)).length;
    const replaced = before.slice(start, end);
    // That line is the user's: of it nothing is kept.
    const wasEnded =
      replaced !== "" && !replaced.endsWith("\n") && after.startsWith(replaced, from);
    return wasEnded && /^\r?\n/.test(after.slice(from + replaced.length, to))
      ? { section, line: line + 1, count: count - 1, replaced: "", gaveEnd: true }
      : { section, line, count, replaced };
  });
  const lines = linesOf(after).map(lineHash);
  return { before: textHash(before), after: textHash(after), lines, hunks };
}

/** Which lines of one text are still there in another, and where; see {@link placesNow}. */
export type Align = (
  old: readonly string[],
  now: readonly string[],
) => readonly { readonly old: number; readonly now: number; readonly count: number }[];

/**
 * What takes the edits back in the text as it is now.
 *
 * @param align finds the lines that both have, from their hashes
 * @returns splices in the order of places, or the section whose lines were changed since
 */
export function takingBack(
  patch: ReversePatch,
  now: string,
  align: Align,
): { readonly splices: readonly NamedSplice[] } | { readonly changed: string } {
  const lines = linesOf(now);
  const offsets = [0];
  for (const text of lines) offsets.push((offsets.at(-1) ?? 0) + text.length);
  const placeNow = placesNow(patch, lines.map(lineHash), align);
  const splices: PlacedHunk[] = [];
  for (const hunk of patch.hunks) {
    const { section, count, replaced, gaveEnd } = hunk;
    const at = placeNow(hunk);
    if (at === undefined) return { changed: section };
    const end = offsets[at + count] ?? now.length;
    const start = offsets[at] ?? now.length;
    splices.push({ section, start, end, text: replaced, gaveEnd });
  }
  return { splices: withLineEnds(now, splices) };
}

interface PlacedHunk extends NamedSplice {
  readonly gaveEnd: boolean | undefined;
}

/** What was the last line of the text, without an end, may have others behind it now. */
function withLineEnds(text: string, splices: readonly PlacedHunk[]): readonly NamedSplice[] {
  const eol = /\r?\n/.exec(text)?.[0] ?? "\n";
  let isLast = true;
  let behind = text.length;
  const checked = splices.toReversed().map(({ gaveEnd, ...splice }) => {
    isLast &&= splice.end === behind;
    behind = splice.start;
    const isCut = splice.text !== "" && !splice.text.endsWith("\n");
    const wasLast = isLast;
    isLast &&= splice.text === "";
    if (isCut && !wasLast) return { ...splice, text: splice.text + eol };
    if (!gaveEnd || !wasLast) return splice;
    const ending = /\r?\n$/.exec(text.slice(0, splice.start))?.[0] ?? "";
    return { ...splice, start: splice.start - ending.length };
  });
  return checked.reverse();
}

/** The hash by which a whole text is known again. */
export function textHash(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** Tells where a hunk's lines are now; undefined for one that is not there as a whole. */
function placesNow(
  { lines }: ReversePatch,
  now: readonly string[],
  align: Align,
): (hunk: ReverseHunk) => number | undefined {
  const map = new Map<number, number>();
  for (const run of align(lines, now)) {
    for (let i = 0; i < run.count; i += 1) map.set(run.old + i, run.now + i);
  }
  map.set(-1, -1);
  map.set(lines.length, now.length);
  return ({ line, count, replaced }) => {
    if (count === 0) return gapNow(map, line, replaced);
    const written = lines.slice(line, line + count);
    const isThere = (at: number): boolean =>
      written.every((hash, index) => now[at + index] === hash);
    const start = map.get(line);
    const isAligned = written.every((_, index) => map.get(line + index) === (start ?? 0) + index);
    if (start !== undefined && isAligned) return start;
    // Lines that stand in many places, empty ones above all, may have been taken for each other.
    const candidates = now.flatMap((hash, at) => (hash === written[0] && isThere(at) ? [at] : []));
    return candidates.length === 1 ? candidates[0] : undefined;
  };
}

/** Where lines go back that were taken out: what others wrote there since is not to be parted. */
function gapNow(
  map: ReadonlyMap<number, number>,
  line: number,
  replaced: string,
): number | undefined {
  const above = map.get(line - 1);
  const below = map.get(line);
  const isSection = /^\s*\[/.test(replaced);
  if (below !== undefined && (isSection || above === undefined)) return below;
  return above === undefined ? undefined : above + 1;
}

function lineHash(line: string): string {
  return createHash("sha256").update(line, "utf8").digest("base64url").slice(0, 12);
}
