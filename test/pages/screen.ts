import xterm from "@xterm/headless";

/** More than any command shows. */
const ROWS = 500;

/** The lines that a terminal shows of the output in the end, those that it broke in one piece. */
export async function screenOf(output: string, columns: number): Promise<string> {
  const terminal = new xterm.Terminal({ cols: columns, rows: ROWS, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(output, resolve));
  let screen = "";
  for (let row = 0; row < ROWS; row += 1) {
    const line = terminal.buffer.active.getLine(row);
    const next = terminal.buffer.active.getLine(row + 1);
    screen += line?.translateToString(!next?.isWrapped) ?? "";
    if (!next?.isWrapped) screen += "\n";
  }
  terminal.dispose();
  return screen;
}
