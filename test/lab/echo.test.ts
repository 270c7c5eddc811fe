import { describe, expect, test } from "vitest";
import type { Fault } from "../../src/lab/faults/fault.ts";
import { startTestLab } from "../helpers/lab.ts";
import { outcome, portal, post, refresh, signIn } from "./client.ts";

const ACCOUNTS = "/assignment/accounts";
const ECHO = { kind: "echo", status: 400, place: "message" } as const satisfies Fault;

describe("echo repeats the request's secrets, and the request has no effect", () => {
  test("in the words of OIDC", async () => {
    const lab = await startTestLab();
    const { keys, refreshToken } = await signIn(lab);
    lab.fault({ ...ECHO, operation: "CreateToken" });
    lab.fault({ ...ECHO, operation: "CreateToken", status: 401, error: "invalid_client" });
    lab.fault({ ...ECHO, operation: "CreateToken", place: "name" });
    const plain = await refresh(lab, keys, refreshToken);
    expect(outcome(plain)).toBe("400 ok invalid_request");
    expect(plain.body["error_description"]).toContain(refreshToken);
    expect(plain.body["error_description"]).toContain(keys.clientSecret);
    expect(outcome(await refresh(lab, keys, refreshToken))).toBe("401 ok invalid_client");
    expect((await refresh(lab, keys, refreshToken)).body["error"]).toMatch(
      new RegExp(`^${refreshToken} `),
    );
    expect((await refresh(lab, keys, refreshToken)).status).toBe(200);
  });

  test("in the words of the portal, and in a page", async () => {
    const lab = await startTestLab();
    const { accessToken } = await signIn(lab);
    lab.fault({ ...ECHO, operation: "ListAccounts", status: 403, error: "ForbiddenException" });
    lab.fault({ ...ECHO, operation: "ListAccounts", place: "page" });
    const { status, body } = await portal(lab, ACCOUNTS, accessToken);
    expect([status, body["__type"]]).toEqual([403, "ForbiddenException"]);
    expect(body["message"]).toContain(accessToken);
    const headers = { "x-amz-sso_bearer_token": String(accessToken) };
    const page = await fetch(lab.url + ACCOUNTS, { headers });
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(await page.text()).toContain(accessToken);
  });

  test("in the words of STS", async () => {
    const lab = await startTestLab();
    lab.fault({ ...ECHO, operation: "GetCallerIdentity", place: "name" });
    const body = new URLSearchParams({ Action: "GetCallerIdentity", Version: "2011-06-15" });
    const headers = { "x-amz-security-token": "the session token" };
    const answer = await fetch(lab.url, { method: "POST", body, headers });
    expect(await answer.text()).toContain("<Code>the session token</Code>");
  });
});

test("the lab tells every secret that it gave out, and the verifiers that it was shown", async () => {
  const lab = await startTestLab();
  const { keys, accessToken, refreshToken } = await signIn(lab);
  const account = lab.organisation.accounts[0];
  const query = `account_id=${account?.id}&role_name=${account?.roles[0]?.name}`;
  const { body } = await portal(lab, `/federation/credentials?${query}`, accessToken);
  lab.fault({ kind: "status", status: 500, operation: "CreateToken" });
  await post(lab, "/token", { ...keys, codeVerifier: "the verifier" });
  const { secretAccessKey, sessionToken } = Object(body["roleCredentials"]);
  const answer = await fetch(`${lab.url}/lab/secrets`);
  expect(await answer.json()).toEqual({ secrets: lab.secrets() });
  expect(lab.secrets()).toEqual([
    { kind: "clientSecret", value: keys.clientSecret },
    { kind: "deviceCode", value: expect.any(String) },
    { kind: "accessToken", value: accessToken },
    { kind: "refreshToken", value: refreshToken },
    { kind: "secretAccessKey", value: secretAccessKey },
    { kind: "sessionToken", value: sessionToken },
    { kind: "codeVerifier", value: "the verifier" },
  ]);
});
