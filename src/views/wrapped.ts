import { widthOf } from "./width.ts";

/** Less room is none to speak of: the terminal breaks the line where it likes. */
const LEAST = 20;

/**
 * The text in lines of words that fit into the room, which is in columns; as one
 * line where there is none to speak of, or no terminal (undefined).
 */
export function wrapped(text: string, room: number | undefined): readonly string[] {
  return filled(text.split(" "), room);
}

/** The same for words that may have spaces in them. */
export function filled(words: readonly string[], room: number | undefined): readonly string[] {
  if (room === undefined || room < LEAST) return [words.join(" ")];
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    const longer = `${last} ${word}`;
    if (last === undefined || widthOf(longer) > room) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
