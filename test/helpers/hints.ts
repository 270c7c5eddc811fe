import { spawnSync } from "node:child_process";
import { parse } from "@oclif/core/parser";
import { COMMANDS } from "../../src/commands/index.ts";
import { isTyped } from "../../src/views/hint.ts";

/** What the AWS CLI takes, of the little that is asked of it. */
const OF_AWS = /^aws configure( set [a-z_]+ \S+ --profile \S+| --profile \S+)$/;

/**
 * What is wrong with a hint of an error; undefined where nothing is. A command
 * of ssox must be one that its parser takes, flags must be those of some
 * command, and what is neither begins with a small letter and ends without a stop.
 */
export async function faultOfHint(hint: string): Promise<string | undefined> {
  if (hint.trim() === "") return "it says nothing";
  if (hint !== hint.trim() || hint.includes("\n")) return "it is not one line";
  if (hint.includes("→")) return "it has a hint of its own";
  if (hint.startsWith("--")) return await faultOfFlags(flagsIn(hint));
  if (isTyped(hint)) return await faultOfCommand(hint);
  if (!/^[a-z`]/.test(hint)) return "words begin with a small letter";
  if (/[.!?]$/.test(hint)) return "it ends with a stop";
  if (/\bplease\b/i.test(hint)) return "it begs";
  for (const [, command = ""] of hint.matchAll(/`([^`]+)`/g)) {
    const fault = await faultOfCommand(command);
    if (fault !== undefined) return fault;
  }
  const outside = hint.replaceAll(/`[^`]+`/g, "");
  const called = [...outside.matchAll(/\bssox ([a-z-]+)/g)].map(([, id = ""]) => id);
  if (called.some((id) => Object.hasOwn(COMMANDS, id)))
    return "a command within words stands in backticks";
  return await faultOfFlags(flagsIn(outside));
}

async function faultOfCommand(line: string): Promise<string | undefined> {
  const words = shellWords(line);
  if (words === undefined) return `a shell does not take ${line}`;
  const [program = "", id = "", ...rest] = words;
  if (program === "aws") return OF_AWS.test(line) ? undefined : `who knows ${line}?`;
  if (program !== "ssox") return isTyped(line) ? undefined : `who knows ${program}?`;
  if (id === "--help") return undefined;
  const load = Object.hasOwn(COMMANDS, id) ? COMMANDS[id] : undefined;
  if (load === undefined) return `ssox has no command ${id}`;
  if (rest.length === 1 && rest[0] === "--help") return undefined;
  const { args, flags, baseFlags } = await load();
  const own = rest.includes("--") ? rest.slice(0, rest.indexOf("--")) : rest;
  try {
    await parse(own, { args, flags: { ...baseFlags, ...flags }, strict: true });
    return undefined;
  } catch (error) {
    return `${line}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** The words of a command line, as a shell takes them apart; undefined where it does not. */
export function shellWords(line: string): readonly string[] | undefined {
  // Without what a shell would do beyond that.
  if (/[$;&|<>()`"\\]/.test(line.replaceAll(/'[^']*'/g, ""))) return undefined;
  if (!line.includes("'")) return line.split(" ");
  const script = `printf '%s\\0' ${line}`;
  const { status, stdout } = spawnSync("sh", ["-f", "-c", script], { encoding: "utf8" });
  return status === 0 ? stdout.split("\0").slice(0, -1) : undefined;
}

function flagsIn(text: string): readonly string[] {
  return [...text.matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)].map(([, name = ""]) => name);
}

async function faultOfFlags(names: readonly string[]): Promise<string | undefined> {
  const classes = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  const isTaken = classes.some(({ flags, baseFlags }) => {
    return names.every((name) => Object.hasOwn(flags, name) || Object.hasOwn(baseFlags, name));
  });
  return isTaken ? undefined : `no command takes --${names.join(" and --")}`;
}
