import path from "node:path";
import { expect, it } from "vitest";
import { main } from "../../src/main.ts";
import { testContext } from "../helpers/context.ts";
import { node, root, runSsox } from "../helpers/program.ts";
import { builtShellCode } from "../helpers/shells.ts";
import { onTerminal } from "../helpers/terminal.ts";

it.each([
  ["bash", "bash"],
  ["zsh", "zsh"],
  ["fish", "fish"],
  ["powershell", "ps1"],
] as const)("ssox init %s prints the code, and reads nothing", async (shell, ending) => {
  // There is no home.
  const end = await runSsox(["init", shell], { env: { HOME: "relative" } });
  expect(end).toMatchObject({ status: 0, stdout: builtShellCode(ending), stderr: "" });
});

it.for([
  ["bash", '~/.bashrc: eval "$(ssox init bash)"'],
  ["fish", "~/.config/fish/config.fish: ssox init fish | source"],
] as const)(
  "at a terminal it tells below what to do with the code for %s",
  async ([shell, told], running) => {
    const command = [node(), path.join(root, "bin", "ssox.js"), "init", shell];
    const { shown } = await onTerminal([], command, { env: { HOME: "relative" } }, running);
    expect(shown).toMatch(/^# ssox /);
    expect(shown.split("\r\n").slice(-2)).toEqual([`This is read by a line in ${told}`, ""]);
  },
);

it.each([
  ["/bin/zsh", "zsh"],
  ["/usr/bin/fish", "fish"],
  ["/bin/tcsh", "bash"],
])("without a shell it is an error, whose hint is for SHELL=%s", async (SHELL, named) => {
  const { status, stderr } = await run(["init"], { env: { SHELL } });
  expect(status).toBe(2);
  expect(stderr).toBe(
    `ssox: error Usage: Which shell? Bash, zsh, fish or PowerShell. → ssox init ${named}\n`,
  );
});

it("an unknown shell is an error", async () => {
  const { status, stderr } = await run(["init", "tcsh"]);
  expect(status).toBe(2);
  expect(stderr).toContain("bash, zsh, fish, powershell");
});

it.each([
  ["dev", 0],
  ["two words", 0],
  ["nope", 2],
  ["", 2],
  ["--profile", 2],
])("the profile %j is looked for: %i", async (name, expected) => {
  const config = "[profile dev]\n[profile 'two words']\n";
  const { status, stdout, stderr } = await run(["init", `--check-profile=${name}`], { config });
  expect({ status, stdout }).toEqual({ status: expected, stdout: "" });
  expect(stderr.includes("error UnknownProfile")).toBe(expected === 2);
});

it.each([
  ["sandbox.Reder", "sx sandbox.Reader"],
  ["two wrds", "sx 'two words'"],
  ["--bac", "sx -- --back"],
  ["elsewhere", "sx"],
])("the profile %j is none: what sx takes is named", async (name, hint) => {
  // A header of ssox's own is left out where one profile alone is looked for.
  const managed = `[profile sandbox.Reader]
sso_session = acme
sso_account_id = 111122223333
sso_role_name = Reader
ssox_managed = acme
`;
  const config = `${managed}[profile 'two words']\n[profile --back]\n`;
  const { stderr } = await run(["init", `--check-profile=${name}`], { config });
  expect(stderr).toMatch(/has no profile "/);
  expect(stderr.trimEnd().split(" → ")[1]).toBe(hint);
});

async function run(words: readonly string[], options: Parameters<typeof testContext>[0] = {}) {
  const context = testContext(options);
  const status = await main(words, root, context);
  return { status, stdout: context.terminal.stdout, stderr: context.terminal.stderr };
}
