import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { signInAsAwsCli, testContext } from "../helpers/context.ts";
import { awsConfigFor, environmentFor, requestsOf, startTestLab } from "../helpers/lab.ts";
import { ended, runSsox, spawnSsox } from "../helpers/program.ts";
import { differs, repository, runWitness } from "../helpers/witness.ts";
import { check, clientFile, type Desk, INSTALLED, minutesFromNow } from "./desk.ts";

/*
 * Profiles of which ssox is the credential_process.
 */

const SSOX = path.join(repository, "bin", "ssox.js");

check("44 · credential_process: the documented line", INSTALLED, async (open) => {
  const desk = await open();
  await desk.signIn();
  addProfile(desk, `${process.execPath} ${SSOX} ${argumentsFor(desk)}`);
  const { said, stderr } = await desk.callerIdentity("process");
  expect(said, stderr).toEqual(desk.arnOf("DeveloperAccess"));
  expect(requestsOf(desk.lab, "GetRoleCredentials")).toHaveLength(1);
});

check("44 · credential_process: paths with a space, in double quotes", INSTALLED, async (open) => {
  const desk = await open();
  await desk.signIn();
  const folder = path.join(desk.home, "my tools");
  mkdirSync(folder);
  symlinkSync(process.execPath, path.join(folder, "node"));
  symlinkSync(SSOX, path.join(folder, "ssox.js"));
  addProfile(desk, `"${folder}/node" "${folder}/ssox.js" ${argumentsFor(desk)}`);
  const { said, stderr } = await desk.callerIdentity("process");
  expect(said, stderr).toEqual(desk.arnOf("DeveloperAccess"));
});

test("45, 49 · stdout is one document and stderr is empty, whatever the environment says", async () => {
  const { args, env, accountId } = await signedIn();
  const noise = {
    NODE_OPTIONS: "--trace-warnings --enable-source-maps",
    DEBUG: "*",
    FORCE_COLOR: "3",
    CLICOLOR_FORCE: "1",
    TERM: "xterm-256color",
  };
  const { status, stdout, stderr } = await runSsox(args, { env: { ...env, ...noise } });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(JSON.parse(stdout)).toEqual({
    Version: 1,
    AccessKeyId: expect.stringMatching(/^ASIA/),
    SecretAccessKey: expect.any(String),
    SessionToken: expect.any(String),
    Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    AccountId: accountId,
  });
});

test.for([
  { state: "signed in", home: {}, expected: 0 },
  { state: "signed out", home: { HOME: "/nonexistent" }, expected: 2 },
])("46 · it ends while its stdin stays open: $state", async ({ home, expected }) => {
  const { args, env } = await signedIn();
  const child = spawnSsox(args, { env: { ...env, DISPLAY: "", BROWSER: "/bin/false", ...home } });
  const [stdout] = await Promise.all([text(child.stdout), text(child.stderr), ended(child)]);
  expect(child.exitCode).toBe(expected);
  expect(stdout !== "").toBe(expected === 0);
});

check(
  "47 · credential_process fails, and the client tells why",
  INSTALLED,
  async (open, client, running) => {
    const desk = await open();
    const counted = countedProcess(desk);
    addProfile(desk, `${counted.script} ${argumentsFor(desk)}`);

    const { code, said, stderr } = await desk.callerIdentity("process");

    expect(code).not.toBe(0);
    const told = `${said}${stderr}`;
    if (client === "JS SDK v3") {
      differs("runs a failing process twice and keeps what it says to itself", running);
      expect(counted.runs()).toHaveLength(2);
      expect(told).toContain("Could not load credentials from any providers");
    } else {
      expect(counted.runs()).toHaveLength(1);
      expect(told).toContain("ssox login --session acme");
    }
    expect(desk.operations()).toEqual([]);
  },
);

const LONG_LIVED = ["boto3", "boto3 (Debian)", "JS SDK v3"] as const;

check(
  "48 · 50 calls run the process once, also with 14 minutes left in the cache",
  LONG_LIVED,
  async (open, client) => {
    const desk = await open();
    await desk.signIn();
    const counted = countedProcess(desk);
    addProfile(desk, `${counted.script} ${argumentsFor(desk)}`);
    expect(await desk.ssox(argumentsFor(desk).split(" "))).toMatchObject({ status: 0 });
    ageRoleCredentials(desk, 14);

    const extension = client === "JS SDK v3" ? "mjs" : "py";
    const file = clientFile(`caller-identity-times.${extension}`);
    const { stdout, stderr } = await runWitness(
      desk.client.program,
      [file, "50"],
      desk.env("process"),
    );

    expect(stdout.trim(), stderr).toBe("50");
    expect(counted.runs()).toHaveLength(1);
    // The second: what had 14 minutes left was not handed out.
    expect(requestsOf(desk.lab, "GetRoleCredentials")).toHaveLength(2);
  },
);

function addProfile(desk: Desk, line: string): void {
  const profile = `\n[profile process]\nregion = eu-west-1\ncredential_process = ${line}\n`;
  appendFileSync(path.join(desk.home, ".aws", "config"), profile);
}

function argumentsFor({ dev }: Desk): string {
  return `credential-process --account ${dev.accountId} --role ${dev.roleName} --session acme`;
}

/** ssox behind a script that keeps count of its runs. */
function countedProcess({ home }: Desk): { script: string; runs(): string[] } {
  const [script, log] = [path.join(home, "counted"), path.join(home, "runs")];
  const ssox = `'${process.execPath}' '${SSOX}' "$@"`;
  writeFileSync(script, `#!/bin/sh\necho run >> '${log}'\nexec ${ssox}\n`);
  chmodSync(script, 0o755);
  return {
    script,
    runs: () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []),
  };
}

/** Makes the one cached role end so many minutes from now. */
function ageRoleCredentials({ home }: Desk, minutes: number): void {
  const folder = path.join(home, ".aws", "cli", "cache");
  const [name = "", ...more] = readdirSync(folder).filter((each) => each.endsWith(".json"));
  expect(more).toEqual([]);
  const file = path.join(folder, name);
  const json = JSON.parse(readFileSync(file, "utf8"));
  json.Credentials.Expiration = minutesFromNow(minutes);
  writeFileSync(file, JSON.stringify(json));
}

async function signedIn(): Promise<{
  args: string[];
  env: Record<string, string>;
  accountId: string;
}> {
  const lab = await startTestLab();
  const context = testContext({ lab, config: awsConfigFor(lab) });
  await signInAsAwsCli(lab, context);
  const accountId = lab.organisation.accounts[0]?.id ?? "";
  const role = ["--account", accountId, "--role", "DeveloperAccess", "--session", "acme"];
  const env = environmentFor(lab, context.paths.home);
  return { args: ["credential-process", ...role], env, accountId };
}
