import path from "node:path";
import { cachedAnswer } from "./flows/cached-answer.ts";
import { codeCacheFolder, loadCached } from "./system/code-cache.ts";
import type { Environment } from "./system/environment.ts";
import { write } from "./system/output.ts";
import { type Paths, resolvePaths } from "./system/paths.ts";

/** Filled in by the build: the hash of every other file in dist, and the version. */
declare const HASHES: Readonly<Record<string, string>>;
declare const VERSION: string;

/**
 * What `bin/ssox.js` calls: answers a cached `credential-process`, which SDKs
 * ask for thousands of times a day, and `--version` by itself; loads the program
 * for everything else, from V8's code cache.
 *
 * @param argv the words behind `ssox`
 * @param root the folder of package.json
 */
export async function run(argv: readonly string[], root: string): Promise<void> {
  const { env } = process;
  const paths = pathsIn(env);
  const answer = answerTo(argv, paths);
  if (answer !== undefined && isWritten(answer)) return;
  const file = path.join(root, "dist", "ssox.cjs");
  const folder = paths && codeCacheFolder(paths.cache, env);
  const program = loadCached(file, { hashes: HASHES, folder }) as Program;
  await program.run(argv, root);
}

interface Program {
  run(argv: readonly string[], root: string): Promise<void>;
}

function answerTo(argv: readonly string[], paths: Paths | undefined): string | undefined {
  if (argv[0] === "--version" && argv.length === 1) return `ssox ${VERSION}`;
  const document = paths && cachedAnswer(argv, { paths, clock });
  return document && JSON.stringify(document, null, 2);
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
