import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { Script } from "node:vm";
import type { Environment } from "./environment.ts";
import { makeFolder } from "./files/make-folder.ts";

/** What V8 made of a program's files at an earlier run. */
export interface CodeCache {
  /** A hash of the content of each file of the program, by its name. */
  readonly hashes: Readonly<Record<string, string>>;
  /** Where the cache lies; undefined where none may be used. */
  readonly folder: string | undefined;
  /** What the program's files have for all that does not lie beside them. */
  readonly require: (id: string) => unknown;
}

/** What a file of the program is loaded for. */
export interface Purpose {
  /** A word of the cache's name: what is compiled for one command is of little use to another. */
  readonly name: string;
  /** At exit: the run came to a good end, so that the next one needs no more than was compiled for it. */
  isDone(exitStatus: number): boolean;
}

/**
 * Where compiled code may be kept: in a folder of the cache folder, unless this
 * is root on behalf of somebody else, or a system that cannot tell whose a file is.
 */
export function codeCacheFolder(cacheFolder: string, env: Environment): string | undefined {
  const isBorrowed = env["SUDO_UID"] !== undefined || env["DOAS_USER"] !== undefined;
  return process.geteuid === undefined || isBorrowed ? undefined : path.join(cacheFolder, "code");
}

/**
 * Loads a file of the built program, and through it those beside it that it
 * requires: from V8's code cache where there is one. At exit it leaves one
 * behind where there was none.
 *
 * V8 itself compares no more than the length of the source, so the content's
 * hash is part of the cache's name, beside version and architecture of Node.
 * What lies in the cache will be run: it counts only where nobody else can have
 * written it.
 *
 * @returns the file's exports
 */
export function loadCached(file: string, purpose: Purpose, cache: CodeCache): unknown {
  const uncached: { readonly place: string; readonly script: Script }[] = [];
  const keepAll = (status: number): void => {
    if (!purpose.isDone(status)) return;
    // The functions that ran are compiled by then, and go into the cache, too.
    for (const { place, script } of uncached) keep(place, script.createCachedData());
  };
  return load(file, `${nameOf(file)}-${purpose.name}`, cache, (place, script) => {
    if (uncached.push({ place, script }) === 1) process.on("exit", keepAll);
  });
}

/** @param name what the cache's name begins with */
function load(
  file: string,
  name: string,
  cache: CodeCache,
  onUncached: (place: string, script: Script) => void,
): unknown {
  const { require } = cache;
  const hash = cache.hashes[path.basename(file)];
  if (hash === undefined || cache.folder === undefined) return require(file);
  const place = path.join(cache.folder, `${name}-${hash}-${process.version}-${process.arch}`);
  const cachedData = readTrusted(place);
  const script = new Script(wrapped(readFileSync(file, "utf8")), {
    filename: file,
    ...(cachedData && { cachedData }),
  });
  const loaded = new Map<string, unknown>();
  const requireCached = (id: string): unknown => {
    if (!id.startsWith("./")) return require(id);
    const beside = path.join(path.dirname(file), id);
    if (!loaded.has(beside)) loaded.set(beside, load(beside, nameOf(beside), cache, onUncached));
    return loaded.get(beside);
  };
  const module = { exports: {} };
  script.runInThisContext()(module.exports, requireCached, module, file, path.dirname(file));
  if (cachedData === undefined || script.cachedDataRejected) {
    onUncached(place, script);
  }
  return module.exports;
}

function nameOf(file: string): string {
  return path.basename(file, ".cjs");
}

/** As Node does it, whose own `wrap` lies in a module that takes its time to load. */
function wrapped(source: string): string {
  return `(function (exports, require, module, __filename, __dirname) { ${source}\n});`;
}

function readTrusted(place: string): Buffer | undefined {
  try {
    if (!isOwn(lstatSync(path.dirname(path.dirname(place))))) return undefined;
    if (!isOwn(lstatSync(path.dirname(place)))) return undefined;
    const open = openSync(place, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      return isOwn(fstatSync(open)) ? readFileSync(open) : undefined;
    } finally {
      closeSync(open);
    }
  } catch {
    return undefined;
  }
}

/** This user's, and writable by nobody else. A symbolic link is writable by all. */
function isOwn({ uid, mode }: Stats): boolean {
  return uid === process.geteuid?.() && (mode & 0o022) === 0;
}

/** Without it the next run is slower, and no more. */
function keep(place: string, data: Buffer): void {
  const folder = path.dirname(place);
  const temporary = `${place}.${process.pid}.tmp`;
  try {
    // Below the user's home, or where XDG_CACHE_HOME says: neither is for a cache to make.
    const above = path.join(folder, "..", "..", "..");
    if (!existsSync(above)) return;
    makeFolder(folder);
    if (!isOwn(lstatSync(path.dirname(folder))) || !isOwn(lstatSync(folder))) return;
    writeFileSync(temporary, data, { flag: "wx", mode: 0o600 });
    renameSync(temporary, place);
    removeOldest(folder);
  } catch {
    removeIfThere(temporary);
  }
}

/** Enough for several versions of ssox and of Node side by side. */
const MOST_FILES = 40;

function removeOldest(folder: string): void {
  const files = readdirSync(folder).map((name) => path.join(folder, name));
  if (files.length <= MOST_FILES) return;
  const byAge = files.map((file) => ({ file, age: statSync(file).mtimeMs }));
  byAge.sort((a, b) => b.age - a.age);
  for (const { file } of byAge.slice(MOST_FILES)) removeIfThere(file);
}

function removeIfThere(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // Another process was first.
  }
}
