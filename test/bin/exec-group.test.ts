import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished, type TestContext } from "vitest";
import { isRunning } from "../helpers/is-running.ts";
import { node, spawnSsox } from "../helpers/program.ts";
import { onTerminal, type Step } from "../helpers/terminal.ts";
import { findPython, requireOrSkip } from "../helpers/witness.ts";
import { EXEC, execPlace, SSOX, script, WHEN_HEARD } from "./exec-place.ts";

/*
 * Signals that are sent to the whole process group reach the program from the
 * kernel; those that are sent to ssox alone, from ssox.
 */

const NAMES = ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;
const ONCE_EACH = Object.fromEntries(NAMES.map((name) => [name, 1]));

/** Says and counts what it gets; `tell` prints that and ends. */
const COUNT = `${WHEN_HEARD}
  const got = {};
  for (const name of ${JSON.stringify([...NAMES, "SIGCONT"])})
    process.on(name, () => { got[name] = (got[name] ?? 0) + 1; console.log("came", name); });
  const tell = () => { console.log("got", JSON.stringify(got)); process.exit(4); };
  setInterval(() => {}, 1000);
`;

/** Sends every one of them to its group or to ssox alone, then tells. */
const SENDING = `${COUNT}
  const names = ${JSON.stringify(NAMES)};
  const target = process.argv.at(-1) === "group" ? 0 : process.ppid;
  const next = () => {
    const name = names.shift();
    if (name === undefined) return setTimeout(tell, 500);
    process.kill(target, name);
    setTimeout(next, 150);
  };
  whenHeard(next);
`;

/** Tells some time after its stdin ends, so that a second one would be seen. */
const WAITING = `${COUNT}
  process.stdin.on("end", () => setTimeout(tell, 500)).resume();
  whenHeard(() => console.log("ready"));
`;

type ExecPlace = Awaited<ReturnType<typeof execPlace>>;

const countsIn = (said: string): unknown => JSON.parse(/got (\{.*?\})/.exec(said)?.[1] ?? "null");

/** Resolves when the program has said that. */
const says = async (child: ChildProcessWithoutNullStreams, what: string): Promise<void> =>
  await new Promise((resolve) => {
    let said = "";
    child.stdout.on("data", (chunk) => {
      said += chunk;
      if (said.includes(what)) resolve();
    });
  });

/** The processes that ssox has started. */
const childrenOf = (pid: number | undefined): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);

const isShell = (pid: number): boolean =>
  readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("/bin/sh\0");

describe("a signal", () => {
  it.each(["group", "alone"])("comes once each, without a terminal: %s", async (whom) => {
    const { env } = await execPlace();
    // A group of its own.
    const [file = "", ...args] = [...SSOX, ...script(SENDING), whom];
    const child = spawn(file, args, { env, detached: true });
    onTestFinished(() => void child.kill("SIGKILL"));
    expect(countsIn(await text(child.stdout))).toEqual(ONCE_EACH);
    expect(await text(child.stderr)).toBe("");
  });

  it.for([
    ["group", ""],
    ["group", " & wait $!"],
    ["alone", ""],
    ["alone", " & wait $!"],
  ])("comes once each, to a job of a shell: %j", async ([whom, background], running) => {
    const { env, home } = await execPlace();
    writeFileSync(path.join(home, "job.js"), SENDING);
    const job = [...SSOX, ...EXEC, node(), "job.js", whom].join(" ");
    writeFileSync(path.join(home, "rc"), `PS1='$ '\nRUN='${job}'\n`);
    const steps: readonly Step[] = [
      ["$ ", `$RUN${background}; echo status $?.\r`],
      ["status 4.", "exit 7\r"],
    ];
    const place = { env: { ...env, TERM: "dumb" }, cwd: home };
    const bash = ["bash", "--rcfile", "rc", "-i"];
    const { shown, status } = await onTerminal(steps, bash, place, running);
    expect(countsIn(shown), shown).toEqual(ONCE_EACH);
    expect(status).toBe(7);
  });

  it("of `timeout` comes once", async () => {
    const { env } = await execPlace();
    const child = spawnSsox(script(WAITING), { env, inside: ["timeout", "60"] });
    const said = text(child.stdout);
    await once(child.stdout, "data");
    // It does then what it does when its time is over.
    child.kill("SIGTERM");
    await says(child, "came SIGCONT");
    child.stdin.end();
    // It continues what it ends, in case that is stopped.
    expect(countsIn(await said)).toEqual({ SIGTERM: 1, SIGCONT: 1 });
  });

  it("that is sent to every process of a service, one by one, comes once", async () => {
    const { env } = await execPlace();
    const child = spawnSsox(script(WAITING), { env });
    const said = text(child.stdout);
    await once(child.stdout, "data");
    const children = childrenOf(child.pid);
    for (const pid of children.filter((one) => !isShell(one))) process.kill(pid, "SIGTERM");
    // So long that two would not be taken for one.
    await new Promise((resolve) => setTimeout(resolve, 200));
    for (const pid of [child.pid ?? 0, ...children.filter(isShell)]) process.kill(pid, "SIGTERM");
    child.stdin.end();
    expect(countsIn(await said)).toEqual({ SIGTERM: 1 });
  });

  it("reaches a program that has left the group", async () => {
    const { env } = await execPlace();
    const [file = "", ...args] = [...SSOX, ...EXEC, "setsid", node(), "-e", WAITING];
    const child = spawn(file, args, { env, detached: true });
    onTestFinished(() => void child.kill("SIGKILL"));
    const said = text(child.stdout);
    await once(child.stdout, "data");
    process.kill(-(child.pid ?? 0), "SIGTERM");
    await says(child, "came SIGTERM");
    child.stdin.end();
    expect(countsIn(await said)).toEqual({ SIGTERM: 1 });
  });

  it("is handed on where no shell can tell", async () => {
    const { env } = await execPlace();
    const child = spawnSsox(script(WAITING), { env });
    const said = text(child.stdout);
    await once(child.stdout, "data");
    for (const pid of childrenOf(child.pid).filter(isShell)) process.kill(pid, "SIGKILL");
    child.kill("SIGTERM");
    await says(child, "came SIGTERM");
    child.stdin.end();
    expect(countsIn(await said)).toEqual({ SIGTERM: 1 });
  });
});

