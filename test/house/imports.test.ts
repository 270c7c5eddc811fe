import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root } from "../helpers/program.ts";

let tree: string;

beforeEach(() => {
  tree = mkdtempSync(path.join(os.tmpdir(), "ssox-imports-"));
  symlinkSync(path.join(root, "node_modules"), path.join(tree, "node_modules"));
  copyFileSync(path.join(root, "tsconfig.json"), path.join(tree, "tsconfig.json"));
});

afterEach(() => {
  rmSync(tree, { recursive: true });
});

const MODULES = [
  "src/errors.ts",
  "src/context.ts",
  "src/main.ts",
  "src/entry.ts",
  "src/commands/one.ts",
  "src/commands/lab.ts",
  "src/flows/one.ts",
  "src/views/one.ts",
  "src/domain/one.ts",
  "src/aws/one.ts",
  "src/state/one.ts",
  "src/system/one.ts",
  "src/system/clock.ts",
  "src/system/files/one.ts",
  "src/lab/one.ts",
  "test/one.ts",
];

/** file: what it imports */
const ALLOWED: Record<string, string[]> = {
  "src/context.ts": ["src/system/one.ts"],
  "src/entry.ts": ["src/context.ts", "src/main.ts"],
  "src/main.ts": ["src/commands/one.ts", "type src/context.ts", "src/views/one.ts", "@oclif/core"],
  "src/commands/one.ts": ["src/flows/one.ts", "src/views/one.ts", "src/errors.ts", "@oclif/core"],
  "src/commands/lab.ts": ["src/lab/one.ts", "type src/context.ts"],
  "src/flows/one.ts": ["src/domain/one.ts", "src/aws/one.ts", "src/state/one.ts"],
  "src/flows/two.ts": ["src/flows/one.ts", "type src/context.ts", "src/system/files/one.ts"],
  "src/views/one.ts": ["src/domain/one.ts", "node:util"],
  "src/domain/one.ts": ["src/errors.ts", "node:crypto"],
  "src/aws/one.ts": ["src/domain/one.ts", "src/system/files/one.ts", "lazy @aws-sdk/client-sso"],
  "src/aws/two.ts": ["type @aws-sdk/client-sso", "src/aws/one.ts"],
  "src/state/one.ts": ["src/domain/one.ts", "src/system/files/one.ts", "src/errors.ts"],
  "src/system/clock.ts": ["node:timers/promises", "src/errors.ts"],
  "src/lab/one.ts": ["src/system/clock.ts", "src/system/files/one.ts", "node:timers"],
};

