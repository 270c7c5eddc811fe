import { printable } from "./printable.ts";

/** What changes in a file, in the form that `patch` reads; empty when nothing does. */
export async function unifiedDiff(file: string, before: string, after: string): Promise<string> {
  if (before === after) return "";
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import("diff");
  const options = { context: 3, headerOptions: FILE_HEADERS_ONLY };
  const patch = createTwoFilesPatch(file, file, before, after, undefined, undefined, options);
  return patch.replace(/\n$/, "");
}

/**
 * A unified diff for a terminal: in colours, control characters made visible.
 *
 * @param style colours a text, where the terminal shows colours
 */
export function shownDiff(
  diff: string,
  style: (style: "bold" | "cyan" | "green" | "red", text: string) => string,
): string {
  const lines = diff.split("\n").map((line) => {
    const text = line.replace(/\r$/, "").split("\t").map(printable).join("\t");
    if (/^(---|\+\+\+) /.test(line)) return style("bold", text);
    if (line.startsWith("@@")) return style("cyan", text);
    if (line.startsWith("+")) return style("green", text);
    return line.startsWith("-") ? style("red", text) : text;
  });
  return lines.join("\n");
}
