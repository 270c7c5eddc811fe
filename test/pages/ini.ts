/** The lines of each section of a file of AWS's, by its heading; no empty lines, no comments. */
export function sectionsIn(text: string): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of text.split("\n").map((one) => one.trimEnd())) {
    if (/^\[.*\]$/.test(line)) {
      lines = [];
      sections.set(line, lines);
    } else if (line !== "" && !line.startsWith("#")) lines.push(line);
  }
  return sections;
}

/** As somebody edits it: keys go into the section that is there, and new sections to the end. */
export function withSections(file: string, added: string): string {
  let text = file;
  for (const [heading, lines] of sectionsIn(added)) {
    const at = `${text}`.indexOf(`${heading}\n`);
    if (at === -1) {
      text += `${text === "" ? "" : "\n"}${heading}\n${lines.join("\n")}\n`;
      continue;
    }
    const keys = lines.map((line) => line.split("=")[0]?.trim());
    const after = at + heading.length + 1;
    const next = text.indexOf("\n[", after);
    const end = next === -1 ? text.length : next;
    const kept = text
      .slice(after, end)
      .split("\n")
      .filter((line) => !keys.includes(line.split("=")[0]?.trim()));
    text = `${text.slice(0, after)}${[...lines, ...kept].join("\n")}${text.slice(end)}`;
  }
  return text;
}
