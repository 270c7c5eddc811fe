import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { cacheName } from "../domain/cache-name.ts";
import { asObject, parseJsonObject, stringIn } from "../domain/json.ts";
import type { ReverseHunk, ReversePatch } from "../domain/reverse-patch.ts";
import { writeFileAtomically } from "../system/files/atomic-write.ts";
import { writeFailed } from "../system/files/errno.ts";
import { namesIn } from "../system/files/names-in.ts";

/** What took place, and what takes it back. */
export interface UndoPatch extends ReversePatch {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
  readonly pruned: readonly string[];
}

export interface KeptPatch {
  /** Where it lies. */
  readonly file: string;
  /** Undefined where the file cannot be read, or is damaged. */
  readonly patch: UndoPatch | undefined;
  /** Takes it out. */
  readonly drop: () => void;
}

const GENERATIONS = 10;

/** The last edits of one config file, each in a file of its own. */
export class UndoPatches {
  readonly #folder: string;

  /** @param configFile without symbolic links */
  constructor(stateFolder: string, configFile: string) {
    this.#folder = path.join(stateFolder, "undo", cacheName(configFile));
  }

  /**
   * Keeps a patch as the last one; of more than ten the oldest go.
   * @returns what takes it out again
   * @throws SsoxError `WriteFailed`
   */
  push(patch: UndoPatch): () => void {
    const names = this.#names();
    const number = Number.parseInt(names.at(-1) ?? "0", 10) + 1;
    const file = this.#file(`${String(number).padStart(6, "0")}.json`);
    writeFileAtomically(file, JSON.stringify(patch), { mode: 0o600 });
    for (const name of names.slice(0, -(GENERATIONS - 1))) remove(this.#file(name));
    return () => remove(file);
  }

  /** Those that are kept, the last one first. */
  newestFirst(): readonly KeptPatch[] {
    return this.#names()
      .toReversed()
      .map((name) => {
        const file = this.#file(name);
        return { file, patch: readPatch(file), drop: () => remove(file) };
      });
  }

  /**
   * Takes them all out: none takes back a sync that is not kept, and what was
   * written before it is not the last sync any more.
   *
   * @throws SsoxError `WriteFailed`
   */
  clear(): void {
    for (const name of this.#names()) {
      const file = this.#file(name);
      try {
        remove(file);
      } catch (error) {
        throw writeFailed(file, error);
      }
    }
  }

  #names(): readonly string[] {
    return namesIn(this.#folder)
      .filter((name) => /^\d{6,}\.json$/.test(name))
      .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  }

  #file(name: string): string {
    return path.join(this.#folder, name);
  }
}

function remove(file: string): void {
  rmSync(file, { force: true });
}

function readPatch(file: string): UndoPatch | undefined {
  const json = readJson(file);
  if (json === undefined) return undefined;
  const [before, after] = ["before", "after"].map((key) => stringIn(json, key));
  const { at, hunks, lines } = json;
  if (before === undefined || after === undefined) return undefined;
  if (typeof at !== "number" || !Array.isArray(hunks) || !Array.isArray(lines)) return undefined;
  const read = hunks.map(hunk);
  if (read.includes(undefined)) return undefined;
  return {
    at,
    before,
    after,
    lines: lines.map(String),
    hunks: read.flatMap((each) => each ?? []),
    created: names(json["created"]),
    updated: names(json["updated"]),
    renamed: renamed(json["renamed"]),
    pruned: names(json["pruned"]),
  };
}

function readJson(file: string) {
  try {
    return parseJsonObject(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function hunk(value: unknown): ReverseHunk | undefined {
  const json = asObject(value);
  const section = json && stringIn(json, "section");
  const replaced = json?.["replaced"];
  const { line, count } = json ?? {};
  if (section === undefined || typeof replaced !== "string") return undefined;
  if (typeof line !== "number" || typeof count !== "number") return undefined;
  const gaveEnd = json?.["gaveEnd"] === true;
  return { section, line, count, replaced, ...(gaveEnd && { gaveEnd }) };
}

function names(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === "string") : [];
}

function renamed(value: unknown): UndoPatch["renamed"] {
  return (Array.isArray(value) ? value : []).flatMap((each: unknown) => {
    const json = asObject(each);
    const from = json && stringIn(json, "from");
    const to = json && stringIn(json, "to");
    return from && to ? [{ from, to }] : [];
  });
}
