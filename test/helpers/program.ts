import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { text } from "node:stream/consumers";

/** The folder of package.json. */
export const root = path.join(import.meta.dirname, "..", "..");

export interface ProgramOptions {
  /** Added to an environment that holds PATH and a HOME that does not exist, and nothing else. */
  readonly env?: Readonly<Record<string, string>>;
  /** The whole of stdin; empty without it. */
  readonly input?: string;
  readonly cwd?: string;
  /** Milliseconds, after which it is killed; 30,000 without it. */
  readonly timeout?: number;
  /** Words before the program's own: what runs it. */
  readonly inside?: readonly string[];
}

export interface ProgramEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The node that runs the built program: `SSOX_NODE`, else the one that runs the tests. */
export function node(): string {
  return process.env["SSOX_NODE"] ?? process.execPath;
}

/** Runs the built program to its end. */
export async function runSsox(
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramEnd> {
  const child = spawnSsox(args, options);
  // A program that ends without reading its stdin closes the pipe.
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  const [stdout, stderr] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    ended(child),
  ]);
  return { status: child.exitCode, signal: child.signalCode, stdout, stderr };
}

/** Starts the built program; stdin, stdout and stderr are pipes. */
export function spawnSsox(
  args: readonly string[],
  options: Omit<ProgramOptions, "input"> = {},
): ChildProcessWithoutNullStreams {
  // Of the real environment only PATH: NODE_EXTRA_CA_CERTS alone doubles the start-up time of Node 20.
  const env = { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", ...options.env };
  const words = [...(options.inside ?? []), node(), path.join(root, "bin", "ssox.js"), ...args];
  const [file = "", ...rest] = words;
  return spawn(file, rest, {
    env,
    cwd: options.cwd,
    timeout: options.timeout ?? 30_000,
    killSignal: "SIGKILL",
  });
}

/** Resolves when the process has ended; its exit status and signal are known then. */
export async function ended(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "close");
}
