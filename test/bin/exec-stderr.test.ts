import { execFile, execFileSync, spawn } from "node:child_process";
import { appendFileSync, closeSync, constants, openSync, readSync, writeSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { node } from "../helpers/program.ts";
import { findPython, requireOrSkip } from "../helpers/witness.ts";
import { execPlace, SSOX } from "./exec-place.ts";

/*
 * A stderr that takes nothing: the program goes on, with its credentials, its
 * signals and its end.
 */

/** A profile whose credentials end seconds after they were asked for, of which ssox has something to say. */
const BRIEF = (folder: string) => `
[profile brief]
credential_process = sh -c 'test ! -e ${folder}/again || exit 1; touch ${folder}/again; printf "$KEYS" "$(date -u -d "5 seconds" +%FT%TZ)"'
`;

/**
 * Asks until there are no credentials, and three seconds on, when ssox has said
 * so; then tells how long the longest answer took, and ends by a signal to ssox.
 */
const ASKING = `
  const { get } = require("node:http");
  const headers = { Authorization: process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN };
  let longest = 0, until = Infinity;
  process.on("SIGTERM", () => process.exit(7));
  const ask = () => {
    const began = performance.now();
    if (began > until) {
      console.log("longest", longest);
      return process.argv[1] === "wait" || process.kill(process.ppid, "SIGTERM");
    }
    get(process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI, { headers, timeout: 8000 }, (answer) => {
      answer.resume();
      longest = Math.max(longest, performance.now() - began);
      if (answer.statusCode !== 200) until = Math.min(until, performance.now() + 3000);
      setTimeout(ask, 50);
    }).on("timeout", () => { console.log("no answer"); process.exit(1); });
  };
  ask();
  setInterval(() => {}, 1000);
`;

const started = async () => {
  const { env, home } = await execPlace();
  appendFileSync(path.join(home, ".aws", "config"), BRIEF(home));
  const keys = { Version: 1, AccessKeyId: "A", SecretAccessKey: "s", SessionToken: "t" };
  const KEYS = JSON.stringify({ ...keys, Expiration: "%s" });
  const words = [...SSOX, "exec", "--profile", "brief", "--", node(), "-e", ASKING];
  return { env: { ...env, KEYS }, home, words };
};

const longestIn = (said: string): number => Number(/longest ([\d.]+)/.exec(said)?.[1]);

describe("a stderr that takes nothing", () => {
  it("that is a pipe which nobody reads, delays nothing, and has what was kept later", async () => {
    const { env, home, words } = await started();
    const { reader, writer } = fullPipe(home);
    const [file = "", ...args] = [...words, "wait"];
    const child = spawn(file, args, { env, stdio: ["ignore", "pipe", writer] });
    onTestFinished(() => void child.kill("SIGKILL"));
    let said = "";
    child.stdout?.on("data", (text) => {
      said += text;
    });
    await expect.poll(() => said, { timeout: 30_000 }).toContain("longest");
    expect(longestIn(said)).toBeLessThan(3_000);
    let told = "";
    const shown = () => {
      told += read(reader).replaceAll("\0", "");
      return told;
    };
    await expect.poll(shown, { timeout: 10_000 }).toMatch(/^ssox: cannot renew .*\n$/);
    child.kill("SIGTERM");
    await expect.poll(() => child.exitCode, { timeout: 10_000 }).toBe(7);
  });

  it("that is a terminal after Ctrl-S, delays neither signals nor the end", async (test) => {
    const python = requireOrSkip(findPython({ modules: ["pty", "termios"] }), "Python", test);
    const { env, words } = await started();
    const { stdout } = await promisify(execFile)(python, ["-c", STOPPED, ...words], { env });
    expect(stdout).toMatch(/status 7$/m);
    expect(longestIn(stdout)).toBeLessThan(3_000);
  });

  it("that is full holds up no reason why nothing was started", async () => {
    const { env, home } = await started();
    const { reader, writer } = fullPipe(home);
    const [file = "", ...args] = [...SSOX, "exec", "--profile", "dev", "--", "no-such-program"];
    const child = spawn(file, args, { env, stdio: ["ignore", "ignore", writer] });
    onTestFinished(() => void child.kill("SIGKILL"));
    // Read long after it could have been written.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    let told = "";
    const shown = () => {
      told += read(reader).replaceAll("\0", "");
      return told;
    };
    await expect.poll(shown, { timeout: 10_000 }).toContain("Cannot run no-such-program");
    await expect.poll(() => child.exitCode, { timeout: 10_000 }).toBe(127);
  });
});

/** Runs its arguments with a stderr that is a terminal whose output is stopped. */
const STOPPED = `
import os, pty, subprocess, sys, termios
outer, inner = pty.openpty()
termios.tcflow(inner, termios.TCOOFF)
try:
    status = subprocess.run(sys.argv[1:], stderr=inner, timeout=45).returncode
except subprocess.TimeoutExpired:
    status = "never"
termios.tcflow(inner, termios.TCOON)
print("status", status)
`;

/** Of coreutils. */
const MKFIFO = "mkfifo";

/** A pipe with no room; `reader` never waits, and `writer` always does. */
function fullPipe(folder: string): { reader: number; writer: number } {
  const file = path.join(folder, "pipe");
  execFileSync(MKFIFO, [file]);
  const reader = openSync(file, constants.O_RDWR | constants.O_NONBLOCK);
  const writer = openSync(file, constants.O_WRONLY);
  onTestFinished(() => {
    for (const descriptor of [reader, writer]) closeSync(descriptor);
  });
  for (const size of [4_096, 1]) {
    try {
      for (;;) writeSync(reader, "\0".repeat(size));
    } catch {
      // As much as it takes.
    }
  }
  return { reader, writer };
}

function read(descriptor: number): string {
  const bytes = Buffer.alloc(1_000_000);
  try {
    return bytes.toString("utf8", 0, readSync(descriptor, bytes));
  } catch {
    return "";
  }
}
