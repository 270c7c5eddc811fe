import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { buildSync } from "esbuild";
import {
  afterAll,
  beforeAll,
  describe,
  expect,
  it,
  onTestFinished,
  type TestContext,
} from "vitest";
import { root } from "../helpers/program.ts";
import { onTerminal } from "../helpers/terminal.ts";

/** Runs its own arguments as a program, and says what came of it. */
const PARENT = `
  import { handleSignals } from "./src/system/signals.ts";
  import { systemProcesses } from "./src/system/processes.ts";
  import { standardError } from "./src/system/standard-error.ts";
  const { ended, ...signals } = handleSignals();
  const [command, ...args] = process.argv.slice(2);
  const env = JSON.parse(process.env.CHILD_ENV ?? "null") ?? process.env;
  systemProcesses(signals, standardError(), "ssox.js").run(command, args, env).then(
    (status) => { process.exitCode = status; },
    (error) => {
      process.stderr.write(error.code + ": " + error.message);
      process.exitCode = error.exitStatus;
    },
  ).finally(() => { if (ended.aborted) process.stderr.write("the parent was ended itself"); });
`;

let folder = "";
let parent = "";

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "ssox-processes-"));
  parent = path.join(folder, "parent.cjs");
  buildSync({
    stdin: { contents: PARENT, resolveDir: root, loader: "ts" },
    bundle: true,
    platform: "node",
    outfile: parent,
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(
  args: readonly string[],
  env: Record<string, string> = {},
): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [parent, ...args], {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    // A session of its own: no terminal of the person who runs the tests.
    detached: true,
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

async function end(child: ChildProcessWithoutNullStreams, input = "") {
  // It may have ended before it read.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const closed = once(child, "close");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await closed;
  return { status: child.exitCode, signal: child.signalCode, stdout, stderr };
}

const node = (script: string): string[] => [process.execPath, "-e", script];

describe("run", () => {
  it.each([
    [0, "process.exit(0)"],
    [7, "process.exit(7)"],
    [255, "process.exit(255)"],
    [143, 'process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)'],
    [137, 'process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000)'],
    [130, 'process.kill(process.pid, "SIGINT"); setInterval(() => {}, 1000)'],
  ])("55 · ends with the program's status %i", async (status, script) => {
    expect(await end(start(node(script)))).toEqual({
      status,
      signal: null,
      stdout: "",
      stderr: "",
    });
  });

  it("is 127 when there is no such program", async () => {
    const { status, stderr } = await end(start(["no-such-program-anywhere"]));
    expect(status).toBe(127);
    expect(stderr).toBe("Usage: Cannot run no-such-program-anywhere: there is no such program.");
  });

  it.each([
    ["a link", (file: string) => symlinkSync("/no/such/file", file), "a link to /no/such/file, "],
    [
      "a script",
      (file: string) => writeFileSync(file, "#!/no/such/sh -e\r\n", { mode: 0o755 }),
      'the interpreter of FILE is missing: "/no/such/sh"',
    ],
    [
      "a script with carriage returns",
      (file: string) => writeFileSync(file, "#! /bin/sh\r\n", { mode: 0o755 }),
      'the interpreter of FILE is missing: "/bin/sh\\r"',
    ],
  ])("is 127 for %s that leads nowhere, and says so", async (_what, make, reason) => {
    const bin = mkdtempSync(path.join(folder, "leads-"));
    const file = path.join(bin, "program");
    make(file);
    for (const command of [file, "program"]) {
      const env = { CHILD_ENV: JSON.stringify({ PATH: `/nonexistent:${bin}` }) };
      const { status, stderr } = await end(start([command], env));
      expect(status).toBe(127);
      expect(stderr).toContain(`Cannot run ${command}: `);
      expect(stderr).toContain(reason.replace("FILE", file));
    }
  });

  it("is 126 for what cannot be executed", async () => {
    const plain = path.join(folder, "plain");
    writeFileSync(plain, "echo hello\n", { mode: 0o644 });
    for (const what of [plain, folder]) {
      const { status, stderr } = await end(start([what]));
      expect(status).toBe(126);
      expect(stderr).toContain(`Cannot run ${what}: permission denied`);
    }
  });

  it("is 126 for an environment that is too long", async () => {
    // More than Linux takes for one string; made within the parent, which could not be started with it.
    const preload = path.join(folder, "huge.cjs");
    writeFileSync(preload, 'process.env.HUGE = "x".repeat(200_000);');
    const child = start(["true"], { NODE_OPTIONS: `--require ${preload}` });
    expect(await end(child)).toMatchObject({
      status: 126,
      stderr: expect.stringContaining("Cannot run true: E2BIG"),
    });
  });

  it("looks in the PATH of the child's environment", async () => {
    const bin = path.join(folder, "bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(path.join(bin, "only-here"), "#!/bin/sh\necho found\n");
    chmodSync(path.join(bin, "only-here"), 0o755);
    const env = { CHILD_ENV: JSON.stringify({ PATH: `${bin}:/usr/bin:/bin` }) };
    expect(await end(start(["only-here"], env))).toMatchObject({ status: 0, stdout: "found\n" });
  });

  it("hands every word over as it is: there is no shell", async () => {
    const words = ["", " ", "$HOME", "`id`", "a;b", "*", "'\"", "--help", "-n", "é\n"];
    const script = "process.stdout.write(JSON.stringify(process.argv.slice(1)))";
    const { stdout } = await end(start([...node(script), "--", ...words]));
    expect(JSON.parse(stdout)).toEqual(words);
  });

  it("leaves all of stdin to the program", async () => {
    const input = "line\n".repeat(100_000);
    expect((await end(start(["cat"]), input)).stdout).toBe(input);
  });

  it.each(["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGCONT"] as const)(
    "55 · hands %s on, and ends as the program ends",
    async (signal) => {
      const child = start(
        node(`
          process.on("${signal}", () => { console.log("got it"); process.exit(9); });
          console.log("ready");
          setInterval(() => {}, 1000);
        `),
      );
      await once(child.stdout, "data");
      child.kill(signal);
      const { status, stderr, stdout } = await end(child);
      expect({ status, stderr }).toEqual({ status: 9, stderr: "" });
      expect(stdout).toContain("got it");
    },
  );

  it("is not ended by a signal that the program survives", async () => {
    const child = start(
      node(`
        process.on("SIGTERM", () => console.log("no"));
        process.on("SIGINT", () => process.exit(3));
        console.log("ready");
        setInterval(() => {}, 1000);
      `),
    );
    await once(child.stdout, "data");
    for (let times = 0; times < 3; times += 1) {
      child.kill("SIGTERM");
      await once(child.stdout, "data");
    }
    child.kill("SIGINT");
    expect((await end(child)).status).toBe(3);
  });
});

/** What the parent and its program do on a terminal of their own when a key is pressed. */
async function press(key: string, program: readonly string[], running: TestContext) {
  const command = [process.execPath, parent, ...program];
  return await onTerminal([["ready", key]], command, { env: process.env }, running);
}

describe("a key of the terminal", () => {
  it.for([
    ["Ctrl-C", "SIGINT", "\u0003"],
    ["Ctrl-\\", "SIGQUIT", "\u001c"],
  ] as const)("%s reaches the program once", async ([, signal, key], running) => {
    const script = `
      let count = 0;
      process.on("${signal}", () => {
        count += 1;
        if (count === 1) setTimeout(() => { console.log("count " + count); process.exit(5); }, 700);
      });
      console.log("ready");
      setInterval(() => {}, 1000);
    `;
    const { shown, status } = await press(key, node(script), running);
    expect(shown).toContain("count 1");
    expect(status).toBe(5);
  });

  it("ends a program that does not catch it, and the parent after it", async (running) => {
    const script = 'console.log("ready"); setInterval(() => {}, 1000);';
    const { shown, status } = await press("\u0003", node(script), running);
    expect(status).toBe(130);
    expect(shown).not.toContain("ended itself");
  });
});
