import { describe, expect, test } from "vitest";
import { openOidc } from "../../src/aws/oidc.ts";
import { outcomeOf, type RawAnswer, startRawServer, UNUSABLE } from "./raw-server.ts";

const REGION = "eu-west-1";
const CLIENT = { clientId: "the-client", clientSecret: "the-secret" };
const REGISTERED = { ...CLIENT, expiresAt: 0 };
const REFRESH = { grantType: "refresh_token", refreshToken: "the-refresh-token" } as const;
const ALL_OF_REGISTRATION = {
  ...CLIENT,
  clientIdIssuedAt: 1,
  clientSecretExpiresAt: 1_800_000_000,
};
const ALL_OF_DEVICE = {
  deviceCode: "the-device-code",
  userCode: "ABCD-EFGH",
  verificationUri: "https://device.sso.eu-west-1.amazonaws.com/",
  verificationUriComplete: "https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH",
  expiresIn: 600,
  interval: 1,
};
const ALL_OF_TOKEN = {
  accessToken: "the-token",
  tokenType: "Bearer",
  expiresIn: 3600,
  refreshToken: "the-next",
};

async function opened(...answers: RawAnswer[]) {
  const server = await startRawServer(...answers);
  return { server, oidc: await openOidc(REGION, server.access) };
}

describe("RegisterClient", () => {
  test("for the device flow: name and type, scopes only where there are some", async () => {
    const { server, oidc } = await opened({ body: ALL_OF_REGISTRATION });
    expect(await oidc.registerForDevice("ssox", undefined)).toEqual({
      ...CLIENT,
      expiresAt: 1_800_000_000_000,
    });
    await oidc.registerForDevice("ssox", ["sso:account:access"]);
    expect(server.requests.map(({ method, url, body }) => [method, url, JSON.parse(body)])).toEqual(
      [
        ["POST", "/client/register", { clientName: "ssox", clientType: "public" }],
        [
          "POST",
          "/client/register",
          { clientName: "ssox", clientType: "public", scopes: ["sso:account:access"] },
        ],
      ],
    );
  });

  test("5 · for the authorization code: the body of the AWS CLI", async () => {
    const { server, oidc } = await opened({ body: ALL_OF_REGISTRATION });
    const redirect = "http://127.0.0.1/oauth/callback";
    await oidc.registerForCode("ssox", ["sso:account:access"], redirect, "https://x/start");
    expect(JSON.parse(server.requests[0]?.body ?? "")).toEqual({
      clientName: "ssox",
      clientType: "public",
      grantTypes: ["authorization_code", "refresh_token"],
      redirectUris: [redirect],
      issuerUrl: "https://x/start",
      scopes: ["sso:account:access"],
    });
    expect(server.requests[0]?.headers.authorization).toBe(undefined);
  });

  test.each([
    ...absentForms("clientId", "clientSecret", "clientSecretExpiresAt"),
    { clientSecretExpiresAt: "1800000000" },
    { clientSecretExpiresAt: 1e18 },
    { clientId: 5 },
  ])("with %j is of no use", async (changed) => {
    const { oidc } = await opened({ body: { ...ALL_OF_REGISTRATION, ...changed } });
    const [member] = Object.keys(changed);
    await expect(oidc.registerForDevice("ssox", undefined)).rejects.toMatchObject({
      code: "ServiceUnavailable",
      message: `AWS sent an answer without ${member} (registering as a client); it cannot be used.`,
    });
  });

  test.each(UNUSABLE)("%s", async (_, answer, code) => {
    const { oidc } = await opened(answer);
    expect(await outcomeOf(oidc.registerForDevice("ssox", undefined))).toBe(code);
  });

  test("a refusal says why", async () => {
    const { oidc } = await opened(refusal("invalid_scope", "no such scope"));
    await expect(oidc.registerForDevice("ssox", ["x"])).rejects.toMatchObject({
      code: "LoginDenied",
      message: "AWS in eu-west-1 refused (registering as a client): no such scope.",
    });
  });

  test("an unknown issuer is a refused start URL", async () => {
    const { oidc } = await opened(refusal("invalid_request", "who is that?"));
    const registered = oidc.registerForCode("ssox", ["x"], "http://127.0.0.1/x", "https://x/start");
    expect(await registered).toEqual({ kind: "start-url-refused", why: "who is that?" });
    await expect(oidc.registerForDevice("ssox", ["x"])).rejects.toMatchObject({
      code: "LoginDenied",
    });
  });
});

