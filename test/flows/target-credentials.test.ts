import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { getCallerIdentity } from "../../src/aws/sts.ts";
import { serviceAccess } from "../../src/flows/service-access.ts";
import { resolveTarget } from "../../src/flows/target.ts";
import { type CredentialOptions, targetCredentials } from "../../src/flows/target-credentials.ts";
import { startRawServer } from "../aws/raw-server.ts";
import {
  type SceneOptions,
  signInAsAwsCli,
  startScene,
  type TestContext,
  timestamp,
} from "../helpers/context.ts";
import { requestsOf } from "../helpers/lab.ts";

const HOME = "111111111111";
const OTHER = "222222222222";
const MINUTE = 60_000;

/** `a` is a role in OTHER, assumed by `b`, a role in HOME, assumed by `c`, which is SSO's. */
const CHAIN = `
[profile a]
role_arn = arn:aws:iam::${OTHER}:role/path/Deployer
source_profile = b
role_session_name = ada
[profile b]
role_arn = arn:aws:iam::${HOME}:role/Gate
source_profile = c
region = us-east-2
`;

describe("a chain of roles", () => {
  it("is assumed role by role, with credentials that are the last one's", async () => {
    const { lab, clock, context, credentials } = await start(CHAIN);
    const found = await credentials("a");
    expect(found).toMatchObject({
      accountId: OTHER,
      expiration: clock.now() + 60 * MINUTE,
      obtainedAt: clock.now(),
    });
    const { arn } = await getCallerIdentity(found, "eu-west-1", serviceAccess(context));
    expect(arn).toBe(`arn:aws:sts::${OTHER}:assumed-role/Deployer/ada`);
    expect(requestsOf(lab, "AssumeRole").map(({ roleName }) => roleName)).toEqual([
      "Gate",
      "Deployer",
    ]);
  });

  it("fetches the SSO role once, and assumes anew each time", async () => {
    const { lab, credentials } = await start(CHAIN);
    const first = await credentials("a");
    const second = await credentials("a", { newerThan: first.expiration ?? 0 });
    expect(second.accessKeyId).not.toBe(first.accessKeyId);
    expect(requestsOf(lab, "GetRoleCredentials")).toHaveLength(1);
    expect(requestsOf(lab, "AssumeRole")).toHaveLength(4);
  });

  it.each([
    [900, 15],
    [43_200, 60],
  ])(
    "takes duration_seconds = %i, within the hour that STS gives a chain",
    async (seconds, minutes) => {
      const { clock, credentials } = await start(`${CHAIN}duration_seconds = ${seconds}\n`);
      const { expiration } = await credentials("b");
      expect(expiration).toBe(clock.now() + minutes * MINUTE);
    },
  );

  it("names the hop that was refused", async () => {
    const { credentials } = await start(CHAIN.replace(HOME, "999999999999"));
    await expect(credentials("a")).rejects.toMatchObject({
      code: "AccessDenied",
      message: expect.stringMatching(
        /^Assuming arn:aws:iam::999999999999:role\/Gate with the profile "b" \(hop 2 of 3\): AccessDenied: User: .* is not authorized to perform: sts:AssumeRole/,
      ),
    });
  });

  it("names the hop that needs a sign-in", async () => {
    const { credentials } = await start(CHAIN, { signedIn: false });
    await expect(credentials("a")).rejects.toMatchObject({
      code: "LoginRequired",
      message: expect.stringMatching(/profile "c" \(hop 1 of 3\): You are not signed in to acme/),
      hint: "ssox login --session acme",
    });
  });

  it("is refused what STS does not understand, as an error of the file", async () => {
    const { credentials } = await start(CHAIN.replace("= ada", "= a b"), { wrongRequests: true });
    await expect(credentials("a")).rejects.toMatchObject({
      code: "ConfigInvalid",
      message: expect.stringContaining("(hop 3 of 3): ValidationError"),
    });
  });
});

