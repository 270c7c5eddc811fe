import { printableLine } from "./printable.ts";
import { cut, widthOf } from "./width.ts";

/**
 * Rows in aligned columns, two spaces between them, the heading first. Control
 * characters are made visible.
 *
 * @param columns those of the terminal: what does not fit is cut, at the widest
 * columns first, and never in the first one, which holds ids. Undefined: nothing is
 */
export function table(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  columns?: number,
): string {
  const cells = [heading, ...rows].map((row) => row.map(printableLine));
  const natural = heading.map((_, column) => {
    return cells.reduce((width, row) => Math.max(width, widthOf(row[column] ?? "")), 0);
  });
  const widths = columns === undefined ? natural : fitted(natural, columns);
  return cells
    .map((row) =>
      row
        .map((cell, column) => aligned(cell, widths[column] ?? 0))
        .join(" ".repeat(GAP))
        .trimEnd(),
    )
    .join("\n");
}

const GAP = 2;
/** Less of a name tells nothing. */
const NARROWEST = 8;

/** The widths that share the room: the widest ones give until they are as wide as the next. */
function fitted(natural: readonly number[], columns: number): readonly number[] {
  const room = columns - GAP * (natural.length - 1);
  let most = Math.max(NARROWEST, ...natural);
  const within = () =>
    natural.map((width, column) => (column === 0 ? width : Math.min(width, most)));
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