describe("StartDeviceAuthorization", () => {
  test("asks with the start URL", async () => {
    const { server, oidc } = await opened({ body: ALL_OF_DEVICE });
    expect(await oidc.startDeviceAuthorization(REGISTERED, "https://x/start")).toEqual({
      kind: "started",
      ...ALL_OF_DEVICE,
    });
    expect(server.requests[0]).toMatchObject({ method: "POST", url: "/device_authorization" });
    expect(JSON.parse(server.requests[0]?.body ?? "")).toEqual({
      ...CLIENT,
      startUrl: "https://x/start",
    });
  });

  test.each([
    [{ interval: undefined }, { interval: 5 }],
    [{ interval: null }, { interval: 5 }],
    [{ interval: 0 }, { interval: 5 }],
    [{ interval: -1 }, { interval: 5 }],
    [{ interval: "1" }, { interval: 5 }],
    [{ interval: 7 }, { interval: 7 }],
    [{ expiresIn: undefined }, { expiresIn: 600 }],
    [{ expiresIn: null }, { expiresIn: 600 }],
    [{ expiresIn: 0 }, { expiresIn: 600 }],
    [
      { verificationUriComplete: undefined },
      { verificationUriComplete: ALL_OF_DEVICE.verificationUri },
    ],
    [{ verificationUriComplete: null }, { verificationUriComplete: ALL_OF_DEVICE.verificationUri }],
    [{ verificationUriComplete: "" }, { verificationUriComplete: ALL_OF_DEVICE.verificationUri }],
  ])("with %j counts as %j", async (changed, expected) => {
    const { oidc } = await opened({ body: { ...ALL_OF_DEVICE, ...changed } });
    expect(await oidc.startDeviceAuthorization(REGISTERED, "https://x")).toMatchObject(expected);
  });

  test.each(absentForms("deviceCode", "userCode", "verificationUri"))(
    "with %j is of no use",
    async (changed) => {
      const { oidc } = await opened({ body: { ...ALL_OF_DEVICE, ...changed } });
      await expect(oidc.startDeviceAuthorization(REGISTERED, "https://x")).rejects.toMatchObject({
        code: "ServiceUnavailable",
        message: expect.stringContaining(`without ${Object.keys(changed)[0]} `),
      });
    },
  );

  test.each(UNUSABLE)("%s", async (_, answer, code) => {
    const { oidc } = await opened(answer);
    expect(await outcomeOf(oidc.startDeviceAuthorization(REGISTERED, "https://x"))).toBe(code);
  });

  test.each([
    ["invalid_client", 401, "client-refused"],
    ["unauthorized_client", 400, "client-refused"],
    ["invalid_request", 400, "start-url-refused"],
    ["invalid_grant", 400, "start-url-refused"],
    ["invalid_scope", 400, "LoginDenied"],
  ])("10 · %s (%i), with and without x-amzn-ErrorType: %s", async (error, status, outcome) => {
    for (const answer of bothForms(error, status)) {
      const { oidc } = await opened(answer);
      expect(await outcomeOf(oidc.startDeviceAuthorization(REGISTERED, "https://x"))).toBe(outcome);
    }
  });
});

