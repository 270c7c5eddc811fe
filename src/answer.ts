import { cachedAnswer } from "./flows/cached-answer.ts";
import type { Environment } from "./system/environment.ts";
import { write } from "./system/output.ts";
import { type Paths, resolvePaths } from "./system/paths.ts";

/**
 * Answers `credential-process` where the answer lies in the cache.
 *
 * @param argv the words behind `ssox`
 * @returns false where it printed nothing, and the program is to answer
 */
export function isAnswered(argv: readonly string[]): boolean {
  const paths = pathsIn(process.env);
  const document = paths && cachedAnswer(argv, { paths, clock });
  return document !== undefined && isWritten(JSON.stringify(document, null, 2));
}

/** The program tells of an output that cannot be written: it starts anew, as nothing is out yet. */
function isWritten(answer: string): boolean {
  try {
    write(1, `${answer}\n`);
    return true;
  } catch {
    return false;
  }
}

const clock = {
  now: () => Date.now(),
  uptime: () => process.getBuiltinModule("node:os").uptime() * 1000,
};

function pathsIn(env: Environment): Paths | undefined {
  try {
    return resolvePaths(env);
  } catch {
    // There is no home: the program itself will say so where it needs one.
    return undefined;
  }
}
