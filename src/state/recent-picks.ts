import { readFileSync } from "node:fs";
import path from "node:path";
import { parseJsonObject } from "../domain/json.ts";
import { SsoxError } from "../errors.ts";
import { writeFileAtomically } from "../system/files/atomic-write.ts";

/** More of them nobody remembers. */
const MOST_KEPT = 30;

/** What was picked on this machine (`pickKey` of each), the latest first. */
export function recentPicks(stateFolder: string): readonly string[] {
  try {
    const { recent } = parseJsonObject(readFileSync(recentFile(stateFolder), "utf8")) ?? {};
    return Array.isArray(recent) ? recent.filter((key) => typeof key === "string") : [];
  } catch {
    return [];
  }
}

/** Remembers a pick. One that cannot be kept is not the first in the next list, and no more. */
export function rememberPick(stateFolder: string, key: string): void {
  const others = recentPicks(stateFolder).filter((other) => other !== key);
  try {
    const recent = [key, ...others].slice(0, MOST_KEPT);
    writeFileAtomically(recentFile(stateFolder), JSON.stringify({ recent }), { mode: 0o600 });
  } catch (error) {
    if (!(error instanceof SsoxError)) throw error;
  }
}

function recentFile(stateFolder: string): string {
  return path.join(stateFolder, "recent.json");
}
