import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Lab } from "../../src/lab/lab.ts";
import { FakeClock } from "../helpers/clock.ts";
import { requestsOf, startTestLab } from "../helpers/lab.ts";
import { portal, signIn } from "./client.ts";

const HOME = "https://eu-west-1.console.aws.amazon.com/console/home?region=eu-west-1#a";

interface Session {
  readonly sessionId: string;
  readonly sessionKey: string;
  readonly sessionToken: string;
}

describe("getSigninToken", () => {
  test("gives a token for a role's credentials, which signs in once", async () => {
    const { lab, session } = await start();
    const { status, token } = await getToken(lab, session);
    expect(status).toBe(200);
    expect(lab.secrets()).toContainEqual({ kind: "signinToken", value: token });
    const page = await login(lab, token);
    expect(page.status).toBe(200);
    const text = await page.text();
    for (const part of [
      "105992674944",
      "AWSReservedSSO_ReadOnlyAccess_",
      "/ada@example.com",
      HOME,
    ]) {
      expect(text.replaceAll("&#38;", "&")).toContain(part);
    }
    expect(text).not.toContain(token);
    expect((await login(lab, token)).status).toBe(400);
    expect(requestsOf(lab, "GetSigninToken")).toMatchObject([
      { service: "signin", status: 200, accountId: "105992674944" },
    ]);
  });

  test("the token waits for fifteen minutes", async () => {
    const { lab, clock, session } = await start();
    const [first, second] = [await getToken(lab, session), await getToken(lab, session)];
    await clock.advance(899_000);
    expect((await login(lab, first.token)).status).toBe(200);
    await clock.advance(1_000);
    expect((await login(lab, second.token)).status).toBe(400);
  });

  test("refuses credentials that are not the lab's, or have ended, and a user's own keys", async () => {
    const { lab, clock, session } = await start();
    const keys = lab.userKeys({ accountId: "105992674944", name: "bob" });
    const long = { sessionId: keys.accessKeyId, sessionKey: keys.secretAccessKey };
    for (const other of [
      { ...session, sessionId: "ASIAAAAAAAAAAAAAAAAA" },
      { ...session, sessionKey: "other" },
      { ...session, sessionToken: "other" },
      { ...long, sessionToken: "" },
    ]) {
      expect((await getToken(lab, other)).status).toBe(400);
    }
    await clock.advance(3_600_000);
    expect((await getToken(lab, session)).status).toBe(400);
  });

  test("refuses what lacks something, and whatever is neither of the two", async () => {
    const { lab, session } = await start({ wrongRequests: true });
    const { sessionToken: _, ...less } = session;
    for (const text of [JSON.stringify(less), JSON.stringify({ ...session, more: 1 }), "{", ""]) {
      expect((await ask(lab, { Action: "getSigninToken", Session: text })).status).toBe(400);
    }
    expect((await ask(lab, { Action: "x", Session: JSON.stringify(session) })).status).toBe(400);
    expect((await ask(lab, {})).status).toBe(400);
  });

  test("takes SessionDuration for a role that a user has assumed, and for no other", async () => {
    const { lab, session } = await start({ wrongRequests: true });
    const keys = lab.userKeys({ accountId: "105992674944", name: "bob" });
    const [byUser, byRole] = [await assume(lab, keys), await assume(lab, credentialsOf(session))];
    const statuses: number[] = [];
    for (const [of, SessionDuration] of [
      [byUser, "43200"],
      [byUser, "899"],
      [byUser, "43201"],
      [byUser, "x"],
      [byRole, "3600"],
      [session, "3600"],
    ] as const) {
      statuses.push((await getToken(lab, of, { SessionDuration })).status);
    }
    expect(statuses).toEqual([200, 400, 400, 400, 400, 400]);
    expect((await getToken(lab, byRole)).status).toBe(200);
  });
});

test.each([
  "https://evil.example/",
  "https://console.aws.amazon.com.evil.example/",
  "https://console.aws.amazon.com@evil.example/",
  "http://console.aws.amazon.com/",
  "javascript:alert(1)",
  "",
])("a login leads to no other place than the console: %j", async (destination) => {
  const { lab, session } = await start({ wrongRequests: true });
  const { token } = await getToken(lab, session);
  expect((await login(lab, token, destination)).status).toBe(400);
  expect((await login(lab, token)).status, "it did not use the token up").toBe(200);
});

async function start(options: { readonly wrongRequests?: boolean } = {}) {
  const clock = new FakeClock();
  const lab = await startTestLab({ clock, ...options });
  const { accessToken } = await signIn(lab);
  const path = "/federation/credentials?role_name=ReadOnlyAccess&account_id=105992674944";
  const issued = Object((await portal(lab, path, accessToken)).body["roleCredentials"]);
  return { lab, clock, session: sessionFrom(issued) };
}

function sessionFrom(issued: {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}): Session {
  const { accessKeyId: sessionId, secretAccessKey: sessionKey, sessionToken } = issued;
  return { sessionId, sessionKey, sessionToken };
}

function credentialsOf({ sessionId, sessionKey, sessionToken }: Session) {
  return { accessKeyId: sessionId, secretAccessKey: sessionKey, sessionToken };
}

async function assume(
  lab: Lab,
  credentials: { readonly accessKeyId: string; readonly secretAccessKey: string },
): Promise<Session> {
  // Its clock is not the lab's.
  const systemClockOffset = lab.requests.at(-1)?.time ?? Date.now();
  const sts = new STSClient({
    endpoint: lab.url,
    region: "eu-west-1",
    credentials,
    systemClockOffset: systemClockOffset - Date.now(),
  });
  onTestFinished(() => sts.destroy());
  const RoleArn = "arn:aws:iam::105992674944:role/Gate";
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "me" }));
  return sessionFrom({
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  });
}

async function ask(lab: Lab, query: Record<string, string>): Promise<Response> {
  return await fetch(`${lab.url}/federation?${new URLSearchParams(query)}`);
}

async function getToken(lab: Lab, session: Session, more: Record<string, string> = {}) {
  const Session = JSON.stringify(session);
  const answer = await ask(lab, { Action: "getSigninToken", Session, ...more });
  const text = await answer.text();
  const token = answer.ok ? String(JSON.parse(text).SigninToken) : "";
  return { status: answer.status, token };
}

async function login(lab: Lab, SigninToken: string, Destination = HOME): Promise<Response> {
  return await ask(lab, { Action: "login", Issuer: "ssox", Destination, SigninToken });
}
