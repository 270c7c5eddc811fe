import { describe, expect, test } from "vitest";
import { FakeClock } from "../helpers/clock.ts";
import { requestsOf, startTestLab } from "../helpers/lab.ts";
import {
  DEVICE_CODE,
  outcome,
  pollDevice,
  portal,
  post,
  REDIRECT,
  refresh,
  register,
  registerForCode,
  signIn,
  startDevice,
} from "./client.ts";

const HOUR = 3_600_000;

describe("RegisterClient", () => {
  test("answers in epoch seconds, with null for what it does not know", async () => {
    const clock = new FakeClock(Date.UTC(2026, 0, 1));
    const lab = await startTestLab({ clock });
    const { status, body } = await post(lab, "/client/register", {
      clientName: "me",
      clientType: "public",
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      clientId: expect.stringMatching(/.{16}/),
      clientSecret: expect.stringMatching(/.{16}/),
      clientIdIssuedAt: Date.UTC(2026, 0, 1) / 1000,
      clientSecretExpiresAt: Date.UTC(2026, 3, 1) / 1000,
      authorizationEndpoint: null,
      tokenEndpoint: null,
    });
  });

  const code = { grantTypes: ["authorization_code"], redirectUris: [REDIRECT] };
  test.each([
    ["no name", { clientName: undefined }, "400 InvalidRequestException invalid_request"],
    ["no type", { clientType: undefined }, "400 InvalidRequestException invalid_request"],
    [
      "confidential",
      { clientType: "confidential" },
      "400 InvalidClientMetadataException invalid_client_metadata",
    ],
    [
      "scopes no list",
      { scopes: "sso:account:access" },
      "400 InvalidRequestException invalid_request",
    ],
    ["bad scope", { scopes: ["a b"] }, "400 InvalidScopeException invalid_scope"],
    [
      "unknown grant",
      { grantTypes: ["password"] },
      "400 UnsupportedGrantTypeException unsupported_grant_type",
    ],
    [
      "localhost",
      { redirectUris: ["http://localhost/x"] },
      "400 InvalidRedirectUriException invalid_redirect_uri",
    ],
    [
      "look-alike",
      { redirectUris: ["http://127.0.0.1.evil.example/x"] },
      "400 InvalidRedirectUriException invalid_redirect_uri",
    ],
    [
      "code without redirect",
      { grantTypes: ["authorization_code"] },
      "400 InvalidRedirectUriException invalid_redirect_uri",
    ],
    ["code without issuer", code, "400 InvalidRequestException invalid_request"],
    [
      "foreign issuer",
      { ...code, issuerUrl: "https://d-9.awsapps.com/start" },
      "400 InvalidRequestException invalid_request",
    ],
  ])("refuses: %s", async (_, changed, expected) => {
    const lab = await startTestLab({ wrongRequests: true });
    const body = { clientName: "me", clientType: "public", ...changed };
    expect(outcome(await post(lab, "/client/register", body))).toBe(expected);
  });

  test.each(["not json", "[]", "null", ""])("refuses the body %j", async (body) => {
    const lab = await startTestLab({ wrongRequests: true });
    const response = await fetch(`${lab.url}/client/register`, { method: "POST", body });
    expect(await response.json()).toMatchObject({ error: "invalid_request" });
  });
});

describe("StartDeviceAuthorization", () => {
  test("answers every member", async () => {
    const lab = await startTestLab({ approve: "never" });
    const device = await startDevice(lab, await register(lab));
    const userCode = device["userCode"];
    expect(device).toEqual({
      deviceCode: expect.any(String),
      userCode: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
      verificationUri: `${lab.url}/device`,
      verificationUriComplete: `${lab.url}/device?user_code=${userCode}`,
      expiresIn: 600,
      interval: 1,
    });
  });

  test.each(["", "/", "#/", "/#/"])("knows its start URL with %j behind it", async (tail) => {
    const lab = await startTestLab();
    const body = { ...(await register(lab)), startUrl: lab.startUrl + tail };
    expect(outcome(await post(lab, "/device_authorization", body))).toBe("200 ok");
  });

  test("refuses another start URL, and none", async () => {
    const lab = await startTestLab({ wrongRequests: true });
    const keys = await register(lab);
    const other = { ...keys, startUrl: "https://d-0000000000.awsapps.com/start" };
    expect(outcome(await post(lab, "/device_authorization", other))).toContain("InvalidRequest");
    expect(outcome(await post(lab, "/device_authorization", keys))).toContain("InvalidRequest");
  });

  test("refuses a client that registered other grants only", async () => {
    const lab = await startTestLab();
    const body = { ...(await registerForCode(lab)), startUrl: lab.startUrl };
    expect(outcome(await post(lab, "/device_authorization", body))).toBe(
      "400 UnauthorizedClientException unauthorized_client",
    );
  });
});

