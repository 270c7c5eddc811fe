import { readFileSync } from "node:fs";
import path from "node:path";

/** The version that package.json says. */
export function versionOf(root: string): string {
  return textIn(jsonFile(root, "package.json"), "version") ?? "unknown";
}

/**
 * The help of a command, or of ssox itself (`""`), with colours; rendered by
 * the build for some widths of a terminal.
 *
 * @param columns of the terminal; undefined where there is none
 * @returns undefined for a command that does not exist
 */
export function helpText(
  root: string,
  command: string,
  columns: number | undefined,
): string | undefined {
  const room = columns ?? 80;
  const file = room < 80 ? "help-narrow.json" : "help.json";
  const texts = jsonFile(root, "dist", file);
  return textIn(memberOf(texts, widthFor(room, texts)), command);
}

/** The widest that fits, else the narrowest. */
function widthFor(columns: number, texts: unknown): string {
  const widths = Object.keys(texts ?? {}).map(Number);
  const fitting = widths.filter((width) => width <= columns);
  return String(fitting.length > 0 ? Math.max(...fitting) : Math.min(...widths));
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
