import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { array, number, object, parse, string } from "valibot";
import { describe, expect, it, type TestContext } from "vitest";
import { resolvePaths } from "../../src/system/paths.ts";
import { homeEnvironment, temporaryHome } from "../helpers/context.ts";
import { awsConfigFor, startTestLab } from "../helpers/lab.ts";
import { node, root } from "../helpers/program.ts";
import { findPython, requireOrSkip, runWitness } from "../helpers/witness.ts";

/**
 * Runs a program on a terminal of its own; once that shows `wanted`, types
 * `keys` or sends `signal`. Prints how it ended and the terminal's settings
 * before and after.
 */
const ON_A_TERMINAL = `
import json, os, pty, select, signal, sys, termios
wanted, keys, number, *argv = sys.argv[1:]
master, slave = pty.openpty()
def settings():
    found = termios.tcgetattr(slave)
    return [*found[:6], [byte.hex() if isinstance(byte, bytes) else byte for byte in found[6]]]
before = settings()
pid = os.fork()
if pid == 0:
    os.setsid()
    os.close(master)
    # The first terminal that a leader of a session opens becomes its own.
    os.close(os.open(os.ttyname(slave), os.O_RDWR))
    for stream in (0, 1, 2): os.dup2(slave, stream)
    os.execvp(argv[0], argv)
shown, done = b"", False
while True:
    ready, _, _ = select.select([master], [], [], 0.05)
    if ready: shown += os.read(master, 65536)
    if not done and wanted.encode() in shown:
        done = True
        if keys: os.write(master, keys.encode())
        if int(number): os.kill(pid, int(number))
    ended, status = os.waitpid(pid, os.WNOHANG)
    if ended: break
while select.select([master], [], [], 0.05)[0]: shown += os.read(master, 65536)
print(json.dumps({"status": os.waitstatus_to_exitcode(status), "before": json.dumps(before), "after": json.dumps(settings()), "shown": [shown.decode(errors="replace")]}))
`;

const End = object({ status: number(), before: string(), after: string(), shown: array(string()) });
const ACCOUNT = "111122223333";
const WHOAMI = ["whoami", "--account", ACCOUNT, "--role", "ReadOnlyAccess"];

describe("the question at a terminal", () => {
  it.for([
    ["Ctrl-C", "\u0003", 0, 130],
    ["Ctrl-D", "\u0004", 0, 130],
    ["SIGTERM", "", 15, 143],
    ["a no", "n\r", 0, 3],
    ["a yes, which signs in", "y\r", 0, 0],
  ] as const)("after %s the terminal is as it was", async ([, keys, signal, status], context) => {
    const end = await onTerminal("Sign in to acme now?", keys, signal, WHOAMI, context);
    expect({ ...end, shown: undefined }).toEqual({
      status,
      before: end.before,
      after: end.before,
      shown: undefined,
    });
    // The cursor was hidden at most as often as it was shown again.
    const count = (text: string) => end.shown.split(text).length - 1;
    expect(count("\u001b[?25l")).toBeLessThanOrEqual(count("\u001b[?25h"));
    if (status === 0) expect(end.shown).toContain(`arn:aws:sts::${ACCOUNT}:assumed-role/`);
    else expect(end.shown).not.toContain("arn:aws");
  });
});

describe("a login at a terminal", () => {
  it("that Ctrl-D ends where a URL can be pasted leaves the terminal as it was", async (context) => {
    const words = ["login", "--flow", "pkce", "--no-browser"];
    const end = await onTerminal("Or paste", "\u0004", 0, words, context, "never");
    expect(end).toMatchObject({ status: 130, after: end.before });
  });

  it("that Ctrl-C ends leaves the terminal as it was", async (context) => {
    const words = ["login", "--flow", "device", "--no-browser"];
    const end = await onTerminal("Waiting for", "\u0003", 0, words, context, "never");
    expect(end).toMatchObject({ status: 130, after: end.before });
  });
});

async function onTerminal(
  wanted: string,
  keys: string,
  signal: number,
  words: readonly string[],
  context: TestContext,
  approve: "auto" | "never" = "auto",
) {
  const python = requireOrSkip(findPython({ modules: ["pty", "termios"] }), "Python", context);
  const accounts = [{ id: ACCOUNT, roles: [{ name: "ReadOnlyAccess" }] }];
  const lab = await startTestLab({ approve, organisation: { users: [{ name: "ada" }], accounts } });
  const home = temporaryHome();
  const env = { ...homeEnvironment(home, lab), TERM: "xterm-256color" };
  const { configFile } = resolvePaths(env);
  mkdirSync(path.dirname(configFile));
  writeFileSync(configFile, awsConfigFor(lab));
  const program = [node(), path.join(root, "bin", "ssox.js"), ...words];
  const args = ["-c", ON_A_TERMINAL, wanted, keys, String(signal), ...program];
  const { code, stdout, stderr } = await runWitness(python, args, env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { shown, ...end } = parse(End, JSON.parse(stdout));
  return { ...end, shown: shown.join("") };
}
