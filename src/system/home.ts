import path from "node:path";
import type { Environment } from "./environment.ts";

/** The user's home folder; undefined where there is none to be found. */
export function homeFolder(env: Environment): string | undefined {
  const named = process.platform === "win32" ? env["USERPROFILE"] : env["HOME"];
  if (named && path.isAbsolute(named)) return named;
  try {
    // Few need it, and it takes its time to load.
    const { homedir } = process.getBuiltinModule("node:os").userInfo();
    return homedir && path.isAbsolute(homedir) ? homedir : undefined;
  } catch {
    // No entry in the user database: containers that run under a bare uid.
    return undefined;
  }
}

/** `$XDG_CACHE_HOME/ssox` */
export function cacheFolder(env: Environment, home: string): string {
  return path.join(xdgFolder(env["XDG_CACHE_HOME"], home, ".cache"), "ssox");
}

/** What a variable of the XDG Base Directory Specification says; a relative path is to be ignored. */
export function xdgFolder(value: string | undefined, home: string, ...fallback: string[]): string {
  return value && path.isAbsolute(value) ? value : path.join(home, ...fallback);
}
