import { type BinaryLike, createHash, createHmac } from "node:crypto";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { SignatureV4 } from "@smithy/signature-v4";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Lab } from "../../src/lab/lab.ts";
import { reservedRole } from "../../src/lab/role-sessions.ts";
import type { UserKeys } from "../../src/lab/user-keys.ts";
import { FakeClock } from "../helpers/clock.ts";
import { requestsOf, startTestLab } from "../helpers/lab.ts";
import { portal, signIn } from "./client.ts";

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

async function roleCredentials(lab: Lab, roleName = "DeveloperAccess"): Promise<Credentials> {
  const { accessToken } = await signIn(lab);
  const path = `/federation/credentials?role_name=${roleName}&account_id=${lab.organisation.accounts[0]?.id}`;
  const { accessKeyId, secretAccessKey, sessionToken } = Object(
    (await portal(lab, path, accessToken)).body["roleCredentials"],
  );
  return { accessKeyId, secretAccessKey, sessionToken };
}

function stsFor(lab: Lab, credentials: Credentials | UserKeys): STSClient {
  const sts = new STSClient({
    endpoint: lab.url,
    region: "eu-west-1",
    credentials,
    maxAttempts: 1,
  });
  onTestFinished(() => sts.destroy());
  return sts;
}

describe("the SDK's STS client", () => {
  test("is told who the role is", async () => {
    const lab = await startTestLab();
    const id = lab.organisation.accounts[0]?.id;
    const sts = stsFor(lab, await roleCredentials(lab));
    const identity = await sts.send(new GetCallerIdentityCommand({}));
    expect(identity.Account).toBe(id);
    expect(identity.Arn).toMatch(
      new RegExp(
        `^arn:aws:sts::${id}:assumed-role/AWSReservedSSO_DeveloperAccess_[0-9a-f]{16}/ada@example.com$`,
      ),
    );
    expect(identity.UserId).toMatch(/^AROA[0-9A-F]{17}:ada@example.com$/);
    const again = stsFor(lab, await roleCredentials(lab));
    expect((await again.send(new GetCallerIdentityCommand({}))).Arn).toBe(identity.Arn);
    expect(reservedRole("111111111111", "A")).not.toBe(reservedRole("222222222222", "A"));
    const other = stsFor(lab, await roleCredentials(lab, "ReadOnlyAccess"));
    expect((await other.send(new GetCallerIdentityCommand({}))).Arn).not.toBe(identity.Arn);
  });

  test("assumes a role, and is then that role", async () => {
    const lab = await startTestLab();
    const other = lab.organisation.accounts[1]?.id;
    const sts = stsFor(lab, await roleCredentials(lab));
    const { Credentials: given, AssumedRoleUser } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${other}:role/a/path/Deployer`,
        RoleSessionName: "me@work",
        DurationSeconds: 900,
      }),
    );
    const arn = `arn:aws:sts::${other}:assumed-role/Deployer/me@work`;
    expect(AssumedRoleUser?.Arn).toBe(arn);
    const left = Number(given?.Expiration?.getTime()) - Date.now();
    expect(left).toBeGreaterThan(600_000);
    expect(left).toBeLessThanOrEqual(900_000);
    const assumed = stsFor(lab, {
      accessKeyId: given?.AccessKeyId ?? "",
      secretAccessKey: given?.SecretAccessKey ?? "",
      sessionToken: given?.SessionToken ?? "",
    });
    expect((await assumed.send(new GetCallerIdentityCommand({}))).Arn).toBe(arn);
  });

  test.each([
    [{ DurationSeconds: 3601 }, "ValidationError", /1 hour session limit/],
    [{ DurationSeconds: 899 }, "ValidationError", /greater than or equal to 900/],
    [{ RoleArn: "arn:aws:iam::1:role/x" }, "ValidationError", /is invalid/],
    [{ RoleSessionName: "two words" }, "ValidationError", /roleSessionName/],
    [{ RoleArn: "arn:aws:iam::000000000000:role/x" }, "AccessDenied", /not authorized to perform/],
  ])("is refused %j", async (changed, name, message) => {
    const lab = await startTestLab({ wrongRequests: true });
    const sts = stsFor(lab, await roleCredentials(lab));
    const id = lab.organisation.accounts[1]?.id;
    const input = { RoleArn: `arn:aws:iam::${id}:role/x`, RoleSessionName: "me", ...changed };
    const refused = await sts.send(new AssumeRoleCommand(input)).catch((error: unknown) => error);
    expect(refused).toMatchObject({ name, message: expect.stringMatching(message) });
  });

  test("is told who the user is whose long-term keys it has, if it sends no session token", async () => {
    const lab = await startTestLab();
    const accountId = lab.organisation.accounts[0]?.id ?? "";
    const keys = lab.userKeys({ accountId, name: "Bob" });
    const identity = await stsFor(lab, keys).send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toBe(`arn:aws:iam::${accountId}:user/Bob`);
    expect(identity.UserId).toMatch(/^AIDA[0-9A-F]{17}$/);
    const role = { RoleArn: `arn:aws:iam::${accountId}:role/x`, RoleSessionName: "me" };
    const assumed = await stsFor(lab, keys).send(
      new AssumeRoleCommand({ ...role, DurationSeconds: 43_200 }),
    );
    expect(assumed.AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${accountId}:assumed-role/x/me`);
    for (const sessionToken of ["", "made up"]) {
      const { headers, body } = await signed(lab, { ...keys, sessionToken }, Date.now());
      const added = { ...headers, "x-amz-security-token": sessionToken };
      expect((await send(lab, { headers: added, body })).answer).toBe("403 InvalidClientTokenId");
    }
  });

  test.each([
    ["secretAccessKey", "SignatureDoesNotMatch"],
    ["sessionToken", "InvalidClientTokenId"],
    ["accessKeyId", "InvalidClientTokenId"],
  ])("is refused with a wrong %s", async (member, name) => {
    const lab = await startTestLab({ wrongRequests: true });
    const sts = stsFor(lab, { ...(await roleCredentials(lab)), [member]: "wrong" });
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name,
      $metadata: { httpStatusCode: 403 },
    });
  });

  test("is refused with the session token of other credentials", async () => {
    const lab = await startTestLab();
    const [mine, other] = [await roleCredentials(lab), await roleCredentials(lab)];
    const sts = stsFor(lab, { ...mine, sessionToken: other.sessionToken });
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toThrow(/is invalid/);
  });
});