describe("a role that wants an MFA code", () => {
  const MFA = `${CHAIN}mfa_serial = arn:aws:iam::${HOME}:mfa/ada\n`;

  it("asks for it at a terminal", async () => {
    const terminal = { interactive: true, answers: [" 123456 "] };
    const { context, credentials } = await start(MFA, { terminal });
    expect(await credentials("b", { maySignIn: "ask" })).toMatchObject({ accountId: HOME });
    expect(context.terminal.questions).toEqual([`MFA code of arn:aws:iam::${HOME}:mfa/ada`]);
  });

  it.each([
    ["no terminal", false, "ask"],
    ["nobody who may be asked", true, "never"],
  ] as const)("says so with %s", async (_what, interactive, maySignIn) => {
    const { lab, context, credentials } = await start(MFA, { terminal: { interactive } });
    await expect(credentials("a", { maySignIn })).rejects.toMatchObject({
      code: "LoginRequired",
      message: expect.stringContaining("MFA code"),
      hint: "at a terminal, `ssox exec --profile a -- COMMAND` asks for it",
    });
    expect(context.terminal.questions).toEqual([]);
    // A renewal would ask again and again, in vain.
    expect(requestsOf(lab, "GetRoleCredentials")).toEqual([]);
  });
});

describe("keys in a file", () => {
  it("are themselves, without an end", async () => {
    const { context, credentials } = await start("[profile mixed]\nregion = eu-west-1\n");
    inCredentialsFile(context, "[mixed]\naws_access_key_id = AKIA1\naws_secret_access_key = s1\n");
    expect(await credentials("mixed")).toEqual({
      accessKeyId: "AKIA1",
      secretAccessKey: "s1",
      sessionToken: undefined,
      accountId: undefined,
      expiration: undefined,
      obtainedAt: undefined,
    });
  });

  it("sign for a role, which may last for longer than an hour", async () => {
    const { lab, context, credentials } = await start(
      `[profile r]\nrole_arn = arn:aws:iam::${OTHER}:role/R\nsource_profile = keys\nduration_seconds = 7200\n`,
    );
    const { accessKeyId, secretAccessKey, sessionToken } = await credentials("c");
    inCredentialsFile(
      context,
      `[keys]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\naws_session_token = ${sessionToken}\n`,
    );
    const asked = await startRawServer({ status: 403, body: "" });
    const access = { ...context, env: { ...context.env, AWS_ENDPOINT_URL_STS: asked.url } };
    const target = await resolveTarget({ profile: "r" }, "never", context);
    await targetCredentials(target, { maySignIn: "never" }, access).catch(() => {});
    expect(asked.requests[0]?.body).toContain("DurationSeconds=7200");
    expect(requestsOf(lab, "AssumeRole")).toEqual([]);
  });
});

const SLOW = `[profile p]
credential_process = sh -c 'sleep 1; echo "$0"' '{"Version":1,"AccessKeyId":"A1","SecretAccessKey":"s"}'
`;

