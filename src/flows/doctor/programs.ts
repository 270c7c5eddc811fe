import { existsSync } from "node:fs";
import path from "node:path";
import type { Context } from "../../context.ts";
import { isLineOfSsox } from "../../domain/credential-process-line.ts";

/** Of a `credential_process` that ssox wrote: the files that it starts, and that are gone. */
export function missingPrograms(line: string): readonly string[] {
  if (!isLineOfSsox(line)) return [];
  const [program = ""] = line.split(" credential-process ");
  const words = [...program.matchAll(/"([^"]+)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare);
  return words.filter((word): word is string => word !== undefined && !existsSync(word));
}

/**
 * Finds the program that another's `credential_process` starts, where that is
 * not to be found: a path, or a name that no folder of PATH has. Undefined where
 * it is there, and where only a shell, or the folder where a client runs, could
 * tell. Each program is looked for once: thousands of profiles start one.
 */
export function absentPrograms({
  env,
}: Pick<Context, "env">): (line: string) => string | undefined {
  const folders = env["PATH"]?.split(path.delimiter);
  const isThere = new Map<string, boolean>();
  return (line) => {
    const program = isLineOfSsox(line) ? undefined : programOf(line);
    if (program === undefined) return undefined;
    const found = isThere.get(program) ?? isFound(program, folders);
    isThere.set(program, found);
    return found ? undefined : program;
  };
}

function programOf(line: string): string | undefined {
  const [, double, single, bare] = /^\s*(?:"([^"]+)"|'([^']+)'|(\S+))/.exec(line) ?? [];
  const program = double ?? single ?? bare ?? "";
  return program === "" || /[$~|;&<>`*=]/.test(program) ? undefined : program;
}

/** True also where nobody can tell from here. */
function isFound(program: string, folders: readonly string[] | undefined): boolean {
  if (process.platform === "win32") return true;
  if (path.isAbsolute(program)) return existsSync(program);
  if (folders === undefined || program.includes("/")) return true;
  return folders.some((folder) => existsSync(path.join(folder, program)));
}
