import { mkdirSync, readFileSync, renameSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { HOSTILE_ACCOUNT_NAMES } from "../../src/lab/organisation/hostile-names.ts";
import { madeUpOrganisation } from "../../src/lab/organisation/made-up.ts";
import { awsConfigFor } from "../helpers/lab.ts";
import { type ClientName, differs, runWitness } from "../helpers/witness.ts";
import { check, clientFile, type Desk, INSTALLED } from "./desk.ts";

/*
 * The AWS config file that ssox writes is read alike by every client.
 */

/** AWS CLI v1 has no command that lists them. */
const LISTING = ["boto3", "boto3 (Debian)", "AWS CLI v2", "JS SDK v3"] as const;

const HOSTILE = { accounts: 4 + HOSTILE_ACCOUNT_NAMES.length, roles: 8, hostileNames: true };

check(
  "28, 32 · profiles written for hostile names are read alike",
  LISTING,
  async (open, client) => {
    const organisation = madeUpOrganisation(HOSTILE);
    const desk = await open({ lab: { organisation }, config: (lab) => awsConfigFor(lab) });
    await desk.signIn();
    const { stdout, stderr } = await desk.ssox(["sync-profiles", "--json"]);
    const { created }: { created: string[] } = JSON.parse(stdout || stderr);
    expect(created).toHaveLength(HOSTILE.accounts * HOSTILE.roles);

    expect(new Set(await profilesIn(client, desk))).toEqual(new Set(created));
  },
);

check("28, 32 · a role of an account without a usable name works", INSTALLED, async (open) => {
  const account = { id: "111122223333", name: "‮[x] # ; = ‭", roles: [{ name: "a+b=c,d.e@f-g" }] };
  const organisation = { accounts: [account], users: [{ name: "ada@example.com" }] };
  const desk = await open({ lab: { organisation }, config: (lab) => awsConfigFor(lab) });
  await desk.signIn();
  const sync = await desk.ssox(["sync-profiles", "--region", "eu-west-1", "--json"]);
  const [profile] = JSON.parse(sync.stdout).created;

  const { said, stderr } = await desk.callerIdentity(profile);
  expect(said, stderr).toMatch(/assumed-role\/AWSReservedSSO_a\+b=c,d\.e@f-g_/);
});

check("44 · profiles that sync-profiles --credential-process wrote", INSTALLED, async (open) => {
  const desk = await open({ config: (lab) => awsConfigFor(lab) });
  await desk.signIn();
  const sync = await desk.ssox([
    ...["sync-profiles", "--region", "eu-west-1", "--include", "sandbox:Dev*"],
    ...["--credential-process", "--json"],
  ]);
  const [profile] = JSON.parse(sync.stdout || sync.stderr).created;
  const { said, stderr } = await desk.callerIdentity(profile);
  expect(said, stderr).toEqual(desk.arnOf("DeveloperAccess"));
});

check("31 · a profile in quotes is updated, not doubled", LISTING, async (open, client) => {
  const desk = await open({
    config: (lab, [dev]) => `${awsConfigFor(lab)}
[profile "sandbox.DeveloperAccess"]
sso_session = acme
sso_account_id = ${dev?.accountId}
sso_role_name = DeveloperAccess
region = us-east-1
ssox_managed = acme
`,
  });
  await desk.signIn();
  const args = ["sync-profiles", "--region", "eu-west-1", "--include", "sandbox:DeveloperAccess"];
  const sync = await desk.ssox([...args, "--json"]);
  expect(JSON.parse(sync.stdout)).toMatchObject({ updated: ["sandbox.DeveloperAccess"] });
  expect(await profilesIn(client, desk)).toEqual(["sandbox.DeveloperAccess"]);
  const { said, stderr } = await desk.callerIdentity("sandbox.DeveloperAccess");
  expect(said, stderr).toEqual(desk.arnOf("DeveloperAccess"));
});

check(
  "33 · a start URL that ends with #/, and an account id with leading zeros",
  INSTALLED,
  async (open) => {
    const account = { id: "000000000042", name: "zero", roles: [{ name: "DeveloperAccess" }] };
    const organisation = { accounts: [account], users: [{ name: "ada@example.com" }] };
    const desk = await open({ lab: { organisation }, config: () => "# empty\n" });
    const startUrl = `${desk.lab.startUrl}/#/`;
    const place = ["--session", "acme", "--start-url", startUrl, "--sso-region", "eu-west-1"];
    const login = await desk.ssox(["login", ...place, "--flow", "device", "--no-browser"]);
    expect(login).toMatchObject({ status: 0 });
    expect(desk.token()).toMatchObject({ startUrl });
    const sync = await desk.ssox(["sync-profiles", "--region", "eu-west-1", "--json"]);
    expect(JSON.parse(sync.stdout)).toMatchObject({ created: ["zero.DeveloperAccess"] });

    const { said, stderr } = await desk.callerIdentity("zero.DeveloperAccess");
    expect(said, stderr).toMatch(/^arn:aws:sts::000000000042:/);
    expect(readFileSync(path.join(desk.home, ".aws", "config"), "utf8")).toContain(startUrl);
  },
);

const ELSEWHERE = ["~/else where/config", "$HOME/else where/config"] as const;
for (const place of ELSEWHERE) {
  check(
    `35 · AWS_CONFIG_FILE begins with ~ or a variable, for ssox and the client: ${place}`,
    INSTALLED,
    async (open, client, running) => {
      const desk = await open();
      await desk.signIn();
      mkdirSync(path.join(desk.home, "else where"));
      renameSync(
        path.join(desk.home, ".aws", "config"),
        path.join(desk.home, "else where", "config"),
      );
      const AWS_CONFIG_FILE = place;
      const whoami = await desk.ssox(["whoami", "--profile", "dev", "--json"], { AWS_CONFIG_FILE });
      expect(JSON.parse(whoami.stdout || whoami.stderr)).toMatchObject({
        arn: desk.arnOf("DeveloperAccess"),
      });

      const { said, stderr } = await desk.callerIdentity("dev", { AWS_CONFIG_FILE });
      if (client === "JS SDK v3") {
        differs("expands no variable, and no ~ where it looks for the sso-session", running);
        expect(said).toMatch(/^(TypeError: .*sso_region|Error: Region is missing)/);
      } else {
        expect(said, stderr).toEqual(desk.arnOf("DeveloperAccess"));
      }
    },
  );
}

async function profilesIn(client: ClientName, desk: Desk): Promise<string[]> {
  if (client === "AWS CLI v2") {
    const { stdout } = await desk.run(["configure", "list-profiles"]);
    return stdout.trim().split("\n");
  }
  const file = clientFile(client === "JS SDK v3" ? "profiles.mjs" : "profiles.py");
  const { stdout, stderr } = await runWitness(desk.client.program, [file], desk.env());
  return JSON.parse(stdout || stderr);
}