describe("a credential_process", () => {
  it("that takes long is told, once, unless nobody waits for it", async () => {
    const { clock, context, credentials } = await start(SLOW);
    for (const inBackground of [true, false]) {
      const given = credentials("p", { inBackground });
      const until = setInterval(() => void clock.advance(6_000), 50);
      await given.finally(() => clearInterval(until));
      const told = 'Waiting for the credential_process of the profile "p" …\n';
      expect(context.terminal.stderr).toBe(inBackground ? "" : told);
    }
  });

  const END = "2999-01-01T00:00:00Z";
  const printing = (members: object) =>
    `[profile p]\ncredential_process = echo '${JSON.stringify({ Version: 1, ...members })}'\n`;
  const KEYS = { AccessKeyId: "ASIA1", SecretAccessKey: "s1", SessionToken: "t1" };

  it("gives what it prints", async () => {
    const { clock, credentials } = await start(
      printing({ ...KEYS, Expiration: END, AccountId: OTHER }),
    );
    expect(await credentials("p")).toEqual({
      accessKeyId: "ASIA1",
      secretAccessKey: "s1",
      sessionToken: "t1",
      accountId: OTHER,
      expiration: Date.parse(END),
      obtainedAt: clock.now(),
    });
  });

  it("may leave out what is not needed, and the profile knows the account", async () => {
    const { credentials } = await start(`${printing(KEYS)}aws_account_id = ${OTHER}\n`);
    expect(await credentials("p")).toMatchObject({ expiration: undefined, accountId: OTHER });
  });

  it("is run anew each time, as its profile is then", async () => {
    const { context, credentials } = await start(printing(KEYS));
    await credentials("p");
    inCredentialsFile(
      context,
      `[p]\ncredential_process = echo '${JSON.stringify({ Version: 1, ...KEYS, AccessKeyId: "ASIA2" })}'\n`,
    );
    expect(await credentials("p")).toMatchObject({ accessKeyId: "ASIA2" });
  });

  it.each([
    ["fails", "sh -c 'echo the door is shut >&2; exit 3' my-secret", "the door is shut."],
    ["tells a secret", "sh -c 'echo no key wJalrXUtnFEMI/K7MDENG >&2; exit 3'", "no key …."],
    ["fails in silence", "false my-secret", "it failed and said nothing."],
    ["prints no JSON", "echo my-secret", "invalid JSON."],
    ["prints another version", 'echo \'{"Version":"1"}\'', "did not return Version 1."],
    [
      "prints an end that is no time",
      `echo '${JSON.stringify({ Version: 1, ...KEYS, Expiration: "soon" })}'`,
      "a readable Expiration",
    ],
  ])("that %s is told of, without its command line", async (_what, line, reason) => {
    const { credentials } = await start(`[profile p]\ncredential_process = ${line}\n`);
    const error = await credentials("p").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "ServiceUnavailable",
      message: expect.stringContaining(reason),
    });
    expect(`${error} ${JSON.stringify(error)}`).not.toContain("my-secret");
  });

  it("of several profiles at once runs for each in an environment of its own", async () => {
    const { context, credentials } = await start("");
    const script = path.join(context.paths.home, "keys.sh");
    // It tells the last profile of the chain of those that wait for it.
    const chain = `printenv _SSOX_PROFILE_CHAIN | tail -n 1 | tr -dc "[:alpha:]\\n" | cut -c 8`;
    writeFileSync(
      script,
      `sleep 0.1\nprintf '{"Version":1,"AccessKeyId":"%s","SecretAccessKey":"s"}' "$(${chain})"\n`,
    );
    const names = ["p", "q", "r", "s"];
    for (const name of names) {
      const text = `[profile ${name}]\ncredential_process = sh ${script}\n`;
      appendFileSync(context.paths.configFile, text);
    }
    const found = await Promise.all(names.map((name) => credentials(name)));
    expect(found.map(({ accessKeyId }) => accessKeyId)).toEqual(names);
    expect(process.env).not.toHaveProperty("_SSOX_PROFILE_CHAIN");
  });

  it("that hangs keeps nobody from ending the command", async () => {
    const { context, credentials } = await start(
      "[profile p]\ncredential_process = sh -c 'sleep 5; false'\n",
    );
    const hanging = credentials("p");
    await vi.waitFor(() => expect(context.signal.aborted).toBe(false));
    context.interrupt("SIGTERM");
    await expect(hanging).rejects.toMatchObject({ signal: "SIGTERM" });
  });

  it("that calls ssox for a role is that role, with its session", async () => {
    const line = `/no/node /no/ssox.js credential-process --account ${HOME} --role DeveloperAccess --session acme`;
    const { lab, credentials } = await start(`[profile p]\ncredential_process = ${line}\n`);
    expect(await credentials("p")).toMatchObject({ accountId: HOME });
    expect(requestsOf(lab, "GetRoleCredentials")).toHaveLength(1);
  });
});

