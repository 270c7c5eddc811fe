import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";

const ROOT = path.join(import.meta.dirname, "..", "..", "..");

/**
 * Small programs made of this repository's own sources, bundled once for all
 * tests of a file: Node 20 runs no TypeScript.
 *
 * @param sources the text of each program, by its name; `src/…` is this repository's
 */
export function bundledPrograms<Name extends string>(sources: Record<Name, string>) {
  let folder = "";
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "ssox-programs-"));
    // For a program that runs as another user.
    chmodSync(folder, 0o755);
    const names = Object.keys(sources) as Name[];
    await Promise.all(
      names.map((name) =>
        build({
          stdin: { contents: sources[name], resolveDir: ROOT, loader: "ts" },
          alias: { src: path.join(ROOT, "src") },
          outfile: path.join(folder, `${name}.mjs`),
          bundle: true,
          platform: "node",
          target: "node20",
          format: "esm",
          logLevel: "error",
        }),
      ),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (name: Name) => path.join(folder, `${name}.mjs`);
}

export interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  /** What it has printed so far. */
  output(): string;
  /** Resolves when it has ended. */
  readonly end: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export interface RunOptions {
  readonly uid?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program; it is killed when the test ends first. */
export function run(command: readonly string[], { uid, env }: RunOptions = {}): Running {
  const [file = "", ...args] = command;
  const child = spawn(file, args, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: process.env["PATH"] ?? "", ...env },
    ...(uid !== undefined && { uid, gid: uid }),
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
    });
  }
  child.stdin.on("error", () => {});
  const end = once(child, "close").then(() => ({ code: child.exitCode, signal: child.signalCode }));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    child.kill("SIGCONT");
    await end;
  });
  return { child, pid: child.pid ?? 0, output: () => output, end };
}

/** Resolves once `condition` holds; fails the test after twenty seconds. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  await expect.poll(condition, { timeout: 20_000, interval: 5, message: what }).toBe(true);
}

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "ssox-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A user whom modes bind: root is none. Undefined means this very user. */
export const ordinaryUser: number | undefined = process.getuid?.() === 0 ? 65534 : undefined;
