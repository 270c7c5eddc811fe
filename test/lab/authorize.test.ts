import { describe, expect, test } from "vitest";
import type { Lab } from "../../src/lab/lab.ts";
import { FakeClock } from "../helpers/clock.ts";
import { startTestLab } from "../helpers/lab.ts";
import {
  authorizeUrl,
  type Keys,
  locationOf,
  newPkce,
  outcome,
  type Pkce,
  portal,
  post,
  register,
  registerForCode,
} from "./client.ts";

const CALLBACK = "http://127.0.0.1:43210/oauth/callback";

async function codeFor(lab: Lab, keys: Keys, pkce: Pkce): Promise<string> {
  const location = await locationOf(authorizeUrl(lab, keys, pkce));
  return location?.searchParams.get("code") ?? "no code";
}

function exchange(lab: Lab, keys: Keys, code: string, pkce: Pkce, redirectUri = CALLBACK) {
  const grantType = "authorization_code";
  return post(lab, "/token", {
    ...keys,
    grantType,
    code,
    redirectUri,
    codeVerifier: pkce.verifier,
  });
}

describe("/authorize", () => {
  test("redirects to any port of the registered loopback address, with code and state", async () => {
    const lab = await startTestLab();
    const keys = await registerForCode(lab);
    const pkce = newPkce();
    const location = await locationOf(authorizeUrl(lab, keys, pkce));
    expect(location?.origin).toBe("http://127.0.0.1:43210");
    expect(location?.pathname).toBe("/oauth/callback");
    expect(location?.searchParams.get("state")).toBe("the state");
    const code = location?.searchParams.get("code") ?? "";
    const { body } = await exchange(lab, keys, code, pkce);
    expect(body).toMatchObject({ expiresIn: 3600, refreshToken: expect.any(String) });
    expect((await portal(lab, "/assignment/accounts", body["accessToken"])).status).toBe(200);
  });

  test.each([
    { client_id: "unknown" },
    { client_id: undefined },
    { redirect_uri: undefined },
    { redirect_uri: "http://127.0.0.1:43210/other" },
    { redirect_uri: "http://127.0.0.1:99999/oauth/callback" },
    { redirect_uri: "http://localhost:43210/oauth/callback" },
    { redirect_uri: "http://127.0.0.1:43210/oauth/callback?x=1" },
    { redirect_uri: "http://127.0.0.1@evil.example/oauth/callback" },
    { redirect_uri: "https://127.0.0.1:43210/oauth/callback" },
  ])("never redirects for %j", async (changed) => {
    const lab = await startTestLab();
    const url = authorizeUrl(lab, await registerForCode(lab), newPkce(), changed);
    const response = await fetch(url, { redirect: "manual" });
    expect(response.status).toBe(400);
    expect(response.headers.get("location")).toBeNull();
  });

  test.each([
    [{ response_type: "token" }, "unsupported_response_type"],
    [{ code_challenge_method: "plain" }, "invalid_request"],
    [{ code_challenge_method: undefined }, "invalid_request"],
    [{ code_challenge: undefined }, "invalid_request"],
    [{ code_challenge: `${"a".repeat(43)}=` }, "invalid_request"],
    [{ scopes: "sso:account:access admin:all" }, "invalid_scope"],
  ])("sends the error for %j back, with the state", async (changed, error) => {
    const lab = await startTestLab();
    const keys = await registerForCode(lab);
    const location = await locationOf(authorizeUrl(lab, keys, newPkce(), changed));
    expect(Object.fromEntries(location?.searchParams ?? [])).toEqual({ error, state: "the state" });
  });

  test("refuses a client that registered other grants only", async () => {
    const lab = await startTestLab();
    const keys = await register(lab, {
      grantTypes: ["refresh_token"],
      redirectUris: ["http://127.0.0.1/oauth/callback"],
    });
    const location = await locationOf(authorizeUrl(lab, keys, newPkce()));
    expect(location?.searchParams.get("error")).toBe("unauthorized_client");
  });

  test("deny: access_denied", async () => {
    const lab = await startTestLab({ approve: "deny" });
    const location = await locationOf(authorizeUrl(lab, await registerForCode(lab), newPkce()));
    expect(Object.fromEntries(location?.searchParams ?? [])).toEqual({
      error: "access_denied",
      state: "the state",
    });
  });

  test("never: nothing comes back", async () => {
    const lab = await startTestLab({ approve: "never" });
    const url = authorizeUrl(lab, await registerForCode(lab), newPkce());
    expect(await locationOf(url)).toBeUndefined();
  });
});

describe("CreateToken for an authorization code", () => {
  const refused = "400 InvalidGrantException invalid_grant";

  test("works once", async () => {
    const lab = await startTestLab();
    const [keys, pkce] = [await registerForCode(lab), newPkce()];
    const code = await codeFor(lab, keys, pkce);
    expect(outcome(await exchange(lab, keys, code, pkce))).toBe("200 ok");
    expect(outcome(await exchange(lab, keys, code, pkce))).toBe(refused);
  });

  test("6 · needs the right verifier, client and redirect URI", async () => {
    const lab = await startTestLab();
    const [keys, pkce] = [await registerForCode(lab), newPkce()];
    const code = await codeFor(lab, keys, pkce);
    expect(outcome(await exchange(lab, keys, code, newPkce()))).toBe(refused);
    expect(outcome(await exchange(lab, await registerForCode(lab), code, pkce))).toBe(refused);
    const otherPort = "http://127.0.0.1:43211/oauth/callback";
    expect(outcome(await exchange(lab, keys, code, pkce, otherPort))).toBe(refused);
    expect(outcome(await exchange(lab, keys, "made up", pkce))).toBe(refused);
    expect(outcome(await exchange(lab, keys, code, pkce))).toBe("200 ok");
  });

  test("expires", async () => {
    const clock = new FakeClock();
    const lab = await startTestLab({ clock, lifetimes: { authorizationCode: 30 } });
    const [keys, pkce] = [await registerForCode(lab), newPkce()];
    const code = await codeFor(lab, keys, pkce);
    await clock.advance(30_000);
    expect(outcome(await exchange(lab, keys, code, pkce))).toBe(refused);
  });
});