describe("a credential_source", () => {
  const from = (name: string) =>
    `[profile r]\nrole_arn = arn:aws:iam::${OTHER}:role/R\ncredential_source = ${name}\n`;

  it("may be the environment", async () => {
    const { context, credentials } = await start(from("Environment"));
    const { accessKeyId, secretAccessKey, sessionToken = "" } = await credentials("c");
    const keys = {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    };
    expect(await credentials("r", {}, { ...context.env, ...keys })).toMatchObject({
      accountId: OTHER,
    });
    await expect(credentials("r")).rejects.toMatchObject({
      code: "Usage",
      message: expect.stringContaining("hop 1 of 2"),
    });
  });

  it("may be a container's endpoint", async () => {
    const { context, credentials } = await start(from("EcsContainer"));
    const { accessKeyId, secretAccessKey, sessionToken, expiration = 0 } = await credentials("c");
    const server = await startRawServer({
      body: {
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        Token: sessionToken,
        Expiration: timestamp(expiration),
      },
    });
    const place = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${server.url}/here`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "let me in",
    };
    const found = await credentials("r", {}, { ...context.env, ...place });
    expect(found).toMatchObject({ accountId: OTHER });
    expect(server.requests[0]).toMatchObject({
      url: "/here",
      headers: { authorization: "let me in" },
    });
    await expect(credentials("r")).rejects.toMatchObject({ code: "Usage" });
  });

  it("may be a container's endpoint of several that are named, without a word of the SDK's", async () => {
    const { context, credentials } = await start(from("EcsContainer"));
    const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey } = await credentials("c");
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    onTestFinished(() => warned.mockRestore());
    const server = await startRawServer({ body: { AccessKeyId, SecretAccessKey } });
    const tokenFile = path.join(context.paths.home, "token");
    writeFileSync(tokenFile, "of the file");
    const place = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: server.url,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "of the environment",
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile,
    };
    // The SDK looks there for what it is not given.
    for (const [name, value] of Object.entries(place)) vi.stubEnv(name, value);
    await credentials("r", {}, { ...context.env, ...place }).catch(() => {});
    expect(server.requests[0]).toMatchObject({ headers: { authorization: "of the file" } });
    expect(warned).not.toHaveBeenCalled();
  });

  it("may be an instance's metadata, unless that is turned off", async () => {
    const { context, credentials } = await start(from("Ec2InstanceMetadata"));
    const { accessKeyId, secretAccessKey, sessionToken, expiration = 0 } = await credentials("c");
    const server = await startRawServer(
      { body: "metadata-token" },
      { body: "InstanceRole" },
      {
        body: {
          Code: "Success",
          AccessKeyId: accessKeyId,
          SecretAccessKey: secretAccessKey,
          Token: sessionToken,
          Expiration: timestamp(expiration),
        },
      },
    );
    // The SDK looks for it in the environment of the process itself.
    vi.stubEnv("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url);
    const env = { ...context.env, AWS_EC2_METADATA_DISABLED: "false" };
    expect(await credentials("r", {}, env)).toMatchObject({ accountId: OTHER });
    await expect(credentials("r")).rejects.toMatchObject({
      code: "Usage",
      message: expect.stringContaining("AWS_EC2_METADATA_DISABLED"),
    });
  });
});

describe("a web identity", () => {
  it("is exchanged for a role, with the token of the moment", async () => {
    const { context, credentials } = await start("");
    const tokenFile = path.join(context.paths.home, "token");
    appendFileSync(
      context.paths.configFile,
      `[profile w]\nrole_arn = arn:aws:iam::${OTHER}:role/W\nweb_identity_token_file = ${tokenFile}\nrole_session_name = pod\n`,
    );
    await expect(credentials("w")).rejects.toMatchObject({ code: "ConfigInvalid" });
    writeFileSync(tokenFile, "the-web-token\n");
    const issued =
      "<Credentials><AccessKeyId>ASIAW</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials>";
    const sts = await startRawServer({
      headers: { "Content-Type": "text/xml" },
      body: `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult>${issued}</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
    });
    const env = { ...context.env, AWS_ENDPOINT_URL_STS: sts.url };
    expect(await credentials("w", {}, env)).toMatchObject({
      accessKeyId: "ASIAW",
      accountId: OTHER,
      expiration: Date.parse("2999-01-01T00:00:00Z"),
    });
    const body = new URLSearchParams(sts.requests[0]?.body);
    expect(Object.fromEntries(body)).toMatchObject({
      Action: "AssumeRoleWithWebIdentity",
      RoleArn: `arn:aws:iam::${OTHER}:role/W`,
      RoleSessionName: "pod",
      WebIdentityToken: "the-web-token",
    });
    expect(sts.requests[0]?.headers.authorization).toBeUndefined();
  });
});

interface StartOptions {
  readonly signedIn?: boolean;
  readonly wrongRequests?: boolean;
  readonly terminal?: SceneOptions["terminal"];
}

async function start(config: string, options: StartOptions = {}) {
  const { signedIn = true, wrongRequests = false, terminal } = options;
  const accounts = [HOME, OTHER].map((id) => {
    return { id, roles: [{ name: "DeveloperAccess" }] };
  });
  const place = await startScene({
    lab: { organisation: { users: [{ name: "ada" }], accounts }, wrongRequests },
    profiles: [{ name: "c", accountId: HOME, roleName: "DeveloperAccess" }],
    ...(terminal && { terminal }),
  });
  const { lab, context } = place;
  appendFileSync(context.paths.configFile, config);
  if (signedIn) await signInAsAwsCli(lab, context);
  return {
    ...place,
    async credentials(
      profile: string,
      given: Partial<CredentialOptions> = {},
      env: TestContext["env"] = context.env,
    ) {
      const maySignIn = given.maySignIn ?? "never";
      const target = await resolveTarget({ profile }, maySignIn, context);
      return await targetCredentials(target, { ...given, maySignIn }, { ...context, env });
    },
  };
}

function inCredentialsFile({ paths }: TestContext, text: string): void {
  mkdirSync(path.dirname(paths.credentialsFile), { recursive: true });
  writeFileSync(paths.credentialsFile, text);
}
