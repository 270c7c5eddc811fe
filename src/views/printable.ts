/**
 * The text with every control character but the line feed made visible: names
 * come from elsewhere, and a terminal obeys what it is sent. Line separators
 * and the marks that turn the direction of writing count as controls.
 */
export function printable(text: string): string {
  return text.replace(CONTROLS, (char) => {
    const code = char.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** The same for text that is to stay on one line. */
export function printableLine(text: string): string {
  return printable(text).replaceAll("\n", "\\n");
}

const CONTROLS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
