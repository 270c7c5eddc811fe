/** The first lines of a text, and where the others are to be seen. */
export function beginningOf(text: string, lines: number, elsewhere: string): string {
  const all = text.split("\n");
  if (all.length <= lines + 1) return text;
  return [...all.slice(0, lines), `… ${all.length - lines} more lines: ${elsewhere}`].join("\n");
}
