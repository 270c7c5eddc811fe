import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { standardError } from "../../src/system/standard-error.ts";
import { openTerminal } from "../../src/system/terminal.ts";
import { findPython } from "../helpers/witness.ts";
import { bundledPrograms, run } from "./files/programs.ts";

const program = bundledPrograms({
  // Writes on every way there is.
  speaks: `
    import { standardError } from "src/system/standard-error.ts";
    import { openTerminal } from "src/system/terminal.ts";
    const flags = { noInput: process.argv.includes("--no-input"), debug: process.argv.includes("--debug") };
    const terminal = openTerminal(process.env, { ...flags, stderr: standardError(), signal: new AbortController().signal });
    const { canAsk, showsProgress, noInput, isInteractive } = terminal;
    terminal.progress("progress");
    terminal.note(JSON.stringify({ canAsk, showsProgress, noInput, isInteractive }));
    terminal.trace("a trace");
    terminal.print(terminal.style("out", "red", "result"));
    terminal.note(terminal.style("err", "red", "notice"));`,
  // More than any pipe holds.
  shouts: `
    import { standardError } from "src/system/standard-error.ts";
    import { openTerminal } from "src/system/terminal.ts";
    const options = { noInput: false, debug: false, stderr: standardError(), signal: new AbortController().signal };
    const terminal = openTerminal({}, options);
    process.stdout._handle?.setBlocking?.(false);
    for (let line = 0; line < 20000; line += 1) terminal.print("a line of output " + line);
    process.exitCode = 5;`,
  fails: `
    import { standardError } from "src/system/standard-error.ts";
    import { openTerminal } from "src/system/terminal.ts";
    const options = { noInput: false, debug: false, stderr: standardError(), signal: new AbortController().signal };
    const terminal = openTerminal({}, options);
    try {
      terminal.print("result");
    } catch (error) {
      terminal.note([error.code, error.exitStatus, error.message].join(" "));
    }`,
});

const NO_TERMINAL = { canAsk: false, showsProgress: false, noInput: false, isInteractive: false };

async function streams(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [program("speaks"), ...args], { env });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { stdout, stderr };
}

describe("without a terminal", () => {
  test("results go to stdout, notices to stderr, and nothing is asked or animated", async () => {
    expect(await streams([])).toEqual({
      stdout: "result\n",
      stderr: `${JSON.stringify(NO_TERMINAL)}\nnotice\n`,
    });
  });

  test("the trace is for --debug", async () => {
    expect((await streams(["--debug"])).stderr).toContain("ssox: debug: a trace\n");
  });

  test.each([
    [["--no-input"], {}, true],
    [[], { CI: "true" }, true],
    [[], { CI: "" }, false],
  ])("%j %j: no input wanted is %s", async (args, env, noInput) => {
    expect((await streams(args, env)).stderr).toContain(`"noInput":${noInput}`);
  });

  test.each([
    [{ FORCE_COLOR: "1" }, true],
    [{ FORCE_COLOR: "0" }, false],
    [{ FORCE_COLOR: "" }, false],
    [{ FORCE_COLOR: "1", NO_COLOR: "1" }, false],
    [{}, false],
  ])("%j shows colours: %s", async (env, expected) => {
    const { stdout, stderr } = await streams([], env);
    expect(stdout).toBe(expected ? "\u001b[31mresult\u001b[39m\n" : "result\n");
    expect(stderr.includes("\u001b[31mnotice\u001b[39m")).toBe(expected);
  });
});

describe("at a terminal", () => {
  const python = findPython({ modules: ["pty"] });

  /** The program on a pseudo-terminal, by Python's pty; both streams come together. */
  async function atTerminal(args: readonly string[], env: Record<string, string>, python: string) {
    const script = "import pty, sys; pty.spawn(sys.argv[1:])";
    const command = [python, "-c", script, process.execPath, program("speaks"), ...args];
    const { end, output } = run(command, { env: { TERM: "xterm", ...env } });
    await end;
    return output();
  }

  test.skipIf(python === undefined && process.env["SSOX_REQUIRE_ALL"] !== "1").each([
    [[], {}, true, true],
    [["--no-input"], {}, false, false],
    [["--no-input"], { FORCE_COLOR: "1" }, false, true],
    [[], { CI: "1" }, false, false],
    [[], { CI: "1", FORCE_COLOR: "1" }, false, true],
    [[], { NO_COLOR: "1" }, true, false],
    [[], { TERM: "dumb" }, true, false],
  ])("%j %j: prompts and progress %s, colours %s", async (args, env, lively, coloured) => {
    if (python === undefined) throw new Error("Python with pty is needed");
    const output = await atTerminal(args, env, python);
    expect(output).toContain(`"canAsk":${lively},"showsProgress":${lively}`);
    expect(output).toContain('"isInteractive":true');
    expect(output.includes("progress\r\u001b[K")).toBe(lively);
    expect(output.includes("\u001b[31mresult")).toBe(coloured);
  });
});

describe("writing", () => {
  test("all of it arrives, however slowly it is read", async () => {
    const child = spawn(process.execPath, [program("shouts")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    let size = 0;
    let last = "";
    for await (const chunk of child.stdout) {
      size += 1;
      last = String(chunk);
      if (size < 5) await new Promise((resolve) => setTimeout(resolve, 50));
    }
    if (child.exitCode === null) await once(child, "exit");
    expect([last.endsWith("a line of output 19999\n"), child.exitCode]).toEqual([true, 5]);
  });

  test("a reader that goes away is no failure", async () => {
    const command = `set -o pipefail; "$0" "$1" | head -n 1`;
    const { end, output } = run([
      "/bin/bash",
      "--norc",
      "-c",
      command,
      process.execPath,
      program("shouts"),
    ]);
    expect(await end).toEqual({ code: 5, signal: null });
    expect(output()).toBe("a line of output 0\n");
  });
});

test.runIf(existsSync("/dev/full"))("a stdout that is full is told as WriteFailed", async () => {
  const { end, output } = run([
    "/bin/sh",
    "-c",
    'exec "$0" "$1" 2>&1 >/dev/full',
    process.execPath,
    program("fails"),
  ]);
  await end;
  expect(output()).toBe("WriteFailed 6 Cannot write to stdout: no space is left on the disk.\n");
});

test("nothing is written by opening it", () => {
  const signal = new AbortController().signal;
  const choiceList = () => Promise.reject(new Error("nothing is chosen"));
  const terminal = openTerminal(
    { CI: "1" },
    { noInput: false, debug: false, stderr: standardError(), signal, choiceList },
  );
  expect(terminal.canAsk).toBe(false);
});
