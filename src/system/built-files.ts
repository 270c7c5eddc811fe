import { readFileSync } from "node:fs";
import path from "node:path";

/** The version that package.json says. */
export function versionOf(root: string): string {
  return textIn(jsonFile(root, "package.json"), "version") ?? "unknown";
}

/**
 * The help of a command, or of ssox itself (`""`), with colours; rendered by
 * the build for two widths of a terminal.
 *
 * @param columns of the terminal; undefined where there is none
 * @returns undefined for a command that does not exist
 */
export function helpText(
  root: string,
  command: string,
  columns: number | undefined,
): string | undefined {
  const width = (columns ?? 80) >= 120 ? "120" : "80";
  return textIn(memberOf(jsonFile(root, "dist", "help.json"), width), command);
}

function jsonFile(root: string, ...names: string[]): unknown {
  return JSON.parse(readFileSync(path.join(root, ...names), "utf8"));
}

function textIn(object: unknown, key: string): string | undefined {
  const value = memberOf(object, key);
  return typeof value === "string" ? value : undefined;
}

function memberOf(object: unknown, key: string): unknown {
  if (typeof object !== "object" || object === null || !Object.hasOwn(object, key))
    return undefined;
  return (object as Record<string, unknown>)[key];
}
