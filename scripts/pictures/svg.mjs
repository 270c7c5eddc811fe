import xterm from "@xterm/headless";

/** Pixels of one cell, of the font's size and around all. */
const CELL = { width: 8.4, height: 19 };
const FONT = 14;
const MARGIN = 16;
const BAR = 34;
/** More than any picture has. */
const ROWS = 200;

/**
 * A window as a terminal of that width shows the text, which may move the
 * cursor and erase. Its rows are as many as it needs.
 *
 * @param theme of {@link THEMES}
 */
export async function picture(text, { columns, theme, title }) {
  const rows = await rowsOf(text, columns);
  const width = Math.round(columns * CELL.width + 2 * MARGIN);
  const height = Math.round(rows.length * CELL.height + BAR + MARGIN);
  const lines = rows.map((runs, row) => textOf(runs, row, theme)).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<style>text{font:${FONT}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:${theme.text};white-space:pre}.b{font-weight:700}.d{opacity:.65}</style>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8" fill="${theme.window}" stroke="${theme.line}"/>
${[0, 1, 2].map((dot) => `<circle cx="${MARGIN + 5 + dot * 18}" cy="17" r="5" fill="${theme.line}"/>`).join("")}
${lines}</svg>
`;
}

/** The sixteen colours of a terminal, dark and bright, and those of its window. */
export const THEMES = {
  light: {
    window: "#ffffff",
    text: "#1f2328",
    line: "#d1d9e0",
    colours: colours(
      "#1f2328 #b3261e #116329 #7d4e00 #0550ae #7a3e9d #0b6e75 #59636e",
      "#59636e #cf222e #1a7f37 #9a6700 #0969da #8250df #1b7c83 #1f2328",
    ),
  },
  dark: {
    window: "#0d1117",
    text: "#e6edf3",
    line: "#3d444d",
    colours: colours(
      "#7d8590 #ff7b72 #56d364 #e3b341 #79c0ff #d2a8ff #56d4dd #c9d1d9",
      "#9198a1 #ffa198 #7ee787 #f2cc60 #a5d6ff #e2c5ff #87e0e7 #ffffff",
    ),
  },
};

function colours(dark, bright) {
  return [...dark.split(" "), ...bright.split(" ")];
}

/** Of each row its runs of one look; no empty rows at the end. */
async function rowsOf(text, columns) {
  const terminal = new xterm.Terminal({ cols: columns, rows: ROWS, allowProposedApi: true });
  await new Promise((resolve) => terminal.write(text, resolve));
  const rows = [];
  for (let row = 0; row < ROWS; row += 1) rows.push(runsOf(terminal.buffer.active.getLine(row)));
  terminal.dispose();
  while (rows.at(-1)?.length === 0) rows.pop();
  return rows;
}

function runsOf(line) {
  const runs = [];
  for (let column = 0; column < line.length; column += 1) {
    const cell = line.getCell(column);
    if (cell.getWidth() === 0) continue;
    const look = lookOf(cell);
    const chars = cell.getChars() || " ";
    const run = runs.at(-1);
    if (run && run.look === look) run.text += chars;
    else runs.push({ look, column, text: chars });
  }
  const shown = runs.filter(({ text, look }) => text.trim() !== "" || look.includes("i"));
  return shown.map((run) => (run.look.includes("i") ? run : trimmed(run)));
}

/** Letters for bold, dim and inverse, and the number of a colour where there is one. */
function lookOf(cell) {
  const letters = [
    cell.isBold() && "b",
    cell.isDim() && "d",
    cell.isInverse() && "i",
    cell.isUnderline() && "u",
    cell.isFgPalette() && `c${cell.getFgColor()}`,
  ];
  return letters.filter(Boolean).join(" ");
}

function trimmed({ look, column, text }) {
  const start = text.length - text.trimStart().length;
  return { look, column: column + start, text: text.trim() };
}

function textOf(runs, row, theme) {
  const top = BAR + row * CELL.height;
  return runs.map((run) => spanOf(run, top, theme)).join("");
}

function spanOf({ look, column, text }, top, theme) {
  const x = pixels(MARGIN + column * CELL.width);
  const y = pixels(top + FONT);
  const length = pixels(text.length * CELL.width);
  const looks = look.split(" ");
  const colour = looks.find((one) => /^c\d/.test(one));
  const inverse = looks.includes("i");
  const fill = inverse ? theme.window : theme.colours[Number(colour?.slice(1))];
  const classes = looks.filter((one) => one === "b" || one === "d").join(" ");
  const ground = inverse
    ? `<rect x="${x}" y="${pixels(top - 1)}" width="${length}" height="${CELL.height}" fill="${theme.colours[Number(colour?.slice(1))] ?? theme.text}"/>`
    : "";
  const attributes = [
    `x="${x}" y="${y}" textLength="${length}"`,
    classes && `class="${classes}"`,
    fill && `style="fill:${fill}"`,
    looks.includes("u") && 'text-decoration="underline"',
  ];
  return `${ground}<text ${attributes.filter(Boolean).join(" ")}>${escaped(text)}</text>\n`;
}

function pixels(number) {
  return String(Math.round(number * 10) / 10);
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
