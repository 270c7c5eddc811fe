import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { onTestFinished } from "vitest";
import { environmentFor, startTestLab } from "../helpers/lab.ts";
import { node, root } from "../helpers/program.ts";
import { ON_A_TERMINAL } from "../helpers/terminal.ts";
import { screenOf } from "./screen.ts";
import { type CommandEnd, type Shell, startShell } from "./shell.ts";

/** Somebody who reads a page and does what it says: with a home of their own, against a lab. */
export interface Reader extends Shell {
  /** At a terminal, and what it shows in the end; what is typed is told. */
  type(command: string, typed: Typed): Promise<CommandEnd>;
  /** The path of what a page calls so: `~/.aws/config`, or a name in the folder where commands run. */
  pathOf(named: string): string;
  /** The page's words, as they are on this machine. */
  here(text: string): string;
}

/** What is waited for, and what is typed then. */
export type Typed = readonly (readonly [wanted: string, typed: string])[];

/** Programs that pages use, by name: a line of sh for each. */
export type StandIns = Readonly<Record<string, string>>;

const SSOX = path.join(root, "bin", "ssox.js");

/** @param variables added to those of the shell */
export async function startReader(
  standIns: StandIns = STAND_INS,
  variables: Readonly<Record<string, string>> = {},
): Promise<Reader> {
  const lab = await startTestLab();
  const home = newHome();
  const bin = path.join(home, "bin");
  for (const [name, line] of Object.entries({ ...standIns, ssox: `exec ${node()} ${SSOX} "$@"` })) {
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${line}\n`);
    chmodSync(path.join(bin, name), 0o755);
  }
  const browser = `${node()} ${standIn("browser.mjs")} ${path.join(home, "opened")}`;
  const desk = path.join(home, "desk");
  const shell = startShell(desk, {
    ...environmentFor(lab, home),
    ...variables,
    PATH: `${bin}:${process.env["PATH"]}`,
    TMPDIR: path.join(home, "tmp"),
    USER: "ada",
    SHELL: "/bin/bash",
    LANG: "C.UTF-8",
    BROWSER: browser,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  });
  const words: Words = [
    [`${node()} ${SSOX}`, "/usr/bin/node /usr/local/lib/node_modules/ssox/bin/ssox.js"],
    [lab.url, "https://oidc.eu-west-1.amazonaws.com"],
    [home, "/home/ada"],
    [String(await freePort()), "8400"],
  ];
  return {
    async run(commands) {
      const { status, output } = await shell.run(here(commands, words));
      return { status, output: asShown(output, words) };
    },
    async type(command, typed) {
      const sized = `stty rows 40 cols 100; ${here(command, words)}`;
      const told = [ON_A_TERMINAL, JSON.stringify(typed), "bash", "-c", sized]
        .map(quoted)
        .join(" ");
      const { output } = await shell.run(`python3 ${told}`);
      const { status, shown } = JSON.parse(output);
      return { status, output: asShown(await screenOf(shown, 100), words) };
    },
    more: async () => asShown(await shell.more(), words),
    pathOf: (named) => path.resolve(desk, named.replace(/^~(?=\/)/, home)),
    here: (text) => here(text, words),
  };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function standIn(name: string): string {
  return path.join(import.meta.dirname, "stand-ins", name);
}

const IDENTITY = `exec ${node()} ${standIn("aws.mjs")} sts get-caller-identity`;

/** Programs that fail without credentials. */
export const STAND_INS: StandIns = {
  aws: `exec ${node()} ${standIn("aws.mjs")} "$@"`,
  terraform: IDENTITY,
  npx: IDENTITY,
  sam: IDENTITY,
  docker: `exec ${node()} ${standIn("other-machine.mjs")} docker "$@"`,
  sudo: `exec ${node()} ${standIn("other-machine.mjs")} sudo "$@"`,
};

/** Below the repository: programs that are written there find its packages. */
function newHome(): string {
  const parent = path.join(root, ".cache");
  mkdirSync(parent, { recursive: true });
  const home = mkdtempSync(path.join(parent, "page-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 10 }));
  for (const folder of ["bin", "desk", "tmp"]) mkdirSync(path.join(home, folder));
  return home;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("the port has no number");
  return address.port;
}

/** What a page calls otherwise than this machine does. */
type Words = readonly (readonly [here: string, onThePage: string])[];

function here(text: string, words: Words): string {
  return words.reduce((all, [own, page]) => all.replaceAll(page, own), text);
}

/** Without what nobody is told who has no endpoint of their own in the place of AWS's. */
function asShown(output: string, words: Words): string {
  const text = output
    .replace(/^info EndpointOverride\n {2}.*\n {2}.*\n/gm, "")
    .replace(/^Calls go to \S+ instead of AWS \([^)]*\)\.\n/gm, "");
  return words.reduce((all, [own, page]) => all.replaceAll(own, page), text);
}