describe("a terminal that is closed", () => {
  /** Runs its arguments as the leader of a session, or as a job of a shell, and hangs up when it is ready. */
  const HANG_UP = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
shown = b""
while b"ready" not in shown: shown += os.read(terminal, 4096)
os.close(terminal)
os.waitpid(pid, 0)
`;
  const LOGGING = `${WHEN_HEARD}
    const { appendFileSync, writeFileSync } = require("node:fs");
    writeFileSync("parent", String(process.ppid));
    process.on("SIGHUP", () => appendFileSync(process.argv.at(-1), "hung up\\n"));
    process.stdout.on("error", () => {});
    whenHeard(() => {
      console.log("ready");
      setTimeout(() => appendFileSync(process.argv.at(-1), "end\\n"), 2500);
    });
  `;

  const hangUp = async (words: readonly string[], place: ExecPlace, test: TestContext) => {
    const python = requireOrSkip(findPython({ modules: ["pty"] }), "Python", test);
    const { env, home } = place;
    await promisify(execFile)(python, ["-c", HANG_UP, ...words], { env, cwd: home });
    const log = path.join(home, "log");
    const written = () => existsSync(log) && readFileSync(log, "utf8");
    await expect.poll(written, { timeout: 10_000 }).toContain("end");
    const ssox = Number(readFileSync(path.join(home, "parent"), "utf8"));
    await expect.poll(() => isRunning(ssox), { timeout: 10_000 }).toBe(false);
    return readFileSync(log, "utf8");
  };

  it("tells a program that leads the session once", async (test) => {
    const place = await execPlace();
    expect(await hangUp([...SSOX, ...script(LOGGING), "log"], place, test)).toBe("hung up\nend\n");
  });

  it("tells a job of a shell once", async (test) => {
    const place = await execPlace();
    writeFileSync(path.join(place.home, "job.js"), LOGGING);
    const line = [...SSOX, ...EXEC, node(), "job.js", "log"].join(" ");
    // The shell dies of it, and the kernel tells the group. Bash would tell the group as well, and bare programs twice.
    expect(await hangUp(["sh", "-c", `${line}; :`], place, test)).toBe("hung up\nend\n");
  });
});

describe("the shell that listens", () => {
  const started = async () => {
    const { env } = await execPlace();
    const child = spawnSsox(script(WAITING), { env });
    await once(child.stdout, "data");
    const [shell = 0] = childrenOf(child.pid).filter(isShell);
    return { child, shell };
  };

  it("has nothing of the user's, and is gone with the program", async () => {
    const { child, shell } = await started();
    expect(readFileSync(`/proc/${shell}/environ`, "utf8")).toBe("");
    child.stdin.end();
    await once(child, "exit");
    // Not even as a zombie.
    expect(existsSync(`/proc/${shell}`)).toBe(false);
    expect(child.exitCode).toBe(4);
  });

  it("is gone after kill -9 of ssox", async () => {
    const { child, shell } = await started();
    expect(existsSync(`/proc/${shell}`)).toBe(true);
    child.kill("SIGKILL");
    await expect.poll(() => isRunning(shell), { timeout: 5_000 }).toBe(false);
    child.stdin.end();
  });
});
