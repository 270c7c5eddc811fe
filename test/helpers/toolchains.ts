import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type { TestContext } from "vitest";
import { type ClientName, repository, tookPart } from "./witness.ts";

/**
 * Programs on AWS SDKs that are compiled, one for each language in `test/interop/`.
 * Words: `identity`, `profile NAME…`, or `again SECONDS EVERY`; each answer is a
 * line of JSON, `{"arn":…}` or, with exit status 1, `{"error":…}`.
 */
export type CompiledClient = keyof typeof RECIPES;

/** Where to find a client: what to run, before its words; or why there is none. */
export type BuiltClient =
  | { readonly command: readonly string[]; readonly version: string }
  | { readonly missing: string };

/** In milliseconds. On two cores, from nothing: 15 to 30 seconds each, and 2 minutes beside other work. */
export const BUILD_TIMEOUT = 15 * 60_000;

/**
 * Builds the client into `.cache/witness/`, under a name made of its sources:
 * what is there already is taken as it is. Downloads from the language's registry.
 */
export async function buildClient(client: CompiledClient): Promise<BuiltClient> {
  const { language, tools, build, product, command, version }: Recipe = RECIPES[client];
  const absent = tools.find((tool) => !isOnPath(tool));
  if (absent !== undefined) return { missing: `${client}: no ${absent} on this machine` };
  const sources = path.join(repository, "test", "interop", language);
  const folder = path.join(CACHE, `${language}-${hashOf(sources)}`);
  try {
    if (!existsSync(folder)) await buildInto(folder, sources, build, product);
    const manifest = readFileSync(path.join(sources, version.file), "utf8");
    return {
      command: command(path.join(folder, path.basename(product))),
      version: version.pattern.exec(manifest)?.[1] ?? "unknown",
    };
  } catch (error) {
    return { missing: `${client}: ${build[0]} did not build it: ${reasonOf(error)}` };
  }
}

/** The command of a client. Without it the test is skipped, or, with SSOX_REQUIRE_ALL=1, fails. */
export function commandOrSkip(
  client: CompiledClient,
  built: BuiltClient,
  context: TestContext,
): readonly string[] {
  if ("command" in built) {
    tookPart(client, built.version, context);
    return built.command;
  }
  if (process.env["SSOX_REQUIRE_ALL"] === "1") throw new Error(built.missing);
  return context.skip(built.missing);
}

interface Recipe {
  /** The folder in `test/interop/`. */
  readonly language: string;
  readonly tools: readonly string[];
  /** The command line, in a copy of the folder. */
  readonly build: readonly [string, ...string[]];
  /** What of the build is kept. */
  readonly product: string;
  readonly command: (product: string) => readonly string[];
  /** Where the SDK's version stands. */
  readonly version: { readonly file: string; readonly pattern: RegExp };
}

const RECIPES = {
  "Go SDK v2": {
    language: "go",
    tools: ["go"],
    build: ["go", "build", "-buildvcs=false", "-o", "witness", "."],
    product: "witness",
    command: (product) => [product],
    version: { file: "go.mod", pattern: /aws-sdk-go-v2 v(\S+)/ },
  },
  "Java SDK v2": {
    language: "java",
    tools: ["java", "mvn"],
    build: ["mvn", "--batch-mode", "--quiet", "compile", "dependency:copy-dependencies"],
    product: "target",
    command: (product) => [
      "java",
      // Saves a third of the processor time of a short run.
      "-XX:TieredStopAtLevel=1",
      "-cp",
      [path.join(product, "classes"), path.join(product, "dependency", "*")].join(path.delimiter),
      "Witness",
    ],
    version: { file: "pom.xml", pattern: /<sdk\.version>(.*?)</ },
  },
  "Rust aws-config": {
    language: "rust",
    tools: ["cargo"],
    build: ["cargo", "build", "--locked", "--quiet", "--target-dir", "target"],
    product: path.join("target", "debug", "witness"),
    command: (product) => [product],
    version: { file: "Cargo.toml", pattern: /aws-config = { version = "=(.*?)"/ },
  },
} satisfies Partial<Record<ClientName, Recipe>>;

const CACHE = path.join(repository, ".cache", "witness");

function isOnPath(tool: string): boolean {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  return folders.some((folder) => existsSync(path.join(folder, tool)));
}

function hashOf(folder: string): string {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}`);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  for (const file of files.sort()) {
    hash.update(`\0${path.relative(folder, file)}\0`).update(readFileSync(file));
  }
  return hash.digest("hex").slice(0, 16);
}

/** The folder appears in one step, with the product in it and nothing else. */
async function buildInto(
  folder: string,
  sources: string,
  [program, ...args]: Recipe["build"],
  product: string,
): Promise<void> {
  mkdirSync(CACHE, { recursive: true });
  const scratch = mkdtempSync(path.join(CACHE, "building-"));
  try {
    const [workshop, ready] = [path.join(scratch, "sources"), path.join(scratch, "ready")];
    cpSync(sources, workshop, { recursive: true });
    await promisify(execFile)(program, args, { cwd: workshop, timeout: BUILD_TIMEOUT });
    mkdirSync(ready);
    renameSync(path.join(workshop, product), path.join(ready, path.basename(product)));
    renameSync(ready, folder);
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** The first lines in which a compiler or package manager says what went wrong. */
function reasonOf(error: unknown): string {
  const { stderr = "", stdout = "" } = error as { stderr?: string; stdout?: string };
  const told = (stderr.trim() || stdout.trim() || String(error)).split("\n");
  return told.slice(0, 3).join(" ");
}