/** file: what it must not import, and the rule that says so */
const FORBIDDEN: [file: string, imported: string, rule: string][] = [
  ["src/commands/a.ts", "src/domain/one.ts", "room-commands"],
  ["src/commands/b.ts", "src/aws/one.ts", "room-commands"],
  ["src/commands/c.ts", "src/system/one.ts", "room-commands"],
  ["src/commands/d.ts", "src/lab/one.ts", "only-lab-command-uses-lab"],
  ["src/commands/e.ts", "src/context.ts", "context-is-a-type"],
  ["src/commands/f.ts", "src/main.ts", "main-from-entry-only"],
  ["src/views/a.ts", "src/flows/one.ts", "room-views"],
  ["src/views/b.ts", "type src/aws/one.ts", "room-views"],
  ["src/views/c.ts", "node:fs", "domain-and-views-are-pure"],
  ["src/flows/a.ts", "src/system/one.ts", "room-flows"],
  ["src/flows/b.ts", "type src/system/clock.ts", "room-flows"],
  ["src/flows/c.ts", "src/context.ts", "context-is-a-type"],
  ["src/flows/d.ts", "src/commands/one.ts", "commands-from-main-only"],
  ["src/flows/e.ts", "src/lab/one.ts", "room-flows"],
  ["src/flows/f.ts", "type @oclif/core", "oclif-in-main-and-commands-only"],
  ["src/flows/g.ts", "node:timers/promises", "time-at-the-edges"],
  ["src/flows/h.ts", "src/views/one.ts", "room-flows"],
  ["src/domain/a.ts", "src/aws/one.ts", "room-domain"],
  ["src/domain/b.ts", "type src/context.ts", "room-domain"],
  ["src/domain/c.ts", "node:fs/promises", "domain-and-views-are-pure"],
  ["src/domain/d.ts", "node:child_process", "domain-and-views-are-pure"],
  ["src/aws/a.ts", "src/flows/one.ts", "room-aws"],
  ["src/aws/b.ts", "type src/state/one.ts", "room-aws"],
  ["src/aws/c.ts", "@aws-sdk/client-sso", "packages-are-lazy"],
  ["src/aws/d.ts", "node:process", "time-at-the-edges"],
  ["src/state/a.ts", "src/aws/one.ts", "room-state"],
  ["src/system/a.ts", "src/domain/one.ts", "room-system"],
  ["src/system/b.ts", "open", "packages-are-lazy"],
  ["src/system/files/a.ts", "src/system/clock.ts", "file-tools-stand-alone"],
  ["src/lab/a.ts", "src/aws/one.ts", "room-lab"],
  ["src/lab/b.ts", "src/flows/one.ts", "room-lab"],
  ["src/lab/c.ts", "src/system/one.ts", "room-lab"],
  ["src/system/c.ts", "src/entry.ts", "nothing-imports-entry"],
  ["src/system/d.ts", "test/one.ts", "src-is-the-program"],
  ["src/system/e.ts", "src/nowhere.ts", "resolvable"],
];

describe("the import rules", () => {
  it("let the rooms do their work", () => {
    write(ALLOWED);
    const { status, stderr } = check();
    expect(stderr).toMatch(/^\d+ modules, 0 violations\n$/);
    expect(status).toBe(0);
  });

  it("find each forbidden import, and name the rule", () => {
    write(Object.fromEntries(FORBIDDEN.map(([file, imported]) => [file, [imported]])));
    const { status, stderr } = check();
    expect(status).toBe(1);
    const found = stderr.split("\n").map((line) => line.split(" → ")[0]);
    expect(found).toEqual(
      expect.arrayContaining(FORBIDDEN.map(([file, , rule]) => `${rule}: ${file}`)),
    );
  });

  it("find a cycle, of types too", () => {
    write({ "src/flows/a.ts": ["type src/flows/b.ts"], "src/flows/b.ts": ["src/flows/a.ts"] });
    const { status, stderr } = check();
    expect(status).toBe(1);
    expect(stderr).toContain("no-cycles: src/flows/a.ts → src/flows/b.ts");
  });

  it("are not met by a tree in which nothing was seen", () => {
    mkdirSync(path.join(tree, "src"));
    expect(check().status).toBe(1);
  });
});

function write(imports: Record<string, string[]>): void {
  for (const file of MODULES) writeModule(file, []);
  for (const [file, imported] of Object.entries(imports)) writeModule(file, imported);
}

function writeModule(file: string, imports: string[]): void {
  const target = path.join(tree, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, [...imports.map(statement(file)), "export const value = 1;\n"].join("\n"));
}

/** `src/a.ts`, `package`, `type src/a.ts`, `lazy package` → the import of it */
function statement(file: string): (imported: string) => string {
  return (imported) => {
    const [kind, name] = imported.includes(" ") ? imported.split(" ") : ["", imported];
    const local = /^(src|test)\//.test(name ?? "");
    const relative = path.relative(path.dirname(file), name ?? "");
    const from = JSON.stringify(local ? relative.replace(/^(?!\.)/, "./") : name);
    if (kind === "lazy") return `export const lazy = () => import(${from});`;
    return `import ${kind} * as x from ${from};\nexport type X = typeof x;`;
  };
}

function check(): { status: number | null; stderr: string } {
  const script = path.join(root, "scripts", "check-imports.mjs");
  return spawnSync(process.execPath, [script], { cwd: tree, encoding: "utf8" });
}
