import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import { node } from "../helpers/program.ts";
import { onTerminal, type Step } from "../helpers/terminal.ts";
import { requireOrSkip } from "../helpers/witness.ts";
import { EXEC, execPlace, SSOX, WHEN_HEARD } from "./exec-place.ts";

/*
 * What keys and jobs of a real terminal mean to a program under ssox, and what
 * its shell sees of it.
 */

/** Says what it gets; ends with 5 some time after the first SIGINT, so that a second one would be seen. */
const JOB = `${WHEN_HEARD}
  const got = {};
  for (const name of ["SIGINT", "SIGQUIT", "SIGCONT", "SIGWINCH"]) {
    process.on(name, () => {
      got[name] = (got[name] ?? 0) + 1;
      if (name === "SIGWINCH") setTimeout(() => console.log("resized", got[name]), 500);
      if (name === "SIGCONT") setTimeout(() => console.log("goes on", got[name]), 500);
      if (name === "SIGINT" && got[name] === 1)
        setTimeout(() => { console.log("interrupted", got[name]); process.exit(5); }, 500);
      if (name === "SIGQUIT" && got[name] === 1)
        setTimeout(() => { console.log("quit", got[name]); process.exit(6); }, 500);
    });
  }
  require("node:fs").writeFileSync("pid", String(process.pid));
  const isOnTerminal = process.stdin.isTTY && process.stdout.isTTY && process.stderr.isTTY;
  const say = () => console.log("running", isOnTerminal);
  // Else not in the moment in which ssox starts what hears the group's signals: one to ssox alone would stop it alone.
  if (process.argv[2] === "early") setTimeout(say, 300);
  else whenHeard(say);
  setInterval(() => {}, 1000);
  if (process.argv[2] === "resize")
    require("node:child_process").spawn("stty", ["rows", "33"], { stdio: "inherit" });
`;

/**
 * `become PID STATES` waits until that process and the job are in those states: T is stopped.
 * `tell` says when the job is in the terminal's foreground.
 */
const RC = (exec: string) => `
PS1='$ '
RUN='${exec}'
state() { cut -d ' ' -f 3 /proc/$1/stat; }
become() { until [ "$(state $1)$(state $(cat pid))" = $2 ]; do sleep 0.1; done; echo "are $2"; }
field() { cut -d ' ' -f $1 /proc/$(cat pid)/stat; }
tell() { until [ $(field 5) = $(field 8) ]; do sleep 0.1; done; echo "in front"; }
`;

async function start(running: TestContext) {
  const { env, home, overlays } = await execPlace();
  writeFileSync(path.join(home, "job.js"), JOB);
  writeFileSync(path.join(home, "rc"), RC([...SSOX, ...EXEC].join(" ")));
  const place = { env: { ...env, TERM: "dumb" }, cwd: home };
  const type = async (steps: readonly Step[]) =>
    await onTerminal(steps, ["bash", "--rcfile", "rc", "-i"], place, running);
  return { type, overlays };
}

/** Holds processes up at calls of the system. */
const STRACE = "strace";
const [CTRL_C, CTRL_Z, CTRL_BACKSLASH] = ["\u0003", "\u001a", "\u001c"];
const JOB_ALONE = `$RUN ${node()} job.js`;
const IN_FOREGROUND: readonly Step[] = [["$ ", `${JOB_ALONE}\r`]];

