import { filled } from "./wrapped.ts";

const INDENT = "  ";

/**
 * A notice as a terminal shows it: broken at words, a further line indented
 * below the first. What has lines of its own is laid out already. From a command
 * on nothing is broken, nor is a URL: both are to be copied.
 *
 * @param columns those of the terminal; undefined: nothing is broken
 */
export function noticeText(text: string, columns: number | undefined): string {
  if (columns === undefined || text.includes("\n")) return text;
  const [command = ""] = COMMAND.exec(text) ?? [];
  const sentence = text.slice(0, text.length - command.length);
  const words = [...sentence.split(" "), command].filter((word) => word !== "");
  return filled(words, columns - INDENT.length).join(`\n${INDENT}`);
}

/** To the end of the notice, as a name in it may hold anything. */
const COMMAND = /(?<= )[(`]?(?:ssox|aws) [a-z].*$/s;
