/** A row that matches what was typed. */
export interface Found {
  /** Its place among all rows. */
  readonly index: number;
  /** By cell the parts that match, in order and apart from each other. */
  readonly marks: readonly (readonly Span[])[];
}

/** A part of a text: from one place to before another. */
export type Span = readonly [from: number, to: number];

export interface FoundRows {
  /** The best first, and at most as many as were asked for. */
  readonly rows: readonly Found[];
  /** How many there are. */
  readonly total: number;
}

/**
 * Finds rows by some letters of their cells, as people do who type `prod adm`.
 * Every word must match in one of the cells, whatever the order and the case:
 * best as the cell itself, then as its beginning, then where a word in it
 * begins, then anywhere, and last by letters that follow each other in it, the
 * first one where a word begins. Rows that match alike keep their order.
 */
export function finder(
  rows: readonly (readonly string[])[],
): (typed: string, most: number) => FoundRows {
  const texts = rows.map((cells) => cells.join(BETWEEN));
  const lowered = texts.map(lower);
  return (typed, most) => {
    const words = lower(typed).split(/\s+/).filter(Boolean);
    const byScore = new Map<number, number[]>();
    let total = 0;
    for (const [index, text] of lowered.entries()) {
      const score = scoreOf(words, texts[index] ?? "", text);
      if (score === undefined) continue;
      total += 1;
      const same = byScore.get(score);
      if (same) same.push(index);
      else byScore.set(score, [index]);
    }
    const scores = [...byScore.keys()].sort((a, b) => b - a);
    const best = scores.flatMap((score) => byScore.get(score) ?? []).slice(0, most);
    const found = best.map((index) => {
      const spans = words.map((word) => matchOf(word, texts[index] ?? "", lowered[index] ?? ""));
      return {
        index,
        marks: byCell(joined(spans.flatMap((match) => match?.spans ?? [])), rows[index] ?? []),
      };
    });
    return { rows: found, total };
  };
}

/** Stands between cells, and in none of them: no match goes beyond it. */
const BETWEEN = "\n";

/** In lower case, with every letter at its place: a few have two in its stead. */
function lower(text: string): string {
  const lowered = text.toLowerCase();
  if (lowered.length === text.length) return lowered;
  return text.replace(/./gs, (unit) =>
    unit.toLowerCase().length === 1 ? unit.toLowerCase() : unit,
  );
}

function scoreOf(words: readonly string[], text: string, lowered: string): number | undefined {
  let score = 0;
  for (const word of words) {
    const match = matchOf(word, text, lowered);
    if (match === undefined) return undefined;
    score += match.score;
  }
  return score;
}

interface Match {
  readonly score: number;
  readonly spans: readonly Span[];
}

const [CELL, BEGINNING, WORD, ANYWHERE, LETTERS] = [16, 12, 9, 4, 1] as const;

function matchOf(word: string, text: string, lowered: string): Match | undefined {
  let best: Match | undefined;
  for (let at = lowered.indexOf(word); at !== -1; at = lowered.indexOf(word, at + 1)) {
    const score = scoreAt(at, at + word.length, text);
    if (best === undefined || score > best.score) {
      best = { score, spans: [[at, at + word.length]] };
      if (score === CELL) break;
    }
  }
  return best ?? lettersOf(word, text, lowered);
}

function scoreAt(from: number, to: number, text: string): number {
  if (from === 0 || text[from - 1] === BETWEEN) {
    return to === text.length || text[to] === BETWEEN ? CELL : BEGINNING;
  }
  return isWordStart(text, from) ? WORD : ANYWHERE;
}

/** The word's letters in one cell, in order, from the beginning of a word on. */
function lettersOf(word: string, text: string, lowered: string): Match | undefined {
  const [first = ""] = word;
  for (
    let start = lowered.indexOf(first);
    start !== -1;
    start = lowered.indexOf(first, start + 1)
  ) {
    if (!isWordStart(text, start)) continue;
    const spans = lettersFrom(start, word, lowered);
    if (spans !== undefined) return { score: LETTERS, spans };
  }
  return undefined;
}

function lettersFrom(start: number, word: string, lowered: string): readonly Span[] | undefined {
  const found = lowered.indexOf(BETWEEN, start);
  const end = found === -1 ? lowered.length : found;
  const spans: Span[] = [];
  let at = start;
  for (const unit of word.split("")) {
    const next = lowered.indexOf(unit, at);
    if (next === -1 || next >= end) return undefined;
    spans.push([next, next + 1]);
    at = next + 1;
  }
  return spans;
}

/** Behind what is no letter and no digit, or a capital behind a small letter. */
function isWordStart(text: string, at: number): boolean {
  const [before = BETWEEN, here = ""] = [text[at - 1], text[at]];
  return !LETTER.test(before) || (SMALL.test(before) && CAPITAL.test(here));
}

const LETTER = /[\p{L}\p{M}\p{N}\ud800-\udfff]/u;
const SMALL = /[\p{Ll}\p{N}]/u;
const CAPITAL = /\p{Lu}/u;

/** In order, those that touch or overlap as one. */
function joined(spans: readonly Span[]): readonly Span[] {
  const all: Span[] = [];
  for (const [from, to] of spans.toSorted(([a], [b]) => a - b)) {
    const last = all.at(-1);
    if (last && from <= last[1]) all[all.length - 1] = [last[0], Math.max(last[1], to)];
    else all.push([from, to]);
  }
  return all;
}

/** The spans of a row's text as those of its cells. */
function byCell(spans: readonly Span[], cells: readonly string[]): readonly (readonly Span[])[] {
  let start = 0;
  return cells.map((cell) => {
    const end = start + cell.length;
    const inside = spans.filter(([from, to]) => from >= start && to <= end);
    const own = inside.map(([from, to]): Span => [from - start, to - start]);
    start = end + BETWEEN.length;
    return own;
  });
}
