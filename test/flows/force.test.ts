import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { type LoginInput, login } from "../../src/flows/login.ts";
import { usableToken } from "../../src/flows/usable-token.ts";
import { forbiddenBrowser, userBrowser } from "../helpers/browser.ts";
import { filesBelow, signInAsAwsCli, startScene } from "../helpers/context.ts";
import { requestsOf } from "../helpers/lab.ts";
import { NO_FLAGS } from "../helpers/login-input.ts";

const HOUR = 3_600_000;
const INPUT: LoginInput = {
  ...NO_FLAGS,
  session: "acme",
  flow: "device",
  noBrowser: true,
  force: true,
};

describe("login --force keeps the session that is there", () => {
  it("where the port of the redirect is taken", async () => {
    const { force, expectKept } = await signedIn();
    const port = await takenPort();
    await expect(force({ flow: "pkce", callbackPort: port })).rejects.toMatchObject({
      code: "Usage",
    });
    await expectKept();
  });

  it.each(["ssox_login_flow = foo", "ssox_callback_port = abc"])(
    "where the section has %s",
    async (line) => {
      const { context, force, expectKept } = await signedIn();
      const { configFile } = context.paths;
      writeFileSync(configFile, `${readFileSync(configFile, "utf8")}${line}\n`);
      await expect(force({ flow: undefined })).rejects.toMatchObject({ code: "ConfigInvalid" });
      await expectKept();
    },
  );

  it.each([
    ["device", "RegisterClient"],
    ["device", "StartDeviceAuthorization"],
    ["pkce", "RegisterClient"],
  ] as const)("where %s fails at %s", async (flow, operation) => {
    const { lab, force, expectKept } = await signedIn();
    lab.fault({ kind: "status", status: 503, operation, count: 3 });
    await expect(force({ flow })).rejects.toMatchObject({ code: "ServiceUnavailable" });
    await expectKept();
  });

  it("where nobody answers at the endpoint of the sign-in", async () => {
    const { context, force, expectKept } = await signedIn();
    const env = { ...context.env, AWS_ENDPOINT_URL_SSO_OIDC: "http://127.0.0.1:1" };
    await expect(force({}, { ...context, env })).rejects.toMatchObject({ code: "NetworkError" });
    await expectKept();
  });

  it("where the sign-in page is none of AWS's", async () => {
    const { relay, force, expectKept } = await signedIn();
    relay.relaying = async ({ path }, pass) => {
      const answer = await pass();
      if (path !== "/device_authorization") return answer;
      const verificationUri = "https://device.example.com/";
      return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), verificationUri }) };
    };
    await expect(force()).rejects.toMatchObject({ code: "LoginDenied" });
    relay.relaying = (_request, pass) => pass();
    await expectKept();
  });
});

it.each(["device", "pkce"] as const)(
  "login --force has ended the session before anybody can finish the next one by %s",
  async (flow) => {
    const ended: number[] = [];
    const browser = userBrowser({ first: async () => void ended.push(logouts().length) });
    const { clock, context, lab, session, force } = await signedIn(browser);
    const logouts = () => requestsOf(lab, "Logout");
    // As AWS: who is signed in already gets another token of the same session.
    lab.configure({ reuseSessions: true });
    await clock.advance(6 * HOUR);
    const signing = force({ flow, noBrowser: false });
    // A redirect comes without a wait; the clock would run past the time that it may take.
    const result = flow === "device" ? await clock.run(signing) : await signing;
    expect(result).toMatchObject({ signedIn: true });
    expect(ended).toEqual([1]);
    expect(logouts()).toHaveLength(1);
    await clock.advance(7 * HOUR);
    expect(await clock.run(usableToken(session, context))).toBeDefined();
  },
);

async function signedIn(browser = forbiddenBrowser()) {
  const scene = await startScene({ browser });
  const { context, lab, session } = scene;
  await signInAsAwsCli(lab, context);
  lab.configure({ approve: "page" });
  const before = filesBelow(context.paths.tokenCache);
  return {
    ...scene,
    force: (input: Partial<LoginInput> = {}, of = context) => login({ ...INPUT, ...input }, of),
    async expectKept() {
      expect(requestsOf(lab, "Logout")).toEqual([]);
      expect(filesBelow(context.paths.tokenCache)).toEqual(before);
      expect(await usableToken(session, context)).toBeDefined();
    },
  };
}

async function takenPort(): Promise<number> {
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
