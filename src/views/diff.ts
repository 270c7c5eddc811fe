import {
  type ChangedLines,
  changedLines,
  linesOf,
  type Replacement,
} from "../domain/changed-lines.ts";
import { withoutSecretValues } from "../domain/secret-lines.ts";
import { LOOK, type Styling } from "./look.ts";
import { printable } from "./printable.ts";

/** A file's text before and after, and what makes one of the other, in the order of places. */
export interface TextChange {
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly splices: readonly Replacement[];
}

/** Lines around a change. Any of them may hold a key, where the file has keys. */
const CONTEXT = 3;
const SECRET_KEY = /secret|passw|passphrase|token\s*[=:]/i;

/**
 * What changes in a file, in the form that `patch` reads; empty when nothing
 * does. Where it changes is known: to search two large texts for it would take
 * half a minute. Keys that the user keeps there do not show.
 */
export function unifiedDiff({ file, before, after, splices }: TextChange): string {
  if (before === after) return "";
  const context = SECRET_KEY.test(before) ? 0 : CONTEXT;
  const old = withoutSecretValues(linesOf(before));
  const changes = inLines(before, after, joined(changedLines(after, splices)));
  const hunks: Change[][] = [];
  for (const change of changes) {
    const last = hunks.at(-1)?.at(-1);
    if (last && change.start - last.end <= 2 * context) hunks.at(-1)?.push(change);
    else hunks.push([change]);
  }
  const lines = withoutSecretValues(linesOf(after));
  const shown = hunks.flatMap((hunk) => hunkOf(hunk, old, lines, context));
  return [`--- ${file}`, `+++ ${file}`, ...shown].join("\n");
}

/**
 * A unified diff for a terminal: in colours, control characters made visible.
 *
 * @param style colours a text, where the terminal shows colours
 */
export function shownDiff(diff: string, style: Styling): string {
  const lines = diff.split("\n").map((line) => {
    const text = line.replace(/\r$/, "").split("\t").map(printable).join("\t");
    if (/^(---|\+\+\+) /.test(line)) return style(LOOK.heading, text);
    if (line.startsWith("@@")) return style(LOOK.accent, text);
    if (line.startsWith("+")) return style(LOOK.added, text);
    return line.startsWith("-") ? style(LOOK.removed, text) : text;
  });
  return lines.join("\n");
}

/** Indices of lines: those of the old text, and those in their place. */
type Change = ChangedLines;

/** Changes that touch are one: the end of a text need not be the end of a line. */
function joined(changes: readonly ChangedLines[]): readonly ChangedLines[] {
  const result: ChangedLines[] = [];
  for (const change of changes) {
    const last = result.at(-1);
    if (last?.to === change.from) {
      result[result.length - 1] = { ...last, end: change.end, to: change.to };
    } else result.push(change);
  }
  return result;
}

function inLines(before: string, after: string, changes: readonly ChangedLines[]): Change[] {
  const [ofOld, ofNew] = [lineCounter(before), lineCounter(after)];
  return changes.map(({ start, end, from, to }) => {
    return { start: ofOld(start), end: ofOld(end), from: ofNew(from), to: ofNew(to) };
  });
}

/** Tells how many lines stand before an offset; offsets come in order. */
function lineCounter(text: string): (offset: number) => number {
  let [seen, lines] = [0, 0];
  return (offset) => {
    lines += linesOf(text.slice(seen, offset)).length;
    seen = offset;
    return lines;
  };
}

function hunkOf(
  changes: readonly Change[],
  old: readonly string[],
  now: readonly string[],
  context: number,
) {
  const [first, last] = [changes[0], changes.at(-1)];
  if (!first || !last) return [];
  const above = Math.min(context, first.start);
  const below = Math.min(context, old.length - last.end);
  let at = first.start - above;
  // A first `sync-profiles` may add more lines than a call takes arguments.
  const lines = changes.flatMap(({ start, end, from, to }) => {
    const before = at;
    at = end;
    return [
      ...old.slice(before, start).map((line) => marked(" ", line)),
      ...old.slice(start, end).map((line) => marked("-", line)),
      ...now.slice(from, to).map((line) => marked("+", line)),
    ];
  });
  lines.push(...old.slice(at, at + below).map((line) => marked(" ", line)));
  const ofOld = range(first.start - above, last.end + below);
  const ofNew = range(first.from - above, last.to + below);
  return [`@@ -${ofOld} +${ofNew} @@`, ...lines];
}

/** As POSIX has it: an empty range is told by the line before it. */
function range(from: number, to: number): string {
  return `${to === from ? from : from + 1},${to - from}`;
}

function marked(sign: string, line: string): string {
  return line.endsWith("\n")
    ? sign + line.slice(0, -1)
    : `${sign}${line}\n\\ No newline at end of file`;
}
