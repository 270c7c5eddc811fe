import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { root } from "./program.ts";

/** A row of the table in docs/security.md: what may lie on the disk, and how. */
export interface Place {
  readonly what: string;
  /** Whole paths. */
  readonly patterns: readonly RegExp[];
  /** Undefined where the file keeps the mode that it had. */
  readonly mode: number | undefined;
  /** The kinds of secrets in it; of a config file what its user wrote there: `configKey`. */
  readonly secrets: readonly string[];
  readonly removedBy: string;
}

/**
 * The tables as they stand in the paper: what lies there in any case, and what
 * lies there with the keychain store.
 * @param env what `~` and the variables in it mean
 */
export function placesOf(env: Readonly<Record<string, string>>, store = "file"): Place[] {
  const text = readFileSync(path.join(root, "docs", "security.md"), "utf8");
  const [, usual = "", keychain = ""] = text.split(
    "| what | where | mode | secret | removed by |\n",
  );
  const rows = [usual, ...(store === "keychain" ? [keychain] : [])].flatMap((table) => {
    const lines = table.split("\n");
    return lines.slice(1, lines.indexOf(""));
  });
  return rows.map((row) => {
    const [, what = "", where = "", mode = "", secret = "", removedBy = ""] = row
      .split("|")
      .map((cell) => cell.trim());
    const patterns = [...where.matchAll(/`([^`]+)`/g)].map(([, one = ""]) => patternOf(one, env));
    return {
      what,
      patterns,
      mode: /^0\d{3}$/.test(mode) ? Number.parseInt(mode, 8) : undefined,
      secrets: kindsOf(secret),
      removedBy,
    };
  });
}

/** `refresh token, client secret` → `refreshToken`, `clientSecret` */
function kindsOf(cell: string): string[] {
  if (cell === "no" || cell.startsWith("no (")) return [];
  if (cell === "what yours holds") return ["configKey"];
  // They are written in one go, and renamed: nobody sees one that is filled.
  if (cell === "what the file is to hold") return [];
  return cell
    .split(", ")
    .map((words) => words.replace(/ (\w)/g, (_, letter) => letter.toUpperCase()));
}

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  "<sha1>": "[0-9a-f]{40}",
  "<hex>": "[0-9a-f]+",
  "<number>": "\\d+",
  "<pid>": "\\d+",
  "<name>": "[^/]+",
};

function patternOf(written: string, env: Readonly<Record<string, string>>): RegExp {
  const whole = written
    .replace(/^~/, env["HOME"] ?? "")
    .replace(/^\$(\w+)/, (_, name: string) => env[name] ?? "");
  const parts = whole.split(/(<\w+>)/).map((part) => {
    return PLACEHOLDERS[part] ?? part.replace(/[.$+()[\]{}|?*^\\]/g, "\\$&");
  });
  // A name alone: in whatever folder.
  return new RegExp(`^${whole.includes("/") ? "" : ".*/"}${parts.join("")}$`);
}

export interface FoundFile {
  readonly file: string;
  readonly mode: number;
  readonly content: Buffer;
}

/** Every file below the folders; one that goes meanwhile is left out. */
export function filesIn(...folders: readonly string[]): FoundFile[] {
  return entriesIn(folders).flatMap((file) => {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (!stat?.isFile()) return [];
    try {
      return [{ file, mode: stat.mode & 0o7777, content: readFileSync(file) }];
    } catch {
      return [];
    }
  });
}

/** Every folder below them, with its mode. */
export function foldersIn(...folders: readonly string[]): [folder: string, mode: number][] {
  return entriesIn(folders).flatMap((folder) => {
    const stat = statSync(folder, { throwIfNoEntry: false });
    return stat?.isDirectory() ? [[folder, stat.mode & 0o7777] as [string, number]] : [];
  });
}

function entriesIn(folders: readonly string[]): string[] {
  return folders.filter(existsSync).flatMap((folder) => {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return names.map((name) => path.join(folder, name));
  });
}
