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
 * The program that another's `credential_process` starts, where it is not to be
 * found: a path, or a name that no folder of PATH has. Undefined where it is
 * there, and where only a shell, or the folder where a client runs, could tell.
 */
export function absentProgram(line: string, { env }: Pick<Context, "env">): string | undefined {
  if (isLineOfSsox(line) || process.platform === "win32") return undefined;
  const [, double, single, bare] = /^\s*(?:"([^"]+)"|'([^']+)'|(\S+))/.exec(line) ?? [];
  const program = double ?? single ?? bare;
  if (program === undefined || /[$~|;&<>`*=]/.test(program)) return undefined;
  if (path.isAbsolute(program)) return existsSync(program) ? undefined : program;
  const folders = env["PATH"]?.split(path.delimiter);
  if (folders === undefined || program.includes("/")) return undefined;
  return folders.some((folder) => existsSync(path.join(folder, program))) ? undefined : program;
}
