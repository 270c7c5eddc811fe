import { readFileSync } from "node:fs";
import path from "node:path";
import type { Context } from "../context.ts";

/** The endings of the files in which the build leaves the code (scripts/shells.mjs). */
const ENDINGS = { bash: "bash", zsh: "zsh", fish: "fish", powershell: "ps1" } as const;

export type ShellName = keyof typeof ENDINGS;

/** The code for a shell's start-up file, without the line feed at its end. */
export function shellCode(shell: ShellName, { processes }: Context): string {
  const [, script] = processes.program;
  const file = path.join(path.dirname(script), "..", "dist", `init.${ENDINGS[shell]}`);
  return readFileSync(file, "utf8").trimEnd();
}