describe("a job of an interactive shell", () => {
  it.for([
    ["Ctrl-C", CTRL_C, "interrupted 1", 5],
    ["Ctrl-\\", CTRL_BACKSLASH, "quit 1", 6],
  ] as const)(
    "55 · has %s once, and its own exit status",
    async ([, key, said, status], running) => {
      const { type, overlays } = await start(running);
      const end = await type([
        ...IN_FOREGROUND,
        ["running true", key],
        [said, "echo status $?.\r"],
        [`status ${status}.`, "exit 7\r"],
      ]);
      expect(end, end.shown).toMatchObject({ status: 7, restored: true });
      expect(overlays()).toEqual([]);
    },
  );

  it("55 · is stopped by Ctrl-Z, goes on in the background, and comes back", async (running) => {
    const { type, overlays } = await start(running);
    const end = await type([
      ...IN_FOREGROUND,
      ["running true", CTRL_Z],
      ["Stopped", "become $(jobs -p) TT\r"],
      ["are TT", "bg\r"],
      ["goes on", "become $(jobs -p) SS\r"],
      ["are SS", "tell & fg %1\r"],
      ["in front", CTRL_Z],
      ["Stopped", "fg %1\r"],
      ["goes on", CTRL_C],
      ["interrupted 1", "echo status $?.\r"],
      ["status 5.", "exit 7\r"],
    ]);
    expect(end, end.shown).toMatchObject({ status: 7, restored: true });
    expect(overlays()).toEqual([]);
  });

  it.skipIf(!process.env["SSOX_SOAK"])(
    "55 · is stopped by Ctrl-Z also while ssox starts a process",
    async (running) => {
      requireOrSkip(spawnSync(STRACE, ["-V"]).status === 0 || undefined, STRACE, running);
      // Of what ssox starts by then only the shell that listens in its group has a folder of its own.
      const slowly = "-DDD -f -o /dev/null -e trace=chdir -e inject=chdir:delay_enter=400000";
      const { type } = await start(running);
      const end = await type([
        ["$ ", `${STRACE} ${slowly} ${JOB_ALONE} early\r`],
        ["running true", CTRL_Z],
        ["Stopped", "fg\r"],
        ["goes on", CTRL_C],
        ["interrupted 1", "echo status $?.\r"],
        ["status 5.", "exit 7\r"],
      ]);
      expect(end, end.shown).toMatchObject({ status: 7, restored: true });
    },
  );

  it("55 · is stopped and continued by signals to ssox alone", async (running) => {
    const { type, overlays } = await start(running);
    const end = await type([
      ["$ ", `${JOB_ALONE} &\r`],
      ["running true", "kill -TSTP $!; become $! TT\r"],
      ["are TT", "kill -CONT $!\r"],
      ["goes on 1", "become $! SS\r"],
      ["are SS", "kill -INT $!\r"],
      ["interrupted 1", "wait $!; echo status $?.\r"],
      ["status 5.", "exit 7\r"],
    ]);
    expect(end, end.shown).toMatchObject({ status: 7 });
    expect(overlays()).toEqual([]);
  });

  it("55 · that is a shell and suspends itself brings the outer one back", async (running) => {
    const { type, overlays } = await start(running);
    const end = await type([
      // In two halves, so that neither what is typed nor what `fg` runs is taken for the prompt.
      ["$ ", "$RUN env PS1='in''> ' bash --norc -i\r"],
      ["in> ", "suspend\r"],
      ["Stopped", "fg\r"],
      ["in> ", "echo $((40 + 2)).\r"],
      ["42.", "exit 3\r"],
      ["\nexit", "echo status $?.\r"],
      ["status 3.", "exit 7\r"],
    ]);
    expect(end, end.shown).toMatchObject({ status: 7, restored: true });
    expect(overlays()).toEqual([]);
  });

  it("keeps the settings that its program gave the terminal", async (running) => {
    const { type } = await start(running);
    const end = await type([
      ["$ ", "stty -a | grep -o '.ixany'; $RUN stty ixany; stty -a | grep -o '.ixany'\r"],
      ["-ixany", ""],
      [" ixany", "stty -ixany; exit 7\r"],
    ]);
    expect(end, end.shown).toMatchObject({ status: 7, restored: true });
  });

  it("55 · hears once of another size of the terminal", async (running) => {
    const { type } = await start(running);
    const end = await type([
      ["$ ", `${JOB_ALONE} resize\r`],
      ["resized 1", CTRL_C],
      ["interrupted 1", "exit 7\r"],
    ]);
    expect(end, end.shown).toMatchObject({ status: 7, restored: true });
  });
});