describe("CreateToken for a device code", () => {
  test("gives a token of an hour with a refresh token", async () => {
    const lab = await startTestLab();
    const token = await signIn(lab);
    expect(token).toMatchObject({ tokenType: "Bearer", expiresIn: 3600, idToken: null });
    expect(token.refreshToken).toEqual(expect.any(String));
  });

  test.each([
    ["without scopes", undefined],
    ["with the scope of old", ["sso-portal:*"]],
  ])(
    "gives a client %s a token for the whole session, and no refresh token",
    async (_which, scopes) => {
      const clock = new FakeClock();
      const lab = await startTestLab({ clock });
      const token = await signIn(lab, { scopes });
      expect(token).toMatchObject({ expiresIn: 8 * 3600 });
      expect(token.refreshToken).toBeUndefined();
      await clock.advance(8 * HOUR - 1);
      expect((await portal(lab, "/assignment/accounts", token.accessToken)).status).toBe(200);
      await clock.advance(1);
      expect((await portal(lab, "/assignment/accounts", token.accessToken)).status).toBe(401);
    },
  );

  test("is pending until the code expires", async () => {
    const clock = new FakeClock();
    const lab = await startTestLab({ clock, approve: "never" });
    const keys = await register(lab);
    const { deviceCode } = await startDevice(lab, keys);
    const reply = await pollDevice(lab, keys, deviceCode);
    expect(reply.body).toEqual({
      error: "authorization_pending",
      error_description: "Authorization is still pending",
    });
    expect(reply.headers.get("x-amzn-errortype")).toBe(
      "AuthorizationPendingException:http://internal.amazon.com/coral/com.amazonaws.sso.oidc/",
    );
    await clock.advance(599_999);
    expect(outcome(await pollDevice(lab, keys, deviceCode))).toContain("authorization_pending");
    await clock.advance(1);
    expect(outcome(await pollDevice(lab, keys, deviceCode))).toBe(
      "400 ExpiredTokenException expired_token",
    );
  });

  test("slows down who polls too fast, for good", async () => {
    const clock = new FakeClock();
    const lab = await startTestLab({ clock, approve: "never", pollInterval: 2 });
    const keys = await register(lab);
    const { deviceCode } = await startDevice(lab, keys);
    const pollAfter = async (seconds: number) => {
      await clock.advance(seconds * 1000);
      return outcome(await pollDevice(lab, keys, deviceCode));
    };
    expect(await pollAfter(0)).toContain("authorization_pending");
    expect(await pollAfter(2)).toContain("authorization_pending");
    expect(await pollAfter(1)).toBe("400 SlowDownException slow_down");
    expect(await pollAfter(6)).toContain("slow_down");
    expect(await pollAfter(12)).toContain("authorization_pending");
  });

  test("is denied", async () => {
    const lab = await startTestLab({ approve: "deny" });
    const keys = await register(lab);
    const { deviceCode } = await startDevice(lab, keys);
    expect(outcome(await pollDevice(lab, keys, deviceCode))).toBe(
      "400 AccessDeniedException access_denied",
    );
  });

  test("works once, and for its own client alone", async () => {
    const lab = await startTestLab();
    const keys = await register(lab);
    const { deviceCode } = await startDevice(lab, keys);
    const stranger = await register(lab);
    expect(outcome(await pollDevice(lab, stranger, deviceCode))).toContain("invalid_grant");
    expect(outcome(await pollDevice(lab, keys, "made up"))).toContain("invalid_grant");
    expect(outcome(await pollDevice(lab, keys, deviceCode))).toBe("200 ok");
    expect(outcome(await pollDevice(lab, keys, deviceCode))).toBe(
      "400 InvalidGrantException invalid_grant",
    );
  });
});

