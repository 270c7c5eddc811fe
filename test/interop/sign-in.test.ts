import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { REFRESH_TOKENS } from "../../src/lab/options.ts";
import { sha1 } from "../helpers/context.ts";
import { type ClientName, differs } from "../helpers/witness.ts";
import { BROWSER, check, INSTALLED, minutesFromNow } from "./desk.ts";

/*
 * One token file between ssox and every other AWS client: what one of them
 * wrote, the others use and refresh.
 */

check("1 · ssox writes the token file as aws sso login does", ["AWS CLI v2"], async (open) => {
  const [ours, theirs] = [await open(), await open()];
  expect(await ours.ssox(["login"], { BROWSER })).toMatchObject({ status: 0 });
  const login = await theirs.run(["sso", "login", "--profile", "dev", "--no-browser"]);
  expect(login.code, login.stderr).toBe(0);

  const [our, their] = [ours, theirs].map((desk) => {
    const file = desk.tokenFile();
    return { text: readFileSync(file, "utf8"), mode: statSync(file).mode & 0o777 };
  });
  expect(our?.mode).toBe(0o600);
  expect(their?.mode).toBe(0o600);
  // Secrets and times differ; keys, their order, and all punctuation do not.
  const shape = (text = "") => text.replace(/": "([^"]*)"/g, (_, value) => `": "${kindOf(value)}"`);
  expect(shape(our?.text)).toBe(shape(their?.text));
});

function kindOf(value: string): string {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)) return "TIME";
  return /^https:|^eu-west-1$/.test(value) ? value : "SECRET";
}

check(
  "2, 3 · ssox login, then get-caller-identity without an OIDC call",
  INSTALLED,
  async (open) => {
    const desk = await open();
    expect(await desk.ssox(["login"], { BROWSER })).toMatchObject({ status: 0 });
    expect(desk.operations()).toContain("Authorize");
    const signIn = desk.lab.requests.length;

    const { code, said, stderr } = await desk.callerIdentity("dev");

    expect(said, stderr).toEqual(desk.arnOf("DeveloperAccess"));
    expect(code).toBe(0);
    expect(desk.operations(signIn)).toEqual(["GetRoleCredentials", "GetCallerIdentity"]);
  },
);

check(
  "4 · aws sso login, then ssox whoami and credential-process without an OIDC call",
  ["AWS CLI v2"],
  async (open) => {
    const desk = await open();
    const login = await desk.run(["sso", "login", "--profile", "dev", "--no-browser"]);
    expect(login.code, login.stderr).toBe(0);
    const signIn = desk.lab.requests.length;

    const whoami = await desk.ssox(["whoami", "--profile", "dev", "--json"]);
    expect(JSON.parse(whoami.stdout)).toMatchObject({ arn: desk.arnOf("DeveloperAccess") });
    const process = await desk.ssox(["credential-process", "--profile", "other"]);
    expect(JSON.parse(process.stdout)).toMatchObject({ Version: 1 });

    expect(desk.operations(signIn)).toEqual([
      "GetRoleCredentials",
      "GetCallerIdentity",
      "GetRoleCredentials",
    ]);
  },
);

check(
  "11 · device sign-ins by both leave each other's registration alone",
  ["AWS CLI v2"],
  async (open) => {
    const desk = await open();
    const login = () => desk.run(["sso", "login", "--profile", "dev", "--no-browser"]);
    const registrations = () => {
      const folder = path.dirname(desk.tokenFile());
      const files = readdirSync(folder).filter((name) => name !== path.basename(desk.tokenFile()));
      return files.map((name) => [name, readFileSync(path.join(folder, name), "utf8")]);
    };
    expect(await login()).toMatchObject({ code: 0 });
    const theirs = registrations();
    expect(theirs).toHaveLength(1);

    await desk.ssox(["logout"]);
    const ours = await desk.ssox(["login", "--flow", "device", "--no-browser", "--json"]);
    expect(JSON.parse(ours.stdout)).toMatchObject({ signedIn: true });
    expect(registrations()).toEqual(theirs);

    expect(await login()).toMatchObject({ code: 0 });
    expect(registrations()).toEqual(theirs);
    expect(await desk.callerIdentity("dev")).toMatchObject({ code: 0 });
  },
);

for (const ending of ["", "#/", "/"]) {
  check(
    `13 · ssox signs in for a profile of the old form: start URL ending with ${JSON.stringify(ending)}`,
    INSTALLED,
    async (open) => {
      const desk = await open({
        config: (lab, [dev]) => `[profile dev]
sso_start_url = ${lab.startUrl}${ending}
sso_region = eu-west-1
sso_account_id = ${dev?.accountId}
sso_role_name = DeveloperAccess
region = eu-west-1
`,
      });
      const login = await desk.ssox(["login"], { BROWSER });
      expect(login).toMatchObject({ status: 0 });
      const signIn = desk.lab.requests.length;

      const { said, stderr } = await desk.callerIdentity("dev");
      expect(said, stderr).toEqual(desk.arnOf("DeveloperAccess"));
      expect(readdirSync(path.dirname(desk.tokenFile()))).toEqual([
        `${sha1(desk.lab.startUrl + ending)}.json`,
      ]);
      expect(desk.operations(signIn)).toEqual(["GetRoleCredentials", "GetCallerIdentity"]);
    },
  );
}