/** A signed request whose parts a test may bend before it goes out. */
async function signed(
  lab: Lab,
  credentials: Credentials,
  at: number,
  service = "sts",
  unsignableHeaders = new Set<string>(),
) {
  const { hostname, port } = new URL(lab.url);
  const signer = new SignatureV4({ credentials, region: "eu-west-1", service, sha256: NodeSha256 });
  const body = "Action=GetCallerIdentity&Version=2011-06-15";
  return await signer.sign(
    {
      method: "POST",
      protocol: "http:",
      hostname,
      port: Number(port),
      path: "/",
      query: {},
      headers: { host: `${hostname}:${port}`, "content-type": "application/x-www-form-urlencoded" },
      body,
    },
    { signingDate: new Date(at), unsignableHeaders },
  );
}

class NodeSha256 {
  readonly #hash;

  constructor(secret?: unknown) {
    const key = secret === undefined ? undefined : (secret as BinaryLike);
    this.#hash = key === undefined ? createHash("sha256") : createHmac("sha256", key);
  }

  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {}
}

type Signed = Awaited<ReturnType<typeof signed>>;

async function send(lab: Lab, { headers, body }: Pick<Signed, "headers" | "body">) {
  const { host: _, ...rest } = headers;
  const response = await fetch(lab.url, { method: "POST", headers: rest, body: String(body) });
  const text = await response.text();
  const code = /<Code>(.*?)<\/Code>/.exec(text)?.[1] ?? "ok";
  return { answer: `${response.status} ${code}`, text, response };
}

