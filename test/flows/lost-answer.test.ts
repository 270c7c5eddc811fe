import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { usableToken } from "../../src/flows/usable-token.ts";
import { main } from "../../src/main.ts";
import { SessionMarks } from "../../src/state/session-marks.ts";
import { fingerprintOf } from "../../src/system/files/fingerprint.ts";
import { thisProcess } from "../../src/system/files/process-identity.ts";
import { signInAsAwsCli, startScene } from "../helpers/context.ts";
import { requestsOf } from "../helpers/lab.ts";
import { root } from "../helpers/program.ts";

const MINUTE = 60_000;

/** A token that another process, which lives, asked to renew; so many minutes ago it was made. */
async function askedByAnother(minutesAgo: number) {
  const scene = await startScene();
  const { clock, context, lab, session } = scene;
  const { file, token } = await signInAsAwsCli(lab, context);
  await clock.advance(minutesAgo * MINUTE);
  const asker = spawn("sleep", ["600"]);
  onTestFinished(() => void asker.kill("SIGKILL"));
  new SessionMarks(context.paths.state, file).ask(fingerprintOf(file) ?? "");
  const mark = path.join(context.paths.state, "sessions", path.basename(file));
  const text = JSON.parse(readFileSync(mark, "utf8"));
  writeFileSync(mark, JSON.stringify({ ...text, asker: identityOf(asker) }));
  return {
    ...scene,
    asker,
    token,
    use: () => clock.run(usableToken(session, context)),
    asked: () =>
      requestsOf(lab, "CreateToken").filter(({ grantType }) => grantType === "refresh_token"),
  };
}

function identityOf({ pid = 0 }: ChildProcess) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const startTime = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return { ...thisProcess(), pid, startTime };
}

describe("the answer that another process waits for", () => {
  it("is waited for as long as a lock, and told, while its process lives", async () => {
    const { asker, asked, clock, context, use } = await askedByAnother(61);
    const begun = clock.now();
    await expect(use()).rejects.toMatchObject({
      code: "FileLocked",
      message: `Process ${asker.pid} is renewing acme and does not go on: it may be stopped.`,
      hint: `kill -CONT ${asker.pid}`,
    });
    expect(clock.now() - begun).toBeGreaterThanOrEqual(45_000);
    expect(clock.now() - begun).toBeLessThan(46_000);
    expect(asked()).toEqual([]);
    expect(context.terminal.stderr).toBe(`Waiting for process ${asker.pid}, which renews acme …\n`);
  });

  it("is not waited for as long where the token is good meanwhile", async () => {
    const { asked, clock, token, use } = await askedByAnother(50);
    const begun = clock.now();
    expect((await use())?.token.accessToken).toBe(token["accessToken"]);
    expect(clock.now() - begun).toBeLessThan(6_000);
    expect(asked()).toEqual([]);
  });

  it("is not waited for when its process has ended: the token is asked for", async () => {
    const { asker, asked, token, use } = await askedByAnother(61);
    asker.kill("SIGKILL");
    await once(asker, "close");
    expect((await use())?.token.accessToken).not.toBe(token["accessToken"]);
    expect(asked()).toHaveLength(1);
  });

  it("is told when it was lost, until somebody signs in", async () => {
    const { asker, context, clock, lab, relay } = await askedByAnother(61);
    asker.kill("SIGKILL");
    await once(asker, "close");
    relay.relaying = async () => ({
      status: 400,
      headers: { "content-type": "application/json" },
      body: '{"error":"invalid_grant"}',
    });
    const words = ["accounts", "--json"];
    for (let time = 0; time < 2; time += 1)
      expect(await clock.run(main(words, root, context))).toBe(3);
    const told =
      /^(ssox: error LoginRequired: .* refresh token was used, but the answer was lost .*\n){2}$/;
    expect(context.terminal.stderr).toMatch(told);
    relay.relaying = (_request, pass) => pass();
    await signInAsAwsCli(lab, context);
    expect(await clock.run(main(words, root, context))).toBe(0);
  });
});

describe("an answer that the network lost", () => {
  it.each([
    ["within one call", 1],
    ["with a call that failed", 3],
  ])("%s is told as lost, and as no end of the session", async (_when, times) => {
    const { clock, context, lab } = await startScene();
    const { file } = await signInAsAwsCli(lab, context);
    new SessionMarks(context.paths.state, file).signedIn(fingerprintOf(file) ?? "", clock.now());
    await clock.advance(61 * MINUTE);
    lab.fault({ kind: "lost", operation: "CreateToken", count: times });
    const words = ["accounts", "--json"];
    if (times > 1) expect(await clock.run(main(words, root, context))).toBe(5);
    expect(await clock.run(main(words, root, context))).toBe(3);
    expect(context.terminal.stderr).toContain("refresh token was used, but the answer was lost");
    expect(new SessionMarks(context.paths.state, file).read()).toMatchObject({
      refused: true,
      learnedLength: undefined,
    });
  });

  it.each([
    ["cut", { kind: "cut", close: false }],
    ["cut with its connection", { kind: "cut", close: true }],
    ["empty", { kind: "empty" }],
  ] as const)("came as one that is %s", async (_how, fault) => {
    const { clock, context, lab } = await startScene();
    const { file } = await signInAsAwsCli(lab, context);
    new SessionMarks(context.paths.state, file).signedIn(fingerprintOf(file) ?? "", clock.now());
    await clock.advance(61 * MINUTE);
    lab.fault({ ...fault, operation: "CreateToken" });
    const words = ["accounts", "--json"];
    const status = await clock.run(main(words, root, context));
    // A connection that ended is asked again by the SDK, within the same call.
    expect(status).toBe("close" in fault && fault.close ? 3 : 5);
    expect(await clock.run(main(words, root, context))).toBe(3);
    expect(context.terminal.stderr).toContain("refresh token was used, but the answer was lost");
    expect(new SessionMarks(context.paths.state, file).read()).toMatchObject({
      refused: true,
      learnedLength: undefined,
    });
  });

  it("is none where another than AWS answered", async () => {
    const { clock, context, lab } = await startScene();
    const { file } = await signInAsAwsCli(lab, context);
    await clock.advance(61 * MINUTE);
    lab.fault({ kind: "html", status: 200, operation: "CreateToken" });
    expect(await clock.run(main(["accounts"], root, context))).toBe(5);
    expect(new SessionMarks(context.paths.state, file).read()?.unanswered).toBe(false);
  });

  it("is none where nothing was sent", async () => {
    const env = { AWS_ENDPOINT_URL_SSO_OIDC: "http://127.0.0.1:1" };
    const { clock, context, lab } = await startScene({ env });
    const { file } = await signInAsAwsCli(lab, context);
    await clock.advance(61 * MINUTE);
    expect(await clock.run(main(["accounts"], root, context))).toBe(5);
    expect(new SessionMarks(context.paths.state, file).read()?.unanswered).toBe(false);
  });
});