check(
  "15 · ssox refreshes with 14 minutes left, and the client has no need to",
  INSTALLED,
  async (open) => {
    const desk = await open();
    const { token } = await desk.signIn({ expiresAt: minutesFromNow(14) });
    expect(await desk.ssox(["whoami", "--profile", "other"])).toMatchObject({ status: 0 });
    expect(desk.refreshes()).toHaveLength(1);
    expect(desk.token()["accessToken"]).not.toBe(token["accessToken"]);
    const refreshed = desk.lab.requests.length;

    const { said, stderr } = await desk.callerIdentity("dev");
    expect(said, stderr).toEqual(desk.arnOf("DeveloperAccess"));
    expect(desk.operations(refreshed)).toEqual(["GetRoleCredentials", "GetCallerIdentity"]);
  },
);

check(
  "16 · a token that ssox refreshed without getting a further refresh token",
  INSTALLED,
  async (open) => {
    const desk = await open({ lab: { refreshTokens: "lenient" } });
    await desk.signIn({ expiresAt: minutesFromNow(14) });
    expect(await desk.ssox(["whoami", "--profile", "other"])).toMatchObject({ status: 0 });

    const { said, stderr } = await desk.callerIdentity("dev");
    expect(said, stderr).toEqual(desk.arnOf("DeveloperAccess"));
  },
);

check(
  "16 · a valid token with 4 minutes left and no refresh token",
  INSTALLED,
  async (open, client, running) => {
    const desk = await open();
    await desk.signIn({ expiresAt: minutesFromNow(4), refreshToken: undefined });

    const { said, stderr } = await desk.callerIdentity("dev");
    if (client === "JS SDK v3") {
      differs("refuses a token in its last 5 minutes that it cannot refresh", running);
      expect(said).toMatch(/Cannot refresh\. To refresh this SSO session/);
    } else {
      expect(said, stderr).toEqual(desk.arnOf("DeveloperAccess"));
    }
    // ssox uses it all the same.
    expect(await desk.ssox(["whoami", "--profile", "dev"])).toMatchObject({ status: 0 });
  },
);

check(
  "17, 18 · the client refreshes with 4 minutes left, and ssox uses what it wrote",
  INSTALLED,
  async (open) => {
    const desk = await open();
    const { token } = await desk.signIn({ expiresAt: minutesFromNow(4), added: "by someone" });

    const { said, stderr } = await desk.callerIdentity("dev");
    expect(said, stderr).toEqual(desk.arnOf("DeveloperAccess"));
    expect(desk.refreshes()).toHaveLength(1);
    const written = desk.token();
    expect(written["accessToken"]).not.toBe(token["accessToken"]);

    const whoami = await desk.ssox(["whoami", "--profile", "other", "--json"]);
    expect(JSON.parse(whoami.stdout)).toMatchObject({ arn: desk.arnOf("ReadOnlyAccess") });
    expect(desk.refreshes()).toHaveLength(1);
    expect(desk.token()).toEqual(written);
  },
);

/** Clients that write a cache in place, and what one of them says that reads half of it. */
const IN_PLACE: Partial<Record<ClientName, RegExp>> = {
  "boto3 (Debian)": /KeyError: '[0-9a-f]{40}'$/,
  "AWS CLI v2": /^'[0-9a-f]{40}'$/,
  "JS SDK v3": /SSO session token associated with profile=dev was not found or is invalid/,
};

for (const refreshTokens of REFRESH_TOKENS) {
  check(
    `19 · 10 processes of the client and 10 of ssox share a token with 4 minutes left: ${refreshTokens} refresh tokens`,
    INSTALLED,
    async (open, client, running) => {
      const desk = await open({ lab: { refreshTokens } });
      await desk.signIn({ expiresAt: minutesFromNow(4) });
      const ten = Array.from({ length: 10 });

      const [theirs, ours] = await Promise.all([
        Promise.all(ten.map(() => desk.callerIdentity("dev"))),
        Promise.all(ten.map(() => desk.ssox(["credential-process", "--profile", "other"]))),
      ]);

      for (const { status, stdout, stderr } of ours) {
        expect(status, stderr).toBe(0);
        expect(JSON.parse(stdout)).toMatchObject({ Version: 1 });
      }
      const failed = theirs.filter(({ code }) => code !== 0);
      const torn = IN_PLACE[client];
      if (torn !== undefined) {
        differs("writes its caches in place: a process may read half a file of another", running);
      }
      for (const { said, stderr } of failed)
        expect(`${said}${stderr}`.trim()).toMatch(torn ?? /^$/);
      // Whatever the last writer left, it is usable.
      expect(desk.token()).toMatchObject({ startUrl: desk.lab.startUrl });
      expect(await desk.ssox(["whoami", "--profile", "dev"])).toMatchObject({ status: 0 });
    },
  );
}
