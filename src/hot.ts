import { writeSync } from "node:fs";
import path from "node:path";
import type * as Answer from "./answer.ts";
import type * as Program from "./entry.ts";
import { codeCacheFolder, loadCached, type Purpose } from "./system/code-cache.ts";
import { cacheFolder, homeFolder } from "./system/home.ts";

/** Filled in by the build: the hash of every other file in dist, the version, the words that call commands. */
declare const HASHES: Readonly<Record<string, string>>;
declare const VERSION: string;
declare const COMMANDS: readonly string[];

/**
 * What `bin/ssox.js` calls: loads the program, from V8's code cache; but has a
 * cached `credential-process`, which SDKs ask for thousands of times a day,
 * answered without it, and answers `--version` by itself. It is compiled anew
 * in each process, and imports little for that reason.
 *
 * @param argv the words behind `ssox`
 * @param root the folder of package.json
 */
export async function run(argv: readonly string[], root: string): Promise<void> {
  if (argv[0] === "--version" && argv.length === 1 && isWritten(`ssox ${VERSION}\n`)) return;
  const { env } = process;
  const home = homeFolder(env);
  const folder = home === undefined ? undefined : codeCacheFolder(cacheFolder(env, home), env);
  const load = (file: string, purpose: Purpose) =>
    loadCached(path.join(root, "dist", file), purpose, { hashes: HASHES, folder, require });
  const [word = ""] = argv;
  if (word === "credential-process") {
    let isAnswered = false;
    const answer = load("answer.cjs", {
      name: "cached",
      isDone: () => isAnswered,
    }) as typeof Answer;
    isAnswered = answer.isAnswered(argv);
    // All is written. Node would take everything down in order first.
    if (isAnswered) process.exit();
  }
  const isHelp = argv.includes("--help") || !COMMANDS.includes(word);
  const purpose = { name: isHelp ? "help" : word, isDone: (status: number) => status === 0 };
  const file = word === "lab" ? "lab.cjs" : "ssox.cjs";
  await (load(file, purpose) as typeof Program).run(argv, root);
}

/** The program tells of an output that cannot be written: nothing is out yet. */
function isWritten(line: string): boolean {
  try {
    return writeSync(1, line) > 0;
  } catch {
    return false;
  }
}
