import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { madeUpOrganisation } from "../../src/lab/organisation/made-up.ts";
import { filesBelow, homeEnvironment, temporaryHome } from "../helpers/context.ts";
import { awsConfigFor, startTestLab } from "../helpers/lab.ts";
import { runSsox } from "../helpers/program.ts";
import { runWitness } from "../helpers/witness.ts";
import { clientFile, witnessOf } from "./desk.ts";

/*
 * Two identity centres and a session in each; one home, one start URL, the same
 * accounts and roles: only the sessions' names tell them apart.
 */

const LOGIN = ["login", "--flow", "device", "--no-browser"];
const ORGANISATION = madeUpOrganisation({ accounts: 2, roles: 2, users: 2 });
const [ACCOUNT = { id: "" }] = ORGANISATION.accounts;
const TARGET = ["--account", ACCOUNT.id, "--role", "ReadOnlyAccess"];

test("nothing that is done in one session changes the other", async (running) => {
  const home = temporaryHome();
  const boto3 = [witnessOf("boto3", running).program, clientFile("caller-identity.py")] as const;
  const js = [witnessOf("JS SDK v3", running).program, clientFile("caller-identity.mjs")] as const;
  const one = await openSide("one", "ada@example.com", home);
  const two = await openSide("two", "grace@example.com", home);
  mkdirSync(path.join(home, ".aws"));
  writeFileSync(path.join(home, ".aws", "config"), `${one.config}\n${two.config}`);

  await Promise.all([one.ssox(...LOGIN), two.ssox(...LOGIN)]);
  await Promise.all([one, two].map((side) => side.ssox("accounts")));
  await Promise.all([one, two].map((side) => side.ssox("credential-process", ...TARGET)));

  const touched: Set<string>[] = [];
  for (const [acting, resting] of [
    [one, two],
    [two, one],
  ] as const) {
    const before = filesBelow(home);
    const asked = resting.lab.requests.length;
    expect(JSON.parse(await acting.ssox("whoami", "--json", ...TARGET))).toMatchObject({
      arn: expect.stringMatching(`/${acting.user}$`),
    });
    await acting.ssox("accounts", "--refresh");
    // Renews the token, which lives for ten minutes here.
    await acting.client(boto3);
    await acting.client(js);
    await acting.ssox(...LOGIN, "--force");
    await acting.ssox("credential-process", ...TARGET);
    await acting.client(boto3);
    await acting.ssox("logout");
    // Compiled code is kept for each command, and belongs to no session.
    const own = [...changes(before, filesBelow(home))].filter((file) => !file.includes("/code/"));
    touched.push(new Set(own));
    expect(resting.lab.requests.length).toBe(asked);
  }
  const [byOne = new Set(), byTwo = new Set()] = touched;
  // Token, role credentials, marks of both, registration, inventory.
  expect(byOne.size).toBeGreaterThanOrEqual(5);
  expect([byOne.size, [...byOne].filter((file) => byTwo.has(file))]).toEqual([byTwo.size, []]);
});

async function openSide(name: string, user: string, home: string) {
  const lifetimes = { accessToken: 600 };
  const lab = await startTestLab({ organisation: ORGANISATION, user, lifetimes });
  const env = homeEnvironment(home, lab);
  const profile = { name: `${name}-dev`, accountId: ACCOUNT.id, roleName: "ReadOnlyAccess" };
  return {
    lab,
    user,
    config: awsConfigFor(lab, [profile], name),
    async ssox(...words: string[]): Promise<string> {
      const end = await runSsox([...words, "--session", name], { env });
      expect(end, `${name}: ${words.join(" ")}`).toMatchObject({ status: 0 });
      return end.stdout;
    },
    /** A client that prints its ARN: it has to be this side's user. */
    async client([program, file]: readonly [string, string]): Promise<void> {
      const end = await runWitness(program, [file], { ...env, AWS_PROFILE: profile.name });
      expect(end.stdout, end.stderr).toMatch(`/${user}"`);
    },
  };
}

/** The names of files that are new, gone, or not what they were; folders have both sessions' in them. */
function changes(before: Record<string, string>, after: Record<string, string>): Set<string> {
  const names = [...Object.keys(before), ...Object.keys(after)];
  const changed = names.filter((name) => before[name] !== after[name]);
  return new Set(changed.filter((name) => path.extname(name) !== ""));
}
