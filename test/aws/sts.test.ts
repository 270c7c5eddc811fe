import { describe, expect, test } from "vitest";
import { assumeRole, getCallerIdentity } from "../../src/aws/sts.ts";
import { type RawAnswer, startRawServer } from "./raw-server.ts";

const CREDENTIALS = {
  accessKeyId: "ASIAEXAMPLE",
  secretAccessKey: "the-secret-key",
  sessionToken: "the-session-token",
  expiration: 0,
  accountId: "012345678901",
};
const ARN = "arn:aws:sts::012345678901:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/anna";

function answer(members: string): string {
  return `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>${members}</GetCallerIdentityResult></GetCallerIdentityResponse>`;
}

const XML = { "Content-Type": "text/xml" };
const WHOLE = `<Arn>${ARN}</Arn><UserId>AROA:anna</UserId><Account>012345678901</Account>`;

test("asks with the role's signature, and reads who it is", async () => {
  const server = await startRawServer({ headers: XML, body: answer(WHOLE) });
  expect(await getCallerIdentity(CREDENTIALS, "eu-west-1", server.access)).toEqual({
    account: "012345678901",
    arn: ARN,
    userId: "AROA:anna",
  });
  const [request] = server.requests;
  expect(request?.headers["x-amz-security-token"]).toBe("the-session-token");
  expect(request?.headers.authorization).toMatch(/Credential=ASIAEXAMPLE\/\d{8}\/eu-west-1\/sts\//);
  expect(server.trace).toEqual(["sts GetCallerIdentity: ok"]);
});

test.each([
  ["without an account", { headers: XML, body: answer(`<Arn>${ARN}</Arn>`) }, "ServiceUnavailable"],
  ["without an ARN", { headers: XML, body: answer("<Account>1</Account>") }, "ServiceUnavailable"],
  ["a page of HTML", { body: "<html><body>Sign in</body></html>" }, "ServiceUnavailable"],
  ["nothing", { body: "" }, "ServiceUnavailable"],
  ["cut XML", { headers: XML, body: answer(WHOLE).slice(0, 90) }, "ServiceUnavailable"],
  ["500", { status: 500, body: "" }, "ServiceUnavailable"],
  ["429", { status: 429, body: "" }, "Throttled"],
  ["a cut connection", { drop: "before" }, "NetworkError"],
] as const)("%s", async (_, raw, code) => {
  const server = await startRawServer(raw);
  const error = await getCallerIdentity(CREDENTIALS, "eu-west-1", server.access).catch(
    (error: unknown) => error,
  );
  expect(error).toMatchObject({ code });
  const told = [String(error), JSON.stringify(error), ...server.trace].join("\n");
  expect(told).not.toMatch(/the-secret-key|the-session-token/);
});

describe("AssumeRole", () => {
  const ROLE = "arn:aws:iam::111122223333:role/Deployer";
  const WHAT = `assuming ${ROLE}`;
  const END = "<Expiration>2999-01-01T00:00:00Z</Expiration>";
  const ISSUED =
    "<AccessKeyId>ASIANEW</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>";
  const assumed = (credentials: string): RawAnswer => ({
    headers: XML,
    body: `<AssumeRoleResponse><AssumeRoleResult><Credentials>${credentials}</Credentials></AssumeRoleResult></AssumeRoleResponse>`,
  });
  const refused = (status: number, code: string, message = "because"): RawAnswer => ({
    status,
    headers: XML,
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  });
  const request = {
    roleArn: ROLE,
    roleSessionName: "ada",
    externalId: undefined,
    durationSeconds: undefined,
    mfa: undefined,
  };

  async function asked(answer: RawAnswer, more: Partial<Parameters<typeof assumeRole>[0]> = {}) {
    const server = await startRawServer(answer);
    const call = assumeRole({ ...request, ...more }, CREDENTIALS, "eu-west-1", WHAT, server.access);
    const result = await call.catch((error: unknown) => error);
    return { server, result };
  }

  test("asks for no more than it was told, signed by the hop before", async () => {
    const { server, result } = await asked(assumed(ISSUED + END));
    expect(result).toEqual({
      accessKeyId: "ASIANEW",
      secretAccessKey: "s",
      sessionToken: "t",
      expiration: Date.parse("2999-01-01T00:00:00Z"),
      accountId: "111122223333",
    });
    const [{ body, headers } = { body: "", headers: {} }] = server.requests;
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      Action: "AssumeRole",
      Version: "2011-06-15",
      RoleArn: ROLE,
      RoleSessionName: "ada",
    });
    expect(headers.authorization).toMatch(/Credential=ASIAEXAMPLE\/\d{8}\/eu-west-1\/sts\//);
  });

  test("hands on the external id, the duration and the MFA code", async () => {
    const mfa = { serial: "arn:aws:iam::111122223333:mfa/ada", code: "123456" };
    const more = { externalId: "x/1", durationSeconds: 900, mfa };
    const { server } = await asked(assumed(ISSUED + END), more);
    expect(Object.fromEntries(new URLSearchParams(server.requests[0]?.body))).toMatchObject({
      ExternalId: "x/1",
      DurationSeconds: "900",
      SerialNumber: mfa.serial,
      TokenCode: "123456",
    });
  });

  test.each<[string, RawAnswer, string]>([
    ["a refusal", refused(403, "AccessDenied"), "AccessDenied"],
    ["credentials that are over", refused(403, "ExpiredToken"), "AccessDenied"],
    ["a request that is not understood", refused(400, "ValidationError"), "ConfigInvalid"],
    ["a limit", refused(400, "Throttling"), "Throttled"],
    ["a failure", refused(500, "InternalFailure"), "ServiceUnavailable"],
    ["a page of HTML as 403", { status: 403, body: "<html><br></html>" }, "ServiceUnavailable"],
    ["403 without a body", { status: 403, body: "" }, "ServiceUnavailable"],
    ["no credentials", { headers: XML, body: "<AssumeRoleResponse/>" }, "ServiceUnavailable"],
    ["credentials without an end", assumed(ISSUED), "ServiceUnavailable"],
    ["credentials without a token", assumed(END), "ServiceUnavailable"],
    ["a cut connection", { drop: "before" }, "NetworkError"],
  ])("%s", async (_what, answer, code) => {
    const { server, result } = await asked(answer);
    expect(result).toMatchObject({ code, message: expect.stringMatching(/assuming|Assuming/) });
    const told = [String(result), JSON.stringify(result), ...server.trace].join("\n");
    expect(told).not.toMatch(/the-secret-key|the-session-token/);
  });

  test.each([
    ["AccessDenied", "trust policy"],
    ["ExpiredToken", "takes its credentials from"],
    ["InvalidClientTokenId", "takes its credentials from"],
  ])("%s is mended at the %s", async (code, place) => {
    const { result } = await asked(refused(403, code));
    expect(result).toMatchObject({ hint: expect.stringContaining(place) });
  });
});
