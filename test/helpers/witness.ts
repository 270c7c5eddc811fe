import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished, type TestContext } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The folder of this repository. */
export const repository = ROOT.replace(/\/$/, "");

/** The columns of the table of `npm run interop`, in their order. */
export const CLIENTS = [
  "boto3",
  "boto3 (Debian)",
  "AWS CLI v1",
  "AWS CLI v2",
  "JS SDK v3",
  "Go SDK v2",
  "Java SDK v2",
  "Rust aws-config",
] as const;

export type ClientName = (typeof CLIENTS)[number];

/** A real AWS client on this machine. */
export interface Witness {
  readonly version: string;
  /** An interpreter that has the SDK, or the client itself. */
  readonly program: string;
  /** It knows no AWS_ENDPOINT_URL_*: the lab must be behind a proxy for it. */
  readonly needsProxy: boolean;
}

export type Witnesses = Readonly<Partial<Record<ClientName, Witness>>>;

declare module "vitest" {
  interface ProvidedContext {
    /** Of the clients that need no building; found once for all test files. */
    witnesses: Witnesses;
  }
  interface TaskMeta {
    /** The versions of the clients that took part. */
    versions?: Partial<Record<ClientName, string>>;
    /** How the client's behaviour differs from that of the others: a footnote. */
    differs?: string;
  }
}

/** Looks for the clients that are run as they are installed. */
export function findWitnesses(): Witnesses {
  const js = versionIn(process.execPath, ["-p", SDK_VERSION]);
  return withoutAbsent({
    boto3: newPython(),
    "boto3 (Debian)": debianPython(),
    "AWS CLI v1": awsCli("aws-cli/1.", [venv("aws")], false),
    "AWS CLI v2": awsCli("aws-cli/2.", ["/usr/bin/aws", "/usr/local/bin/aws"], true),
    "JS SDK v3": js === undefined ? undefined : found(js, process.execPath, false),
  });
}

/**
 * A Python that can import all of `modules`: SSOX_PYTHON, else the repository's
 * `.cache/venv`, else `python3` on the PATH.
 */
export function findPython({ modules }: { modules: readonly string[] }): string | undefined {
  const imports = modules.map((name) => `import ${name}`).join("\n");
  return pythons().find((python) => outputOf(python, ["-c", imports]) !== undefined);
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

/** For the table: the version of a client that took part in the test. */
export function tookPart(name: ClientName, version: string, { task }: TestContext): void {
  task.meta.versions = { ...task.meta.versions, [name]: version };
}

/** For the table: the test asserts that this client does otherwise than the others. */
export function differs(how: string, { task }: TestContext): void {
  task.meta.differs = how;
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

function newPython(): Witness | undefined {
  for (const python of pythons()) {
    const version = versionIn(python, ["-c", BOTO3_VERSION]);
    // 1.28 is the first that reads AWS_ENDPOINT_URL_*.
    if (version !== undefined && isAtLeast(version, 1, 28)) return found(version, python, false);
  }
  return undefined;
}

function debianPython(): Witness | undefined {
  const python = "/usr/bin/python3";
  const version = versionIn(python, ["-c", `${BOTO3_VERSION}\nassert "dist-packages" in __file__`]);
  return version === undefined ? undefined : found(version, python, true);
}

/** The first of that major version: at the places given, else on the PATH. */
function awsCli(
  prefix: string,
  places: readonly string[],
  needsProxy: boolean,
): Witness | undefined {
  const onPath = (process.env["PATH"] ?? "").split(path.delimiter).map((dir) => `${dir}/aws`);
  for (const program of [...places, ...onPath].filter((file) => existsSync(file))) {
    const version = versionIn(program, ["--version"]);
    if (!version?.startsWith(prefix)) continue;
    const [number = ""] = version.slice("aws-cli/".length).split(" ");
    return found(number, program, needsProxy);
  }
  return undefined;
}

const BOTO3_VERSION = "from boto3 import __version__, __file__\nprint(__version__)";
const SDK_VERSION = 'require("@aws-sdk/client-sts/package.json").version';

function pythons(): string[] {
  const places = [process.env["SSOX_PYTHON"], venv("python"), "python3"];
  return places.filter(
    (python): python is string =>
      python !== undefined && (!python.includes("/") || existsSync(python)),
  );
}

function venv(program: string): string {
  return `${repository}/.cache/venv/bin/${program}`;
}

function isAtLeast(version: string, major: number, minor: number): boolean {
  const [first = 0, second = 0] = version.split(".").map(Number);
  return first > major || (first === major && second >= minor);
}

function found(version: string, program: string, needsProxy: boolean): Witness {
  return { version, program, needsProxy };
}

function withoutAbsent(all: Partial<Record<ClientName, Witness | undefined>>): Witnesses {
  return Object.fromEntries(Object.entries(all).filter(([, witness]) => witness !== undefined));
}

function versionIn(command: string, args: readonly string[]): string | undefined {
  return outputOf(command, args)?.trim();
}

/** What it prints; undefined when it fails. */
function outputOf(command: string, args: readonly string[]): string | undefined {
  try {
    const stdio = ["ignore", "pipe", "ignore"] as const;
    return execFileSync(command, args, { stdio: [...stdio], cwd: repository, encoding: "utf8" });
  } catch {
    return undefined;
  }
}

function collect(stream: NonNullable<ChildProcess["stdout"]>): () => string {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}
