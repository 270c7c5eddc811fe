import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { main } from "../../src/main.ts";
import { userBrowser } from "../helpers/browser.ts";
import { homeEnvironment, temporaryHome, testContext } from "../helpers/context.ts";
import { allExamples, type Example } from "../helpers/examples.ts";
import { awsConfigFor, startTestLab } from "../helpers/lab.ts";
import { node, root } from "../helpers/program.ts";
import { onTerminal, type Step } from "../helpers/terminal.ts";
import { requireOrSkip } from "../helpers/witness.ts";

/*
 * Every example of every help text is run as it stands there, by a shell, at a
 * place that is set up as the examples take it to be: signed in to acme, with
 * profiles. A new command's examples come along by themselves.
 */

const PICKED = { types: ["Enter choose", "\r"], why: "asks at a terminal" } as const;

/** Examples that do not simply end with status 0, and why. */
const EXCEPTIONS: Readonly<Record<string, Exception>> = {
  "ssox lab --port 8400": { until: '"pid"', why: "serves until it is ended" },
  "ssox lab --accounts 250 --roles 5 --users 3 --approve page": {
    until: '"pid"',
    why: "serves until it is ended",
  },
  "ssox lab --rate-limit GetRoleCredentials=20/40 --settings faults.json": {
    until: '"pid"',
    why: "serves until it is ended",
  },
  "ssox pick": PICKED,
  'export AWS_PROFILE="$(ssox pick)"': PICKED,
  "ssox pick --json": PICKED,
  'eval "$(ssox init bash)"': { shell: "bash", why: "is for bash" },
  'eval "$(ssox init zsh)"': { shell: "zsh", why: "is for zsh" },
  "ssox init fish | source": { shell: "fish", why: "is for fish" },
  "ssox env --profile sandbox.DeveloperAccess --format fish | source": {
    shell: "fish",
    why: "is for fish",
  },
};

interface Exception {
  readonly why: string;
  /** It is ended when this is on its stdout. */
  readonly until?: string;
  readonly shell?: string;
  /** It runs on a terminal, where the second is typed once the first is shown. */
  readonly types?: Step;
}

/** Programs that examples run as a role: they find that they have one. */
const PROGRAMS = ["aws", "terraform", "docker", "kubectl"];
const HAS_ROLE =
  '#!/bin/sh\n[ -n "$AWS_CONTAINER_CREDENTIALS_FULL_URI$AWS_ACCESS_KEY_ID" ] || exit 9\n';

const EXAMPLES = await allExamples();
/** PowerShell, which no machine has that runs this. */
const NOT_RUN = ["ssox init powershell | Out-String | Invoke-Expression"];

it.for(EXAMPLES.filter(({ command }) => !NOT_RUN.includes(command)))(
  "$command",
  async (example, running) => {
    const exception = EXCEPTIONS[example.command];
    const { shell = "sh", until, types } = exception ?? {};
    requireOrSkip(spawnSync(shell, ["-c", ""]).status === 0 || undefined, shell, running);
    const place = await preparePlace();
    if (types !== undefined) {
      const command = [shell, "-c", example.command];
      const end = await onTerminal([types], command, { env: place.env }, running);
      return expect(end, end.shown).toMatchObject({ status: 0, restored: true });
    }
    const { status, stdout, stderr } = await run(example, shell, until, place);
    expect({ status, errors: errorsIn(stderr) }, stdout + stderr).toEqual({
      status: 0,
      errors: [],
    });
  },
);

it("an exception is one of an example that is there", () => {
  const commands = EXAMPLES.map(({ command }) => command);
  expect(commands).toEqual(expect.arrayContaining([...Object.keys(EXCEPTIONS), ...NOT_RUN]));
});

it("an example says what it does, in half a sentence without a stop", () => {
  const odd = EXAMPLES.filter(({ description }) => !/^[A-Z].*[^.:]$/.test(description ?? ""));
  expect(odd).toEqual([]);
});

interface Place {
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
}

/** Signed in to acme at a lab with the usual organisation, with a profile for each role. */
async function preparePlace(): Promise<Place> {
  const lab = await startTestLab();
  const home = temporaryHome();
  const options = { home, lab, config: awsConfigFor(lab), browser: userBrowser() };
  for (const words of [["login"], ["sync-profiles", "--region", "eu-west-1"]]) {
    expect(await main(words, root, testContext(options))).toBe(0);
  }
  const folder = path.join(home, "work");
  const programs = path.join(home, "bin");
  mkdirSync(folder);
  mkdirSync(programs);
  const program = (file: string, content: string) => writeFileSync(file, content, { mode: 0o755 });
  const ssox = `#!/bin/sh\nexec '${node()}' '${path.join(root, "bin", "ssox.js")}' "$@"\n`;
  program(path.join(programs, "ssox"), ssox);
  for (const name of PROGRAMS) program(path.join(programs, name), HAS_ROLE);
  program(path.join(folder, "migrate.sh"), HAS_ROLE);
  writeFileSync(path.join(folder, "faults.json"), '{"latency":1}');
  const usual = homeEnvironment(home, lab);
  const env = {
    ...usual,
    PATH: `${programs}:${usual["PATH"]}`,
    SHELL: path.join(programs, "terraform"),
    BROWSER: `${node()} -e 'fetch(process.argv[1])' %s`,
  };
  return { env, folder };
}

async function run(
  { command }: Example,
  shell: string,
  until: string | undefined,
  { env, folder }: Place,
) {
  const child = spawn(shell, ["-c", until === undefined ? command : `exec ${command}`], {
    env,
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 30_000,
  });
  let shown = "";
  child.stdout.on("data", (chunk: Buffer) => {
    shown += chunk.toString();
    if (until !== undefined && shown.includes(until)) child.kill("SIGTERM");
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const [stderr, code] = await Promise.all([text(child.stderr), ended]);
  // As it was told to end.
  const status = until !== undefined && code === 143 ? 0 : code;
  return { status, stdout: shown, stderr };
}

function errorsIn(stderr: string): readonly string[] {
  return stderr.split("\n").filter((line) => line.startsWith("ssox: error"));
}
