import { readFileSync } from "node:fs";
import path from "node:path";
import { cacheName } from "../domain/cache-name.ts";
import { parseJsonObject } from "../domain/json.ts";
import { bareStartUrl } from "../domain/start-url.ts";
import { SsoxError } from "../errors.ts";
import { writeFileAtomically } from "../system/files/atomic-write.ts";

/**
 * Remembers every role that was ever listed for a session on this machine: a
 * profile of any other role may be another machine's, and is not for this one
 * to prune. What cannot be remembered keeps a profile from being pruned later,
 * and no more.
 *
 * @param session a start URL of another organisation makes it another one
 * @param roles what is listed now: `roleId` of each
 * @returns all of them
 */
export function rememberRoles(
  stateFolder: string,
  session: { readonly name: string; readonly startUrl: string },
  roles: Iterable<string>,
): ReadonlySet<string> {
  const key = cacheName(`${session.name}\n${bareStartUrl(session.startUrl)}`);
  const file = path.join(stateFolder, "listed", `${key}.json`);
  const known = readRoles(file);
  const all = new Set([...known, ...roles]);
  if (all.size > known.length) {
    try {
      writeFileAtomically(file, JSON.stringify({ roles: [...all] }), { mode: 0o600 });
    } catch (error) {
      if (!(error instanceof SsoxError)) throw error;
    }
  }
  return all;
}

function readRoles(file: string): readonly string[] {
  try {
    const { roles } = parseJsonObject(readFileSync(file, "utf8")) ?? {};
    return Array.isArray(roles) ? roles.filter((role) => typeof role === "string") : [];
  } catch {
    return [];
  }
}
