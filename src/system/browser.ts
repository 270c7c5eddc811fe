import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { splitCommandLine } from "./command-line.ts";
import type { Environment } from "./environment.ts";
import { type SeparatePlace, separateOpener } from "./separate-browser.ts";

/** The user's browser. */
export interface Browser {
  /**
   * A browser can be had here, and its window is before the user: `BROWSER` (an
   * editor's remote session sets it), a display, or, but for an SSH session,
   * macOS, Windows or WSL.
   */
  available(command?: string): boolean;
  /**
   * Starts the browser and does not wait for it. `command` (a program with
   * arguments; `%s` stands for the URL) goes before `BROWSER`, that before the
   * system's own. That it was started does not mean that the user sees it.
   * @returns false where that program cannot be started
   */
  open(url: string, command?: string): boolean;
  /**
   * The same in a place with cookies of its own, whatever the user's command is.
   * @throws SsoxError `Usage` at once, with what is missing for it
   */
  separate(place: SeparatePlace, names: readonly string[]): (url: string) => void;
}

export function systemBrowser(env: Environment): Browser {
  let links: string[] = [];
  return {
    available: (command) =>
      Boolean(command || env["BROWSER"] || env["DISPLAY"] || env["WAYLAND_DISPLAY"]) ||
      (!env["SSH_CONNECTION"] && hasDesktop()),
    open(url, command) {
      const line = splitCommandLine(command || env["BROWSER"] || "");
      const [program, ...args] = line;
      if (program === undefined) {
        openWithSystem(url);
        return true;
      }
      const filled = args.map((arg) => arg.replaceAll("%s", () => url));
      return start(program, args.some((arg) => arg.includes("%s")) ? filled : [...args, url]);
    },
    separate(place, names) {
      const wordsFor = separateOpener(place, names, env);
      return (url) => {
        const [program = "", ...args] = wordsFor(url);
        if (place !== "firefox-container") {
          start(program, args);
          return;
        }
        // While one Firefox starts, another one gives up with a dialog: what comes at once goes together.
        if (links.length === 0) {
          queueMicrotask(() => {
            start(program, links);
            links = [];
          });
        }
        links.push(...args);
      };
    },
  };
}

/** A browser that is missing stops nobody: the user can have the URL. */
function start(program: string, args: readonly string[]): boolean {
  try {
    const child = spawn(program, args, { detached: true, stdio: "ignore" });
    child.on("error", () => {});
    child.unref();
    return child.pid !== undefined;
  } catch {
    // Some of what cannot be started is told at once.
    return false;
  }
}

function openWithSystem(url: string): void {
  import("open")
    .then(
      async ({ default: open }) => {
        const child = await open(url);
        child.on("error", () => {});
      },
      () => {},
    )
    .catch(() => {});
}

function hasDesktop(): boolean {
  return process.platform === "darwin" || process.platform === "win32" || isWsl();
}

function isWsl(): boolean {
  return process.platform === "linux" && existsSync("/proc/sys/fs/binfmt_misc/WSLInterop");
}
