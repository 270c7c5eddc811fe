import { statSync } from "node:fs";
import path from "node:path";
import { SsoxError } from "../errors.ts";
import type { Environment } from "./environment.ts";
import { cacheFolder, homeFolder, xdgFolder } from "./home.ts";

/** Where everything lies. Nothing is created by asking. */
export interface Paths {
  readonly home: string;
  /** `AWS_CONFIG_FILE`, else `~/.aws/config`. */
  readonly configFile: string;
  /** `AWS_SHARED_CREDENTIALS_FILE`, else `~/.aws/credentials`. */
  readonly credentialsFile: string;
  /** `~/.aws/sso/cache`: no variable moves it, in any AWS client (measured with AWS CLI 2.9.19 and the SDKs). */
  readonly tokenCache: string;
  /** `~/.aws/cli/cache` */
  readonly roleCache: string;
  /** `$XDG_STATE_HOME/ssox` */
  readonly state: string;
  /** A folder of the state folder, for the locks of what has no file of its own. */
  readonly locks: string;
  /** `$XDG_CACHE_HOME/ssox` */
  readonly cache: string;
  /** `$XDG_RUNTIME_DIR/ssox` where that is the user's own, else a folder of the state folder. */
  readonly runtime: string;
}

/**
 * Resolves every place from the environment, as botocore does: `~` and
 * `$NAME` in the two file variables are expanded (the other SDKs do not do that).
 *
 * Inside `ssox exec` AWS_CONFIG_FILE names an overlay; SSOX_AWS_CONFIG_FILE
 * then names the user's real file, which is the one that ssox uses. It counts
 * no more when AWS_CONFIG_FILE was set to something else there.
 *
 * @throws SsoxError `WriteFailed` when there is no home folder to be found.
 */
export function resolvePaths(env: Environment): Paths {
  const home = homeFolder(env);
  if (home === undefined) {
    throw new SsoxError("WriteFailed", "There is no home folder: HOME is not set.", {
      hint: "export HOME=/path/to/your/home",
    });
  }
  const file = (variable: string | undefined, name: string): string =>
    variable ? path.resolve(expand(variable, home, env)) : path.join(home, ".aws", name);
  const state = path.join(xdgFolder(env["XDG_STATE_HOME"], home, ".local", "state"), "ssox");
  const shared = env["XDG_RUNTIME_DIR"] ?? "";
  const runtimes = [path.join(shared, "ssox"), path.join(state, "run")] as const;
  const configured = env["AWS_CONFIG_FILE"];
  const real = !configured || isOverlay(configured, runtimes) ? env["SSOX_AWS_CONFIG_FILE"] : "";
  return {
    home,
    configFile: file(real || configured, "config"),
    credentialsFile: file(env["AWS_SHARED_CREDENTIALS_FILE"], "credentials"),
    tokenCache: path.join(home, ".aws", "sso", "cache"),
    roleCache: path.join(home, ".aws", "cli", "cache"),
    state,
    locks: path.join(state, "locks"),
    cache: cacheFolder(env, home),
    // Looked at when it is asked: a cached credential needs no such folder.
    get runtime() {
      return runtimes[path.isAbsolute(shared) && isOwnFolder(shared) ? 0 : 1];
    },
  };
}

/** A file of `ssox exec` (src/aws/overlay.ts), whoever ran it. */
function isOverlay(file: string, runtimes: readonly string[]): boolean {
  return runtimes.includes(path.dirname(file)) && /^exec-.*\.config$/.test(path.basename(file));
}

/**
 * Belongs to this user, or is missing and would be made in a folder that does.
 * `su` and `sudo -E` keep the XDG_RUNTIME_DIR of somebody else, and containers
 * one that is not there.
 */
function isOwnFolder(folder: string): boolean {
  try {
    const there = { throwIfNoEntry: false } as const;
    const found = statSync(folder, there) ?? statSync(path.dirname(folder), there);
    return found?.isDirectory() === true && found.uid === (process.geteuid?.() ?? found.uid);
  } catch {
    // One that may not even be looked at is somebody else's.
    return false;
  }
}

function expand(value: string, home: string, env: Environment): string {
  const tilde = value === "~" || value.startsWith("~/") ? home + value.slice(1) : value;
  return tilde.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    return env[braced ?? bare ?? ""] ?? whole;
  });
}