describe("CreateToken for a refresh token", () => {
  test("single-use: the new one works, the old one is dead at once", async () => {
    const lab = await startTestLab();
    const { keys, refreshToken, accessToken } = await signIn(lab);
    const first = await refresh(lab, keys, refreshToken);
    expect(first.body).toMatchObject({ expiresIn: 3600, refreshToken: expect.any(String) });
    expect(first.body["accessToken"]).not.toBe(accessToken);
    expect(outcome(await refresh(lab, keys, refreshToken))).toBe(
      "400 InvalidGrantException invalid_grant",
    );
    expect(outcome(await refresh(lab, keys, first.body["refreshToken"]))).toBe("200 ok");
  });

  test("lenient: no new one, and the old one goes on working", async () => {
    const lab = await startTestLab({ refreshTokens: "lenient" });
    const { keys, refreshToken } = await signIn(lab);
    for (let time = 0; time < 3; time += 1) {
      const reply = await refresh(lab, keys, refreshToken);
      expect(outcome(reply)).toBe("200 ok");
      expect(reply.body).not.toHaveProperty("refreshToken");
    }
  });

  test("goes on for as long as the session, and then no more", async () => {
    const clock = new FakeClock();
    const lab = await startTestLab({ clock, refreshTokens: "lenient" });
    const { keys, refreshToken } = await signIn(lab);
    await clock.advance(8 * HOUR - 1);
    const last = await refresh(lab, keys, refreshToken);
    expect(last.body).toMatchObject({ expiresIn: 3600 });
    const accessToken = last.body["accessToken"];
    expect((await portal(lab, "/assignment/accounts", accessToken)).status).toBe(200);
    await clock.advance(1);
    expect(outcome(await refresh(lab, keys, refreshToken))).toContain("invalid_grant");
    expect((await portal(lab, "/assignment/accounts", accessToken)).status).toBe(401);
  });

  test("belongs to its client", async () => {
    const lab = await startTestLab();
    const { refreshToken } = await signIn(lab);
    expect(outcome(await refresh(lab, await register(lab), refreshToken))).toContain(
      "invalid_grant",
    );
  });

  test("is not given to a client that registered without that grant", async () => {
    const lab = await startTestLab();
    const { refreshToken, keys } = await signIn(lab, { grantTypes: [DEVICE_CODE] });
    expect(refreshToken).toBeUndefined();
    expect(outcome(await refresh(lab, keys, "any"))).toContain("unauthorized_client");
  });
});

describe("CreateToken", () => {
  test.each(["grantType", "clientId", "clientSecret"])("needs %s", async (name) => {
    const lab = await startTestLab({ wrongRequests: true });
    const body = { ...(await register(lab)), grantType: "refresh_token", refreshToken: "x" };
    const reply = await post(lab, "/token", { ...body, [name]: undefined });
    expect(outcome(reply)).toBe("400 InvalidRequestException invalid_request");
  });

  test.each([
    [DEVICE_CODE, ["deviceCode"]],
    ["refresh_token", ["refreshToken"]],
    ["authorization_code", ["code", "redirectUri", "codeVerifier"]],
  ])("%s needs %j", async (grantType, names) => {
    const lab = await startTestLab({ wrongRequests: true });
    const keys = await register(lab);
    const members = Object.fromEntries(names.map((name) => [name, "x"]));
    for (const name of names) {
      const reply = await post(lab, "/token", {
        ...keys,
        grantType,
        ...members,
        [name]: undefined,
      });
      expect(outcome(reply)).toBe("400 InvalidRequestException invalid_request");
    }
  });

  test("refuses a grant that it does not know", async () => {
    const lab = await startTestLab({ wrongRequests: true });
    const body = { ...(await register(lab)), grantType: "password" };
    expect(outcome(await post(lab, "/token", body))).toBe(
      "400 UnsupportedGrantTypeException unsupported_grant_type",
    );
  });

  test("refuses unknown clients, wrong secrets and expired registrations with 401", async () => {
    const clock = new FakeClock();
    const lab = await startTestLab({ clock });
    const keys = await register(lab);
    const expected = "401 InvalidClientException invalid_client";
    expect(outcome(await refresh(lab, { ...keys, clientSecret: "wrong" }, "x"))).toBe(expected);
    expect(outcome(await refresh(lab, { ...keys, clientId: "wrong" }, "x"))).toBe(expected);
    expect(outcome(await refresh(lab, keys, "x"))).toContain("invalid_grant");
    await clock.advance(90 * 24 * HOUR);
    expect(outcome(await refresh(lab, keys, "x"))).toBe(expected);
  });

  test("is logged with grant and client, without a secret", async () => {
    const lab = await startTestLab();
    const token = await signIn(lab);
    expect(requestsOf(lab, "CreateToken")).toMatchObject([
      { service: "oidc", status: 200, grantType: DEVICE_CODE, clientName: "test" },
    ]);
    const log = JSON.stringify(lab.requests);
    for (const secret of [token.accessToken, token.refreshToken, token.keys.clientSecret]) {
      expect(log).not.toContain(String(secret));
    }
  });
});
