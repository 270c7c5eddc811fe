import { spawnSync } from "node:child_process";
import path from "node:path";
import { array, object, optional, parse, string } from "valibot";
import { expect, it } from "vitest";
import { isErrorCode } from "../../src/errors.ts";
import { faultOfHint } from "../helpers/hints.ts";
import { root } from "../helpers/program.ts";

it("docs/errors.md is what the source says", () => {
  const { status, stderr } = run("--check");
  expect(stderr).toBe("");
  expect(status).toBe(0);
});

it("every error says what failed in one line, and has a hint that can be followed", async () => {
  const errors = errorsOfSource();
  expect(errors.length).toBeGreaterThan(150);
  const faults: string[] = [];
  for (const { code, message, hint, file } of errors) {
    const fault = faultOfMessage(code, message) ?? (await faultOfHint(filled(hint)));
    if (fault !== undefined) faults.push(`${file}: ${message} → ${hint}: ${fault}`);
  }
  expect(faults).toEqual([]);
});

it.each([
  ["", "it says nothing"],
  ["ssox sign-in", "ssox has no command sign-in"],
  ["ssox login --sesion acme", "ssox login --sesion acme: Nonexistent flag"],
  ["ssox login --session 'a b", "a shell does not take ssox login --session 'a b"],
  ["ssox login --session $(id)", "a shell does not take ssox login --session $(id)"],
  ["--sesion acme", "no command takes --sesion"],
  ["run ssox login", "a command within words stands in backticks"],
  ["run `ssox login --sesion a`", "ssox login --sesion a: Nonexistent flag"],
  ["Run it again", "words begin with a small letter"],
  ["please run it again", "it begs"],
  ["run it again → twice", "it has a hint of its own"],
])("a hint that cannot be followed is found: %j", async (hint, fault) => {
  expect(await faultOfHint(hint)).toContain(fault);
});

function run(option: string) {
  const script = path.join(root, "scripts", "errors.mjs");
  const options = { encoding: "utf8", maxBuffer: 2 ** 24 } as const;
  return spawnSync(process.execPath, [script, option], options);
}

const ERRORS = array(
  object({ code: string(), message: string(), hint: optional(string(), ""), file: string() }),
);

function errorsOfSource() {
  return parse(ERRORS, JSON.parse(run("--json").stdout));
}

function faultOfMessage(code: string, message: string): string | undefined {
  // Passed on from another error, whose code and words it has.
  if (code === "{code}") return undefined;
  if (!isErrorCode(code)) return "its code is none";
  if (message.includes("\n")) return "its message is not one line";
  if (!/^["{A-Z-]|^(ssox|sso)_|^(ssox|credential-process) /.test(message))
    return "its message begins with a small letter";
  if (/\bplease\b/i.test(message)) return "its message begs";
  if (message.includes("→")) return "its message has a hint in it";
  return undefined;
}

/** Values such as a run has, in place of the placeholders. */
function filled(hint: string): string {
  return hint.replaceAll(/\{\w+\}/g, (name) => VALUES[name] ?? "acme");
}

const VALUES: Readonly<Record<string, string>> = {
  "{id}": "login",
  "{pid}": "4711",
  "{near}": "status",
  "{command}": "login --session acme",
  "{hint}": "run the command again",
  "{startUrl}": "https://d-1234567890.awsapps.com/start",
  "{file}": "/home/ada/.aws/config",
};