describe("CreateToken", () => {
  test.each([
    [
      { grantType: "urn:ietf:params:oauth:grant-type:device_code", deviceCode: "d" },
      "urn:ietf:params:oauth:grant-type:device_code",
    ],
    [
      {
        grantType: "authorization_code",
        code: "c",
        codeVerifier: "v",
        redirectUri: "http://127.0.0.1:1/oauth/callback",
      },
      "authorization_code",
    ],
    [REFRESH, "refresh_token"],
  ] as const)("sends client and grant, and nothing else: %j", async (grant, name) => {
    const { server, oidc } = await opened({ body: ALL_OF_TOKEN });
    expect(await oidc.createToken(CLIENT, grant)).toEqual({
      kind: "granted",
      grant: { accessToken: "the-token", expiresIn: 3600, refreshToken: "the-next" },
    });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({ method: "POST", url: "/token" });
    expect(JSON.parse(server.requests[0]?.body ?? "")).toEqual({ ...CLIENT, ...grant });
    expect(server.trace).toEqual([`sso-oidc CreateToken ${name}: ok`]);
  });

  test.each([
    { refreshToken: undefined },
    { refreshToken: null },
    { refreshToken: "" },
    { refreshToken: 5 },
  ])("without a refresh token: %j", async (changed) => {
    const { oidc } = await opened({ body: { ...ALL_OF_TOKEN, ...changed } });
    expect(await oidc.createToken(CLIENT, REFRESH)).toEqual({
      kind: "granted",
      grant: { accessToken: "the-token", expiresIn: 3600, refreshToken: undefined },
    });
  });

  test.each([
    ...absentForms("accessToken", "expiresIn"),
    { expiresIn: "3600" },
    { expiresIn: -1 },
    { expiresIn: 1e18 },
    { accessToken: 5 },
  ])("with %j is of no use", async (changed) => {
    const { oidc } = await opened({ body: { ...ALL_OF_TOKEN, ...changed } });
    await expect(oidc.createToken(CLIENT, REFRESH)).rejects.toMatchObject({
      code: "ServiceUnavailable",
      message: `AWS sent an answer without ${Object.keys(changed)[0]} (asking for a token); it cannot be used.`,
    });
  });

  test.each(UNUSABLE)("%s", async (_, answer, code) => {
    const { oidc } = await opened(answer);
    expect(await outcomeOf(oidc.createToken(CLIENT, REFRESH))).toBe(code);
  });

  test.each([
    ["authorization_pending", 400, "pending"],
    ["slow_down", 400, "slow-down"],
    ["expired_token", 400, "expired"],
    ["access_denied", 400, "denied"],
    ["invalid_grant", 400, "invalid-grant"],
    ["invalid_client", 401, "invalid-client"],
    ["unauthorized_client", 400, "invalid-client"],
    ["invalid_request", 400, "LoginDenied"],
    ["invalid_scope", 400, "LoginDenied"],
    ["unsupported_grant_type", 400, "LoginDenied"],
    ["something_new", 400, "LoginDenied"],
    ["server_error", 500, "ServiceUnavailable"],
  ])("10 · %s (%i): %s, with and without x-amzn-ErrorType", async (error, status, outcome) => {
    for (const answer of bothForms(error, status)) {
      const { server, oidc } = await opened(answer);
      expect(await outcomeOf(oidc.createToken(CLIENT, REFRESH))).toBe(outcome);
      // Only a failure of the service is tried again: a poll that is told to wait, waits.
      expect(server.requests).toHaveLength(status === 500 ? 3 : 1);
    }
  });

  test("the exception's name is enough", async () => {
    const { headers } = refusal("invalid_grant");
    const { oidc } = await opened({ status: 400, body: "{}", ...(headers && { headers }) });
    expect(await oidc.createToken(CLIENT, REFRESH)).toEqual({
      kind: "invalid-grant",
      why: "invalid_grant",
    });
  });

  test.each([
    ["the token was used", "the token was used"],
    [null, "access_denied"],
    ["", "access_denied"],
  ])("a description of %j is told as %j", async (description, why) => {
    const { oidc } = await opened({
      status: 400,
      body: { error: "access_denied", error_description: description },
    });
    expect(await oidc.createToken(CLIENT, REFRESH)).toEqual({ kind: "denied", why });
  });

  test("no secret is in errors and trace", async () => {
    for (const [, answer] of UNUSABLE) {
      const { server, oidc } = await opened(answer);
      const error = await oidc.createToken(CLIENT, REFRESH).catch((error: unknown) => error);
      const told = [String(error), JSON.stringify(error), ...server.trace].join("\n");
      expect(told).not.toMatch(/the-secret|the-refresh-token/);
    }
  });
});

describe("the page for the user's consent", () => {
  test.each([
    [{}, "https://oidc.eu-west-1.amazonaws.com/authorize"],
    [{ AWS_USE_DUALSTACK_ENDPOINT: "true" }, "https://oidc.eu-west-1.api.aws/authorize"],
    [{ AWS_USE_FIPS_ENDPOINT: "true" }, "https://oidc-fips.eu-west-1.amazonaws.com/authorize"],
    [
      { AWS_ENDPOINT_URL: "https://proxy.example:8443/a/path" },
      "https://proxy.example:8443/authorize",
    ],
    [{ AWS_ENDPOINT_URL: "https://ada:password@proxy.example" }, "https://proxy.example/authorize"],
  ])("%j: %s", async (env, expected) => {
    const { authorizeUrl } = await openOidc(REGION, { env, trace: () => {} });
    expect(authorizeUrl.href).toBe(expected);
  });

  test("China", async () => {
    const { authorizeUrl } = await openOidc("cn-north-1", { env: {}, trace: () => {} });
    expect(authorizeUrl.href).toBe("https://oidc.cn-north-1.amazonaws.com.cn/authorize");
  });
});

/** Each member left out, null, and empty. */
function absentForms(...members: string[]): Record<string, unknown>[] {
  return members.flatMap((member) => [undefined, null, ""].map((value) => ({ [member]: value })));
}

/** A refusal as the service words it. */
function refusal(error: string, description: string | null = null, status = 400): RawAnswer {
  const name = `${error.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())}Exception`;
  const type = `${name}:http://internal.amazon.com/coral/com.amazonaws.sso.oidc/`;
  return {
    status,
    headers: { "x-amzn-ErrorType": type },
    body: { error, error_description: description },
  };
}

function bothForms(error: string, status: number): RawAnswer[] {
  const full = refusal(error, null, status);
  return [full, { ...full, headers: {} }];
}
