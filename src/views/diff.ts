import { printable } from "./printable.ts";

/**
 * What changes in an AWS config file, in the form that `patch` reads; empty when
 * nothing does. Keys that the user keeps there do not show.
 */
export async function unifiedDiff(file: string, before: string, after: string): Promise<string> {
  if (before === after) return "";
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import("diff");
  // Lines that stay are shown around those that change: any of them may hold a key.
  const context = SECRET_KEY.test(before) ? 0 : 3;
  const options = { context, headerOptions: FILE_HEADERS_ONLY };
  const patch = createTwoFilesPatch(file, file, before, after, undefined, undefined, options);
  return patch.replace(SECRET_LINE, "$1 …").replace(/\n$/, "");
}

const SECRET_KEY = /aws_(secret_access_key|session_token|security_token)/i;
const SECRET_LINE = new RegExp(`^([-+]\\s*${SECRET_KEY.source}\\s*[=:]).*$`, "gim");

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
