import path from "node:path";
import { codeCacheFolder, loadCached } from "./system/code-cache.ts";
import { resolvePaths } from "./system/paths.ts";

/** Filled in by the build: the hash of every other file in dist. */
declare const HASHES: Readonly<Record<string, string>>;

/**
 * What `bin/ssox.js` calls: loads the program from V8's code cache, and runs it.
 *
 * @param argv the words behind `ssox`
 * @param root the folder of package.json
 */
export async function run(argv: readonly string[], root: string): Promise<void> {
  const file = path.join(root, "dist", "ssox.cjs");
  const program = loadCached(file, { hashes: HASHES, folder: cacheFolder() }) as Program;
  await program.run(argv, root);
}

interface Program {
  run(argv: readonly string[], root: string): Promise<void>;
}

function cacheFolder(): string | undefined {
  try {
    return codeCacheFolder(resolvePaths(process.env).cache, process.env);
  } catch {
    // There is no home: the program itself will say so where it needs one.
    return undefined;
  }
}
