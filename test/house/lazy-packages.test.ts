import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

const fixture = path.join(import.meta.dirname, "lazy");
let outdir: string;
let chunkInputs: unknown;

beforeAll(() => {
  outdir = mkdtempSync(path.join(os.tmpdir(), "ssox-lazy-"));
  chunkInputs = run(path.join(fixture, "build.mjs"), outdir);
});

afterAll(() => {
  rmSync(outdir, { recursive: true });
});

it("puts each package into a chunk, and the AWS SDK into one", () => {
  expect(readdirSync(outdir).sort()).toEqual([
    "aws-sdk.cjs",
    "diff.cjs",
    "entry.cjs",
    "inquirer.cjs",
    "open.cjs",
  ]);
});

it("puts third-party code only into chunks", () => {
  expect(chunkInputs).toBeInstanceOf(Array);
  expect(chunkInputs).not.toContainEqual(expect.stringMatching(/^(src|test)\//));
});

it("hands on named, default and namespace imports, and loads a chunk when it is asked for", () => {
  const script = `require(process.argv[1]).probe().then((x) => console.log(JSON.stringify(x)))`;
  const kinds = [
    "SSOClient",
    "ListAccountsCommand",
    "oidcClient",
    "open",
    "search",
    "confirm",
    "createTwoFilesPatch",
  ].map((name) => [name, "function"]);
  expect(run("-e", script, path.join(outdir, "entry.cjs"))).toEqual({
    before: ["entry.cjs"],
    afterFirst: ["entry.cjs", "aws-sdk.cjs"],
    kinds: Object.fromEntries(kinds),
  });
});

function run(...args: string[]): unknown {
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