describe("signatures", () => {
  test("are good for five minutes to either side of the lab's clock", async () => {
    const clock = new FakeClock();
    const lab = await startTestLab({ clock, wrongRequests: true });
    const credentials = await roleCredentials(lab);
    const at = async (seconds: number) => {
      const request = await signed(lab, credentials, clock.now() + seconds * 1000);
      return await send(lab, request);
    };
    expect((await at(0)).answer).toBe("200 ok");
    expect((await at(-300)).answer).toBe("200 ok");
    expect((await at(300)).answer).toBe("200 ok");
    const late = await at(-301);
    expect(late.answer).toBe("403 SignatureDoesNotMatch");
    expect(late.text).toMatch(/Signature expired: \d{8}T\d{6}Z is now earlier than/);
    const early = await at(301);
    expect(early.answer).toBe("403 SignatureDoesNotMatch");
    expect(early.text).toContain("Signature not yet current");
  });

  test("cover the body, the signed headers, and the service", async () => {
    const lab = await startTestLab({ wrongRequests: true });
    const credentials = await roleCredentials(lab);
    const request = await signed(lab, credentials, Date.now());
    expect((await send(lab, request)).answer).toBe("200 ok");
    const otherBody = { ...request, body: `${request.body}&x=1` };
    expect((await send(lab, otherBody)).answer).toBe("403 SignatureDoesNotMatch");
    const headers = { ...request.headers, "content-type": "text/plain" };
    expect((await send(lab, { ...request, headers })).answer).toBe("403 SignatureDoesNotMatch");
    const forS3 = await signed(lab, credentials, Date.now(), "s3");
    expect((await send(lab, forS3)).answer).toBe("403 SignatureDoesNotMatch");
  });

  test("must cover the host", async () => {
    const lab = await startTestLab({ wrongRequests: true });
    const unsignable = new Set(["host"]);
    const request = await signed(lab, await roleCredentials(lab), Date.now(), "sts", unsignable);
    expect(request.headers["authorization"]).not.toContain("host");
    expect((await send(lab, request)).answer).toBe("403 SignatureDoesNotMatch");
  });

  test("must be scoped to the day of their date", async () => {
    const lab = await startTestLab({ wrongRequests: true });
    const request = await signed(lab, await roleCredentials(lab), Date.now());
    const authorization = String(request.headers["authorization"]).replace(
      /\/\d{8}\//,
      "/20200101/",
    );
    const refused = await send(lab, { ...request, headers: { ...request.headers, authorization } });
    expect(refused.answer).toBe("403 SignatureDoesNotMatch");
    expect(refused.text).toContain("Date in Credential scope");
  });

  test("of expired credentials: ExpiredToken; logout does not end them", async () => {
    const clock = new FakeClock();
    const lab = await startTestLab({ clock, lifetimes: { roleCredentials: 900 } });
    const { accessToken } = await signIn(lab);
    const credentials = await roleCredentials(lab);
    await portal(lab, "/logout", accessToken, "POST");
    await clock.advance(899_999);
    expect((await send(lab, await signed(lab, credentials, clock.now()))).answer).toBe("200 ok");
    await clock.advance(1);
    const refused = await send(lab, await signed(lab, credentials, clock.now()));
    expect(refused.answer).toBe("403 ExpiredToken");
  });

  test.each([
    [undefined, "403 MissingAuthenticationToken"],
    ["AWS4-HMAC-SHA256 nonsense", "400 IncompleteSignature"],
    ["Bearer abc", "400 IncompleteSignature"],
  ])("Authorization: %s", async (authorization, expected) => {
    const lab = await startTestLab({ wrongRequests: true });
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const body = "Action=GetCallerIdentity&Version=2011-06-15";
    expect((await send(lab, { headers, body })).answer).toBe(expected);
  });

  test("in the query of a presigned GET", async () => {
    const clock = new FakeClock();
    const lab = await startTestLab({ clock, wrongRequests: true });
    const credentials = await roleCredentials(lab);
    const { hostname, port } = new URL(lab.url);
    const signer = new SignatureV4({
      credentials,
      region: "eu-west-1",
      service: "sts",
      sha256: NodeSha256,
    });
    const { query } = await signer.presign(
      {
        method: "GET",
        protocol: "http:",
        hostname,
        port: Number(port),
        path: "/",
        query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
        headers: { host: `${hostname}:${port}` },
      },
      { signingDate: new Date(clock.now()), expiresIn: 60 },
    );
    const url = new URL(lab.url);
    for (const [name, value] of Object.entries(query ?? {}))
      url.searchParams.set(name, String(value));
    const get = async () => (await fetch(url)).status;
    expect(await get()).toBe(200);
    await clock.advance(60_000);
    expect(await get()).toBe(200);
    await clock.advance(1000);
    expect(await get()).toBe(403);
    expect(requestsOf(lab, "GetCallerIdentity").at(-1)?.error).toBe("SignatureDoesNotMatch");
  });
});

test("an action or version that STS does not have", async () => {
  const lab = await startTestLab({ wrongRequests: true });
  const unknown = await send(lab, { headers: {}, body: "Action=<Nope>&Version=2011-06-15" });
  expect(unknown.answer).toBe("400 InvalidAction");
  expect(unknown.text).toContain("&#60;Nope&#62;");
  expect(unknown.response.headers.get("content-type")).toBe("text/xml");
  const old = await send(lab, { headers: {}, body: "Action=GetCallerIdentity" });
  expect(old.text).toContain("for version NO_VERSION_SPECIFIED");
});
