import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { sectionsIn, withSections } from "./ini.ts";
import type { Step } from "./page.ts";
import type { Reader, Typed } from "./reader.ts";
import { patternOf } from "./shown.ts";

/**
 * Does what a page says, in its order, and compares what is shown with what the
 * page shows.
 * @throws Error that names the line of the page
 */
export async function follow(page: string, steps: readonly Step[], reader: Reader): Promise<void> {
  for (const step of steps) {
    const why = await trouble(step, reader).catch(reasonOf);
    if (why !== undefined) throw new Error(`${page}, line ${step.line}: ${why}`);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function trouble(step: Step, reader: Reader): Promise<string | undefined> {
  switch (step.kind) {
    case "run":
      return step.shown === undefined
        ? troubleOfCommands(step.text, reader)
        : troubleOfOutput(step.text, step.shown, reader, step.typed);
    case "shell":
      return troubleOfShell(step.shell, step.text, reader);
    case "file":
      return writeByHand(reader.pathOf(step.file), reader.here(step.text));
    case "ini":
      return troubleOfSections(step.text, reader);
    case "not run":
      return undefined;
    case "unknown":
      return `nobody has said what a block of "${step.language}" is: see CONTRIBUTING.md, Pages`;
  }
}

/** Each of them must do its work; what they print is not on the page. */
async function troubleOfCommands(text: string, reader: Reader): Promise<string | undefined> {
  const { status, output } = await reader.run(`set -e\n${text}\n{ set +e; } 2>/dev/null`);
  if (status !== 0) return `${text}ended with ${status}:\n${output}`;
  // It is there when it says so.
  if (isInBackground(text)) await reader.more();
  return undefined;
}

/** Each without what its user has set up. */
const SHELLS = { fish: "fish --no-config", zsh: "zsh -f" } as const;

async function troubleOfShell(
  shell: keyof typeof SHELLS,
  text: string,
  reader: Reader,
): Promise<string | undefined> {
  const isThere = (await reader.run(`command -v ${shell}`)).status === 0;
  if (!isThere && process.env["SSOX_REQUIRE_ALL"] !== "1") return undefined;
  const { status, output } = await reader.run(`${SHELLS[shell]} <<'EOF OF IT'\n${text}EOF OF IT\n`);
  return status === 0 ? undefined : `${text}ended with ${status}:\n${output}`;
}

async function troubleOfOutput(
  command: string,
  shown: string,
  reader: Reader,
  typed: Typed | undefined,
): Promise<string | undefined> {
  const pattern = patternOf(shown);
  const end = typed ? await reader.type(command, typed) : await reader.run(command);
  let said = tidy(end.output);
  while (isInBackground(command) && !pattern.test(said)) {
    const more = await reader.more();
    if (more === "") break;
    said = tidy(said + more);
  }
  if (!pattern.test(said)) return `$ ${command}\nprints\n${said}\nand not\n${shown}\n`;
  const isFailure = /\berrors?\b/.test(shown);
  if (end.status !== 0 && !isFailure) return `$ ${command}\nended with ${end.status}`;
  return undefined;
}

function isInBackground(text: string): boolean {
  return /&\s*$/.test(text);
}

/** Without colours, spaces at the ends of lines, and empty lines around all. */
function tidy(output: string): string {
  const text = output.replace(/ +$/gm, "").replace(/\n{3,}/g, "\n\n");
  return `${text.replace(/^\n+|\n+$/g, "")}\n`;
}

/** Every section that the page shows stands so in the config file. */
function troubleOfSections(text: string, reader: Reader): string | undefined {
  const file = readFileSync(reader.pathOf("~/.aws/config"), "utf8");
  const there = sectionsIn(file);
  for (const [heading, lines] of sectionsIn(reader.here(text))) {
    const own = there.get(heading);
    if (own === undefined) return `${heading} is not in the config file:\n${file}`;
    if (patternOf(lines.join("\n")).test(`${own.join("\n")}\n`)) continue;
    return `${heading} holds\n${own.join("\n")}\n`;
  }
  return undefined;
}

/** Into an AWS file that is there a reader writes sections or keys; any other file is as on the page. */
function writeByHand(file: string, text: string): undefined {
  mkdirSync(path.dirname(file), { recursive: true });
  const isOfAws = path.basename(path.dirname(file)) === ".aws";
  const before = isOfAws && existsSync(file) ? readFileSync(file, "utf8") : "";
  writeFileSync(file, before === "" ? text : withSections(before, text), { mode: 0o600 });
}
