import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../helpers/program.ts";

/** Every page whose blocks are run: README.md, and those of docs/ and its folders. */
export const PAGES: readonly string[] = [
  "README.md",
  ...readdirSync(path.join(root, "docs"), { encoding: "utf8", recursive: true })
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => `docs/${name}`),
];

/** What is done with a part of a page, in the page's order. */
export type Step =
  /** Lines of shell; `shown` is what they print, undefined where the page shows nothing. */
  | {
      readonly kind: "run";
      readonly line: number;
      readonly text: string;
      readonly shown?: string;
      /** At a terminal: what is waited for and what is typed then. */
      readonly typed?: readonly (readonly [wanted: string, typed: string])[];
    }
  /** Lines of another shell than the page's own. */
  | {
      readonly kind: "shell";
      readonly line: number;
      readonly shell: "fish" | "zsh";
      readonly text: string;
    }
  /** Sections of the config file, as the steps before have left them. */
  | { readonly kind: "ini"; readonly line: number; readonly text: string }
  /** What the reader writes into a file, by hand. */
  | {
      readonly kind: "file";
      readonly line: number;
      readonly file: string;
      readonly text: string;
    }
  | { readonly kind: "not run"; readonly line: number; readonly reason: string }
  /** A block of which nobody has said what it is. */
  | { readonly kind: "unknown"; readonly line: number; readonly language: string };

export function stepsOf(page: string): Step[] {
  return stepsIn(readFileSync(path.join(root, page), "utf8"));
}

/**
 * The steps in a page's text. A comment right above a block, or on its own
 * with `first`, says what cannot be seen:
 *
 * - `<!-- not run: REASON -->`: cannot be run here
 * - `<!-- file: PATH -->`: the reader writes this block into that file
 * - `<!-- typed: [["WAITED FOR", "TYPED"], …] -->`: the one command below asks, at a terminal
 * - `<!-- first: COMMANDS -->`: what must have been, and the page does not say
 */
export function stepsIn(text: string): Step[] {
  const lines = text.split("\n");
  const steps: Step[] = [];
  let comment: Comment | undefined;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (/^ *<!--/.test(line)) {
      const from = at;
      while (!lines[at]?.includes("-->") && at < lines.length) at += 1;
      comment = commentIn(
        lines
          .slice(from, at + 1)
          .join("\n")
          .trim(),
      );
      if (comment?.kind !== "first") continue;
      steps.push({ kind: "run", line: from + 1, text: comment.text });
      comment = undefined;
    } else if (/^ *```/.test(line)) {
      const from = at;
      const indent = line.indexOf("`");
      const [language = ""] = line.slice(indent + 3).split(" ");
      at += 1;
      while (!/^ *```$/.test(lines[at] ?? "```")) at += 1;
      const block = lines.slice(from + 1, at).map((one) => one.slice(indent));
      steps.push(...stepsOfBlock(language, block, from + 1, comment));
      comment = undefined;
    } else if (line.trim() !== "") comment = undefined;
  }
  return steps;
}

const KINDS = ["not run", "file", "typed", "first"] as const;

interface Comment {
  readonly kind: (typeof KINDS)[number];
  readonly text: string;
}

function commentIn(text: string): Comment | undefined {
  const [, word, rest = ""] = /^<!-- ?([a-z ]+):\s*([\s\S]*?)\s*-->/.exec(text) ?? [];
  const kind = KINDS.find((one) => one === word);
  return kind === undefined ? undefined : { kind, text: rest };
}

function stepsOfBlock(
  language: string,
  block: readonly string[],
  line: number,
  comment: Comment | undefined,
): readonly Step[] {
  const text = `${block.join("\n")}\n`;
  if (comment?.kind === "not run") return [{ kind: "not run", line, reason: comment.text }];
  if (comment?.kind === "file") return [{ kind: "file", line, file: comment.text, text }];
  if (language === "sh") return [{ kind: "run", line, text }];
  if (language === "fish" || language === "zsh") {
    return [{ kind: "shell", line, shell: language, text }];
  }
  if (language === "ini") return [{ kind: language, line, text }];
  if (language === "console" && block[0]?.startsWith("$ ")) {
    const steps = dialogue(block, line);
    return comment === undefined
      ? steps
      : steps.map((step) => ({ ...step, typed: JSON.parse(comment.text) }));
  }
  return [{ kind: "unknown", line, language }];
}

/** Lines `$ COMMAND`, gone on with by `> `, and under each what it prints. */
function dialogue(block: readonly string[], line: number): readonly (Step & { kind: "run" })[] {
  const steps: { kind: "run"; line: number; text: string; shown: string[] }[] = [];
  for (const [index, one] of block.entries()) {
    const last = steps.at(-1);
    if (one.startsWith("$ ")) {
      steps.push({ kind: "run", line: line + 1 + index, text: one.slice(2), shown: [] });
    } else if (one.startsWith("> ") && last?.shown.length === 0) last.text += `\n${one.slice(2)}`;
    else last?.shown.push(one);
  }
  return steps.map(({ shown, ...step }) => {
    const text = shown.join("\n").trim();
    return text === "" ? step : { ...step, shown: text };
  });
}
