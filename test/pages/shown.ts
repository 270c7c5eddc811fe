/**
 * What a page shows, as a pattern. All of it is exact but what no two runs have
 * in common: times, how long something lasts, ids of processes and of roles,
 * hashes, codes, and how wide a column is for them. `…` stands for anything in
 * its line, and a line that is nothing else for any number of lines.
 */
export function patternOf(shown: string): RegExp {
  const lines = shown.split("\n").map((line) => {
    if (line.trim() === "…") return "(?:[^\\n]*\\n)*?";
    return `${patternOfLine(line.trimEnd())}\\n`;
  });
  return new RegExp(`^${lines.join("")}$`);
}

/** Each begins at what stands on the page, and says what may stand there. */
const VARYING: readonly (readonly [written: RegExp, pattern: string])[] = [
  [/…/, "[^\\n]*"],
  [
    /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)/,
    "\\d{4}-\\d\\d-\\d\\dT[\\d:.]+(?:Z|\\+00:00)",
  ],
  [/\d{4}-\d\d-\d\d/, "\\d{4}-\\d\\d-\\d\\d"],
  [/\b\d\d:\d\d(?::\d\d)?\b/, "(?:\\d{4}-\\d\\d-\\d\\d )?\\d\\d:\\d\\d(?::\\d\\d)?"],
  [/\b\d+ (?:d|h|min|s)(?: \d+ (?:h|min|s))?\b/, "\\d+ (?:d|h|min|s)(?: \\d+ (?:h|min|s))?"],
  [/"pid":\d+/, '"pid":\\d+'],
  [/\b[A-Z]{4}-[A-Z]{4}\b/, "[A-Z]{4}-[A-Z]{4}"],
  [/\b(?:AROA|ASIA|AKIA)[0-9A-Z]{8,}\b/, "(?:AROA|ASIA|AKIA)[0-9A-Z]+"],
  [/(?<![0-9a-f])[0-9a-f]{16,64}(?![0-9a-f])/, "[0-9a-f]+"],
  [/ {2,}/, " {2,}"],
];

const PIECES = new RegExp(VARYING.map(([written]) => `(${written.source})`).join("|"), "g");

function patternOfLine(line: string): string {
  let pattern = "";
  let end = 0;
  for (const found of line.matchAll(PIECES)) {
    const which = found.slice(1).findIndex((group) => group !== undefined);
    pattern += literal(line.slice(end, found.index)) + (VARYING[which]?.[1] ?? "");
    end = found.index + found[0].length;
  }
  return pattern + literal(line.slice(end));
}

function literal(text: string): string {
  return text.replace(/[.$+()[\]{}|?*^\\/]/g, "\\$&");
}
