import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Interrupted } from "../src/errors.ts";
import { main } from "../src/main.ts";
import { startWorkplace, testContext } from "./helpers/context.ts";
import { root } from "./helpers/program.ts";

describe("a command line", () => {
  it.each([
    [["--version"], 0, /^ssox \d+\.\d+\.\d+/],
    [["--help"], 0, /login/],
    [["help"], 0, /login/],
    [["login", "--help"], 0, /--no-browser/],
    [["help", "login"], 0, /--no-browser/],
    [[], 2, /login/],
  ])("%j prints on stdout and ends with %i", async (argv, status, expected) => {
    const context = testContext();
    expect(await main(argv, root, context)).toBe(status);
    expect(context.terminal.stdout).toMatch(expected);
    expect(context.terminal.stderr).toBe("");
  });

  it.each([
    [["nonsense"]],
    [["constructor"]],
    [["login", "--nonsense"]],
    [["login", "--timeout", "soon"]],
    [["login", "--timeout", "0"]],
    [["login", "--flow", "carrier-pigeon"]],
    [["login", "--start-url", "https://example.com"]],
    [["whoami", "--account", "111122223333"]],
    [["whoami", "--profile", "dev", "--role", "R"]],
    [["status", "surplus"]],
    [["credential-process"]],
  ])("%j is wrong usage: exit 2, one line on stderr, nothing on stdout", async (argv) => {
    const { context } = await startWorkplace();
    expect(await main(argv, root, context)).toBe(2);
    expect(context.terminal.stdout).toBe("");
    expect(context.terminal.stderr).toMatch(/^ssox: error Usage: [^\n]+\n$/);
  });
});

describe("an error", () => {
  it("is a document on stdout with --json, and a line on stderr", async () => {
    const { context } = await startWorkplace();
    const argv = ["login", "--json", "--session", "nobody"];
    expect(await main(argv, root, context)).toBe(2);
    expect(JSON.parse(context.terminal.stdout)).toEqual({
      error: {
        code: "UnknownSession",
        message: expect.stringContaining('"nobody"'),
        hint: "--session acme",
      },
    });
    expect(context.terminal.stderr).toMatch(/^ssox: error UnknownSession: [^\n]+\n$/);
  });

  it("obeys no control character of a name", async () => {
    const { context } = await startWorkplace();
    const argv = ["login", "--session", "\u001b]0;owned\u0007\nsecond line"];
    expect(await main(argv, root, context)).toBe(2);
    expect(context.terminal.stderr).not.toContain("\u001b");
    expect(context.terminal.stderr.trimEnd()).not.toContain("\n");
  });

  it("that nobody expected is a bug of ssox: exit 1", async () => {
    const place = await startWorkplace();
    const context = {
      ...place.context,
      get paths(): never {
        throw new TypeError("this is broken");
      },
    };
    expect(await main(["status", "--json"], root, context)).toBe(1);
    expect(JSON.parse(context.terminal.stdout)).toMatchObject({
      error: { code: "Unexpected", message: "this is broken (a bug in ssox)" },
    });
    expect(context.terminal.stderr).not.toContain("main.test.ts");
    expect(context.terminal.traced.join("\n")).toContain("main.test.ts");
  });

  it("of a config file that the AWS CLI rejects names the line: exit 6", async () => {
    const { context } = await startWorkplace();
    writeFileSync(context.paths.configFile, "[profile a]\nregion = x\n[profile a]\nregion = y\n");
    expect(await main(["status"], root, context)).toBe(6);
    expect(context.terminal.stderr).toMatch(/ConfigInvalid.*3/);
  });
});

describe("a signal", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("%s ends with %i and says nothing", async (signal, status) => {
    const { context, relay } = await startWorkplace();
    relay.relaying = async () => {
      context.interrupt(signal);
      return "cut";
    };
    expect(await main(["login", "--flow", "device"], root, context)).toBe(status);
    expect(context.terminal.stdout + context.terminal.stderr).toBe("");
  });

  it("wins over what a cut wait throws on its way up", async () => {
    const { context } = await startWorkplace({
      terminal: { interactive: true, answers: ["Ctrl-C"] },
    });
    expect(await main(["accounts"], root, context)).toBe(new Interrupted("SIGINT").exitStatus);
    expect(context.terminal.stdout).toBe("");
  });
});
