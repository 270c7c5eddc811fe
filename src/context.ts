import path from "node:path";
import { withoutOuterRegion } from "./domain/child-region.ts";
import { isCi } from "./domain/ci.ts";
import { type Browser, systemBrowser } from "./system/browser.ts";
import { type Clock, systemClock } from "./system/clock.ts";
import { ownWords } from "./system/command-line.ts";
import type { Environment } from "./system/environment.ts";
import { canShowWindows, type Keychain, systemKeychain } from "./system/keychain/keychain.ts";
import { type Paths, resolvePaths } from "./system/paths.ts";
import { type Processes, systemProcesses } from "./system/processes.ts";
import { handleSignals } from "./system/signals.ts";
import { standardError } from "./system/standard-error.ts";
import { openTerminal, type Terminal } from "./system/terminal.ts";

/**
 * The edges of the machine, built once in `main` and passed in. HTTP and the
 * file system are not among them: tests use a real server and a real home.
 */
export interface Context {
  readonly clock: Clock;
  readonly terminal: Terminal;
  readonly browser: Browser;
  readonly keychain: Keychain;
  readonly processes: Processes;
  readonly paths: Paths;
  /** The user's, without the region that an outer `ssox exec` has put there. */
  readonly env: Environment;
  /** Aborted, with an `Interrupted` as its reason, when the user ends the program. */
  readonly signal: AbortSignal;
}

/**
 * The machine as it is. Signal handlers are in place from here on.
 * @param root the folder of package.json
 */
export function createContext(argv: readonly string[], root: string): Context {
  const { ended: signal, ...signals } = handleSignals();
  const env: Environment = withoutOuterRegion({ ...process.env }, process.platform === "win32");
  const words = ownWords(argv);
  const stderr = standardError();
  const terminal = openTerminal(isCi(env) ? env : { ...env, CI: undefined }, {
    noInput: words.includes("--no-input"),
    debug: words.includes("--debug"),
    stderr,
    signal,
    choiceList: async () => (await import("./views/choice-list.ts")).choiceList,
  });
  let found: Paths | undefined;
  // Looked for when they are needed: `--help` works without a home.
  const paths = (): Paths => {
    found ??= resolvePaths(env);
    return found;
  };
  return {
    clock: systemClock,
    terminal,
    browser: systemBrowser(env),
    keychain: systemKeychain(env, {
      helper: path.join(root, "dist", "keychain.cjs"),
      locks: () => paths().locks,
      // An SDK that calls credential-process gives up before anyone has typed a password.
      canUnlock: terminal.showsProgress && words[0] !== "credential-process" && canShowWindows(env),
      note: terminal.note,
    }),
    processes: systemProcesses(signals, stderr, path.join(root, "bin", "ssox.js")),
    get paths() {
      return paths();
    },
    env,
    signal,
  };
}
