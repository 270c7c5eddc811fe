import { LOOK } from "./look.ts";
import { printableLine } from "./printable.ts";
import { cut, widthOf } from "./width.ts";

/**
 * Rows in aligned columns, two spaces between them, the heading first. Control
 * characters are made visible.
 *
 * @param columns those of the terminal: what does not fit is cut; first what is
 * far longer than the rest of its column, then in the last column, which says
 * least, then in the widest, and never in an id of an account, where that is
 * the first. Undefined: nothing is
 */
export function table(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  columns?: number,
): string {
  const cells = [heading, ...rows].map((row) => row.map(printableLine));
  const natural = naturalWidths(cells);
  const widths = columns === undefined ? natural : fitted(cells, natural, columns);
  return cells
    .map((row) =>
      row
        .map((cell, column) => aligned(cell, widths[column] ?? 0))
        .join(" ".repeat(GAP))
        .trimEnd(),
    )
    .join("\n");
}

/** Where a table is shown. */
export interface Screen {
  /** Undefined where it is no terminal. */
  readonly columns: number | undefined;
  style(stream: "out", look: typeof LOOK.heading, text: string): string;
}

/** The same as a result of a command: it fits the terminal, and the heading is told apart. */
export function shownTable(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  screen: Screen,
): string {
  const text = table(heading, rows, screen.columns);
  const end = text.indexOf("\n");
  const [first, rest] = end === -1 ? [text, ""] : [text.slice(0, end), text.slice(end)];
  return screen.style("out", LOOK.heading, first) + rest;
}

/** Whether something of the rows would be cut, but for what is far longer than the rest of its column. */
export function isCut(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number | undefined,
): boolean {
  if (columns === undefined) return false;
  const cells = [heading, ...rows].map((row) => row.map(printableLine));
  const natural = naturalWidths(cells);
  const room = columns - GAP * (natural.length - 1);
  return sum(natural) > room && sum(usualWidths(cells, natural)) > room;
}

/** What is known of one thing, each with its name before it. Nothing is cut: it is to be copied. */
export function facts(rows: readonly (readonly [name: string, value: string])[]): string {
  const [first = ["", ""], ...others] = rows;
  return table(first, others);
}

/** Spaces between two columns. */
export const GAP = 2;
/** Less of a name tells nothing. */
const NARROWEST = 8;
/** A name of this width is long for nobody. */
const USUAL = 16;
const ACCOUNT_ID = 12;

/** Of each column as much as its widest cell takes. */
function naturalWidths([heading = [], ...rows]: readonly (readonly string[])[]): readonly number[] {
  return heading.map((name, column) => {
    return rows.reduce((width, row) => Math.max(width, widthOf(row[column] ?? "")), widthOf(name));
  });
}

/**
 * Of each column as much as its cells take without the longest one, or the
 * longest tenth, where that is less than half.
 */
function usualWidths(
  [heading = [], ...rows]: readonly (readonly string[])[],
  natural: readonly number[],
): readonly number[] {
  return heading.map((name, column) => {
    const most = natural[column] ?? 0;
    if (most <= 2 * USUAL || rows.length < 2) return most;
    const widths = Uint32Array.from(rows, (row) => widthOf(row[column] ?? "")).sort();
    const usual = widths[widths.length - 1 - Math.ceil(widths.length / 10)] ?? 0;
    const within = Math.max(USUAL, usual, widthOf(name));
    return most > 2 * within ? within : most;
  });
}

/** The widths that share the room: what is unusual gives, then the last one, then the widest until they are as wide as the next. */
function fitted(
  cells: readonly (readonly string[])[],
  natural: readonly number[],
  columns: number,
): readonly number[] {
  const room = columns - GAP * (natural.length - 1);
  if (sum(natural) <= room) return natural;
  const usual = usualWidths(cells, natural);
  if (sum(usual) <= room) return sharedWidths(natural, room, (column) => usual[column] ?? 0);
  const last = usual.at(-1) ?? 0;
  const left = room - sum(usual.slice(0, -1));
  const widths = [...usual.slice(0, -1), Math.min(last, Math.max(NARROWEST, left))];
  const shared = sharedWidths(widths, room, (column) => (column === 0 ? ACCOUNT_ID : 0));
  // A tick or two may be seen where its heading has no room.
  const rest = room - sum(shared.slice(0, -1));
  return rest > 0 ? [...shared.slice(0, -1), Math.min(shared.at(-1) ?? 0, rest)] : shared;
}

/**
 * The widest columns give until they are as wide as the next.
 * @param least so wide a column stays in any case
 */
export function sharedWidths(
  natural: readonly number[],
  room: number,
  least: (column: number) => number = () => 0,
): readonly number[] {
  let most = Math.max(NARROWEST, ...natural);
  const within = () =>
    natural.map((width, column) => Math.min(width, Math.max(most, least(column))));
  while (most > NARROWEST && sum(within()) > room) most -= 1;
  return within();
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function aligned(text: string, width: number): string {
  const shown = cut(text, width);
  return shown + " ".repeat(width - widthOf(shown));
}
