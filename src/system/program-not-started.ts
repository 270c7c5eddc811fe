import { closeSync, lstatSync, openSync, readlinkSync, readSync, statSync } from "node:fs";
import path from "node:path";
import { SsoxError, shellWord } from "../errors.ts";
import type { Environment } from "./environment.ts";
import { errnoOf, reasonOf } from "./files/errno.ts";

/** The program was never started: 127 when it, or what it needs, was not found, else 126, as in a shell. */
export class ProgramNotStarted extends SsoxError {
  readonly #found: boolean;

  /** @param cause the failed system call */
  constructor(command: string, env: Environment, cause: unknown) {
    const found = errnoOf(cause) !== "ENOENT";
    const { reason, hint } = found ? whatForbids(command, cause) : whatIsMissing(command, env);
    super("Usage", `Cannot run ${command}: ${reason}.`, { hint, cause });
    this.#found = found;
  }

  override get exitStatus(): number {
    return this.#found ? 126 : 127;
  }
}

interface Failure {
  readonly reason: string;
  readonly hint: string;
}

function whatForbids(command: string, cause: unknown): Failure {
  const [reason, isFile] = [reasonOf(cause), command.includes("/")];
  const mayRun = errnoOf(cause) === "EACCES" && isFile && !isFolder(command);
  return {
    reason,
    hint: mayRun ? `chmod +x ${shellWord(command)}` : "check the name of the program",
  };
}

/** ENOENT is also said of a file that is there, when what it leads to is not. */
function whatIsMissing(command: string, env: Environment): Failure {
  for (const file of placesOf(command, env)) {
    try {
      if (lstatSync(file).isSymbolicLink() && !leadsSomewhere(file))
        return {
          reason: `${file} is a link to ${readlinkSync(file)}, which is missing`,
          hint: `install what ${file} leads to`,
        };
      const interpreter = interpreterOf(file);
      // As a string of JSON: a carriage return at its end is what is wrong with it.
      if (interpreter)
        return {
          reason: `the interpreter of ${file} is missing: ${JSON.stringify(interpreter)}`,
          hint: `edit line 1 of ${file}, or install the interpreter`,
        };
      return {
        reason: `${file} is there, but not the loader that it asks for`,
        hint: `install the build of ${path.basename(file)} for this system`,
      };
    } catch {
      // Not there, or not to be looked at.
    }
  }
  return { reason: "there is no such program", hint: "check the name of the program, and PATH" };
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function placesOf(command: string, env: Environment): string[] {
  if (command.includes("/")) return [command];
  return (env["PATH"] ?? "").split(path.delimiter).map((folder) => path.join(folder, command));
}

function leadsSomewhere(link: string): boolean {
  return statSync(link, { throwIfNoEntry: false }) !== undefined;
}

/** The first word behind `#!`; undefined for what is no script. */
function interpreterOf(file: string): string | undefined {
  const head = Buffer.alloc(256);
  const descriptor = openSync(file, "r");
  try {
    const length = readSync(descriptor, head);
    return /^#![ \t]*([^ \t\n]+)/.exec(head.toString("latin1", 0, length))?.[1];
  } finally {
    closeSync(descriptor);
  }
}
