import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root } from "../helpers/program.ts";

let tree: string;

beforeEach(() => {
  tree = realpathSync(mkdtempSync(path.join(os.tmpdir(), "ssox-edges-")));
  mkdirSync(path.join(tree, "scripts"));
  for (const file of ["biome.json", "scripts/edges.grit"]) {
    copyFileSync(path.join(root, file), path.join(tree, file));
  }
});

afterEach(() => {
  rmSync(tree, { recursive: true });
});

const EDGES = [
  'console.log("x");',
  'export const a = process.env["HOME"];',
  "process.exit(1);",
  "export const b = process.hrtime();",
  "const { env } = process;\nexport { env };",
  "export const c = Date.now();",
  "export const d = new Date();",
  "setTimeout(() => {}, 1);",
  "globalThis.setTimeout(() => {}, 1);",
  "setInterval(() => {}, 1);",
  "setImmediate(() => {});",
  "export const e = Math.random();",
  "export const f = performance.now();",
];
const FAR_FROM_EDGES = [
  "export const a = new Date(0);",
  "export const b = Math.max(1, 2);",
  "export const c = process.platform;",
];

describe("the edges of the machine", () => {
  it.each(["domain", "flows", "aws", "state", "views", "commands"])("are closed to %s", (room) => {
    const files = EDGES.map((code, index) => write(`src/${room}/edge${index}.ts`, code));
    const complaints = lint();
    for (const file of files) expect(complaints).toContain(file);
  });

  it.each(["src/system/one.ts", "src/lab/one.ts", "src/context.ts", "src/main.ts", "test/one.ts"])(
    "are open to %s",
    (file) => {
      write(file, EDGES.join("\n"));
      expect(lint()).toEqual([]);
    },
  );

  it("are not met where a value decides", () => {
    write("src/domain/one.ts", FAR_FROM_EDGES.join("\n"));
    expect(lint()).toEqual([]);
  });
});

describe("a promise", () => {
  it.each([
    ["left alone", "later();"],
    ["of a method left alone", "new Later().run();"],
    ["used as a condition", "if (later()) new Later();"],
    ["handed to forEach", "[1].forEach(async () => await later());"],
  ])("that is %s is found", (_, code) => {
    const file = write("src/flows/one.ts", LATER + code);
    expect(lint()).toEqual([file]);
  });

  it("that is awaited, caught or waived is left in peace", () => {
    write("src/flows/one.ts", `${LATER}await later();\nlater().catch(() => {});\nvoid later();`);
    expect(lint()).toEqual([]);
  });
});

const LATER = `export async function later(): Promise<void> {}
export class Later {
  async run(): Promise<void> {}
}
`;

function write(file: string, code: string): string {
  const target = path.join(tree, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, `${code}\n`);
  return file;
}

/** The files that Biome finds errors in. */
function lint(): string[] {
  const biome = path.join(root, "node_modules", ".bin", "biome");
  const args = ["lint", "--vcs-enabled=false", "--max-diagnostics=none", "--reporter=github", "."];
  const { stdout, stderr } = spawnSync(biome, args, { cwd: tree, encoding: "utf8" });
  const files = `${stdout}${stderr}`.matchAll(/^::error .*?file=([^,]+)/gm);
  return [...new Set([...files].map(([, file]) => path.relative(tree, file ?? "")))].sort();
}
