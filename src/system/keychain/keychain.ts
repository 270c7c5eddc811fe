import { spawn } from "node:child_process";
import path from "node:path";
import { text as textOf } from "node:stream/consumers";
import { SsoxError } from "../../errors.ts";
import type { Environment } from "../environment.ts";
import { type Answer, type Deed, parseAnswer, type Request } from "./protocol.ts";
import { inTurn } from "./turn.ts";

/**
 * The keychain of the operating system: Secret Service, macOS Keychain,
 * Windows Credential Manager. Every call throws SsoxError `KeychainUnavailable`
 * where it cannot be used, and nothing is ever kept anywhere else instead.
 */
export interface Keychain {
  /** @param signal ends the wait for a keychain that is locked, with its reason */
  get(name: string, signal?: AbortSignal): Promise<string | undefined>;
  set(name: string, value: string): Promise<void>;
  remove(names: readonly string[]): Promise<void>;
  /** Finds out that nothing could be written, before it must be. */
  prove(signal: AbortSignal): Promise<void>;
}

export interface KeychainOptions {
  /** The file of the helper program. */
  readonly helper: string;
  /** The folder of locks; asked for when it is needed. */
  readonly locks: () => string;
  /** A user is here, and may be shown the keychain's own window. */
  readonly canUnlock: boolean;
  readonly note: (text: string) => void;
}

/** Of the keychain alone; with the start of this program and of the helper, below 3 seconds. */
const UNATTENDED_LIMIT_MS = 2_500;
const ATTENDED_LIMIT_MS = 60_000;
/** For the helper itself, on a machine with much else to do. */
const START_LIMIT_MS = 30_000;
const NOTICE_AFTER_MS = 1_500;
/** gnome-keyring takes 10 ms for each; and a connection, of which D-Bus allows a user 256. */
const REMOVED_AT_ONCE = 50;

export function systemKeychain(env: Environment, options: KeychainOptions): Keychain {
  const limit = options.canUnlock ? ATTENDED_LIMIT_MS : UNATTENDED_LIMIT_MS;
  const givenUp = () => unavailable("another call of ssox was not answered");
  const ask = async (deed: Deed, signal?: AbortSignal) => {
    const turn = { file: path.join(options.locks(), "keychain.lock"), givenUp, signal };
    return await inTurn(turn, () => answeredBy({ ...deed, limit }, env, options, signal));
  };
  return {
    get: async (name, signal) => (await ask({ do: "get", name }, signal)) ?? undefined,
    async set(name, value) {
      await ask({ do: "set", name, value });
    },
    async remove(names) {
      for (let at = 0; at < names.length; at += REMOVED_AT_ONCE) {
        await ask({ do: "remove", names: names.slice(at, at + REMOVED_AT_ONCE) });
      }
    },
    async prove(signal) {
      await ask({ do: "prove" }, signal);
    },
  };
}

/** Whether a keychain could show its window: on Linux it needs a display. */
export function canShowWindows(env: Environment): boolean {
  if (process.platform === "win32" || process.platform === "darwin") return true;
  return Boolean(env["WAYLAND_DISPLAY"] || env["DISPLAY"]);
}

async function answeredBy(
  request: Request,
  env: Environment,
  options: KeychainOptions,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  signal?.throwIfAborted();
  const helper = startHelper(env, options.helper, JSON.stringify(request));
  let isLate = false;
  const killAfter = (milliseconds: number) =>
    setTimeout(() => {
      isLate = true;
      helper.kill();
    }, milliseconds);
  let end = killAfter(START_LIMIT_MS);
  helper.onStart(() => {
    clearTimeout(end);
    end = killAfter(request.limit);
  });
  const notice = setTimeout(() => {
    if (options.canUnlock) options.note("Waiting for the keychain to be unlocked …");
  }, NOTICE_AFTER_MS);
  signal?.addEventListener("abort", helper.kill, { once: true });
  try {
    const answer = await helper.answer;
    if (answer !== undefined && "value" in answer) return answer.value;
    signal?.throwIfAborted();
    const failure = answer?.error ?? "its helper process failed";
    throw unavailable(isLate ? lateBy(request.limit) : failure);
  } finally {
    clearTimeout(end);
    clearTimeout(notice);
    signal?.removeEventListener("abort", helper.kill);
  }
}

/** Nothing runs when the helper's file is loaded: this starts it. */
const START = "require(process.argv[1]).serve()";

function startHelper(
  env: Environment,
  file: string,
  request: string,
): { answer: Promise<Answer | undefined>; onStart: (run: () => void) => void; kill: () => void } {
  const { NODE_OPTIONS: _, ...rest } = env;
  const child = spawn(process.execPath, ["-e", START, file], {
    env: rest,
    // In a process group of its own: the terminal's Ctrl-C must not cut a write short.
    detached: process.platform !== "win32",
    windowsHide: true,
    stdio: ["pipe", "pipe", "ignore"],
  });
  // It may have ended before it read all.
  child.stdin.on("error", () => {});
  child.stdin.end(request);
  const answer = new Promise<Answer | undefined>((resolve) => {
    child.on("error", (error) => resolve({ error: error.message }));
    textOf(child.stdout).then(
      (text) => resolve(parseAnswer(text)),
      () => resolve(undefined),
    );
  });
  return {
    answer,
    onStart: (run) => void child.stdout.once("data", run),
    kill: () => void child.kill("SIGKILL"),
  };
}

function lateBy(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return `no answer within ${seconds} seconds; it is locked and was not unlocked, or it hangs`;
}

function unavailable(why: string): SsoxError {
  const [line = ""] = why.split("\n");
  return new SsoxError(
    "KeychainUnavailable",
    `The keychain cannot be used: ${line.replace(/\.$/, "")}.`,
    { hint: "unlock it at the desktop, or set ssox_store = file in the [sso-session] section" },
  );
}
