import { CONTROL_CHARACTERS } from "../domain/control-characters.ts";

/**
 * The text with every control character but the line feed made visible: names
 * come from elsewhere, and a terminal obeys what it is sent.
 */
export function printable(text: string): string {
  return text.replace(CONTROL_CHARACTERS, (char) => {
    if (char === "\n") return char;
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
