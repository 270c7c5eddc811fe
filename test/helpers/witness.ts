import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { onTestFinished, type TestContext } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The folder of this repository. */
export const repository = ROOT.replace(/\/$/, "");

/**
 * A Python that can import all of `modules`: SSOX_PYTHON, else the repository's
 * `.cache/venv`, else `python3` on the PATH.
 */
export function findPython({ modules }: { modules: readonly string[] }): string | undefined {
  const candidates = [
    process.env["SSOX_PYTHON"],
    `${repository}/.cache/venv/bin/python`,
    "python3",
  ];
  return candidates.find(
    (python): python is string =>
      python !== undefined &&
      (!python.includes("/") || existsSync(python)) &&
      succeeds(python, ["-c", modules.map((name) => `import ${name}`).join("\n")]),
  );
}

/**
 * The witness that a test needs. Without it the test is skipped, saying so;
 * with SSOX_REQUIRE_ALL=1 it fails instead.
 */
export function requireOrSkip<T>(found: T | undefined, what: string, context: TestContext): T {
  if (found !== undefined) return found;
  const note = `${what} is not on this machine`;
  if (process.env["SSOX_REQUIRE_ALL"] === "1") throw new Error(note);
  return context.skip(note);
}

export interface WitnessEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a real client with exactly this environment. It is killed when the test ends first. */
export async function runWitness(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<WitnessEnd> {
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { code, stdout: stdout(), stderr: stderr() };
}

function collect(stream: NonNullable<ChildProcess["stdout"]>): () => string {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}

function succeeds(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
