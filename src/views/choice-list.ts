import { finder, type Span } from "../domain/finder.ts";
import { GAP, sharedWidths } from "./table.ts";
import { cut, widthOf } from "./width.ts";

/** Something to choose from: what is shown of it, printable, and what it is. */
export interface Choice<T> {
  readonly cells: readonly string[];
  readonly value: T;
}

/** Puts the accent on a part of a line. */
export type Accent = (text: string) => string;

export interface ChoiceList<T> {
  /** How many there are to choose from. */
  readonly size: number;
  /**
   * What matches what was typed, the best first, each on a line.
   * @param columns none of the lines is wider
   */
  find(typed: string, columns: number): FoundChoices<T>;
}

export interface FoundChoices<T> {
  readonly lines: readonly {
    readonly value: T;
    /** The first cell, or all of them where that is empty. */
    readonly short: string;
    line(accent: Accent): string;
  }[];
  /** How many match, shown or not. */
  readonly total: number;
}

/** Nobody reads on: they type more. */
const MOST_SHOWN = 50;

/**
 * Choices that are found by typing some of their letters, in aligned columns.
 * @param choices those that match alike are shown in this order
 */
export function choiceList<T>(choices: readonly Choice<T>[]): ChoiceList<T> {
  const rows = choices.map(({ cells }) => cells);
  const find = finder(rows);
  const natural = naturalWidths(rows);
  const shownColumns = natural.filter((width) => width > 0).length;
  return {
    size: choices.length,
    find(typed, columns) {
      const widths = sharedWidths(natural, columns - GAP * (shownColumns - 1));
      const found = find(typed, MOST_SHOWN);
      const lines = found.rows.flatMap(({ index, marks }) => {
        const choice = choices[index];
        if (choice === undefined) return [];
        const { cells, value } = choice;
        const short = cells[0] || cells.filter((cell) => cell !== "").join(" ");
        return {
          value,
          short,
          line: (accent: Accent) => lineOf(cells, marks, { widths, columns, accent }),
        };
      });
      return { lines, total: found.total };
    },
  };
}

function naturalWidths(rows: readonly (readonly string[])[]): readonly number[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      const widest = widths[column] ?? 0;
      // No letter takes more than two columns: most need not be measured.
      widths[column] = cell.length * 2 <= widest ? widest : Math.max(widest, widthOf(cell));
    }
  }
  return widths;
}

interface Layout {
  readonly widths: readonly number[];
  /** The whole line's. */
  readonly columns: number;
  readonly accent: Accent;
}

function lineOf(
  cells: readonly string[],
  marks: readonly (readonly Span[])[],
  { widths, columns, accent }: Layout,
): string {
  let line = "";
  // Spaces that nothing follows are left out.
  let [used, pending] = [0, 0];
  for (const [column, cell] of cells.entries()) {
    const width = widths[column] ?? 0;
    if (width === 0) continue;
    // The line begins where the cursor stands, whatever is empty.
    const text = column === 0 ? cell || NONE : cell;
    const shown = cut(text, Math.min(width, columns - used - pending));
    if (shown !== "") {
      line += " ".repeat(pending) + marked(shown, text, marks[column] ?? [], accent);
      used += pending + widthOf(shown);
      pending = 0;
    }
    pending += width - widthOf(shown) + GAP;
  }
  return line;
}

const NONE = "-";

/** @param shown the beginning of `whole`, perhaps with a mark of the cut behind it */
function marked(shown: string, whole: string, spans: readonly Span[], accent: Accent): string {
  const length = shown === whole ? whole.length : shown.length - 1;
  let text = "";
  let done = 0;
  for (const [from, to] of spans) {
    if (from >= length) break;
    const end = Math.min(to, length);
    text += shown.slice(done, from) + accent(shown.slice(from, end));
    done = end;
  }
  return text + shown.slice(done);
}
