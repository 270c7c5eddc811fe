import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, inject, onTestFinished, type TestContext, test } from "vitest";
import { openTab } from "../helpers/chromium.ts";
import { SIGN_IN_ORIGIN, startConnectProxy } from "../helpers/connect-proxy.ts";
import { homeEnvironment, sha1, temporaryHome } from "../helpers/context.ts";
import { awsConfigFor, startTestLab } from "../helpers/lab.ts";
import { node, root, runSsox } from "../helpers/program.ts";
import { requireOrSkip, runWitness } from "../helpers/witness.ts";
import { headingOf, tabTo } from "./keyboard.ts";

/*
 * A company's network: all there is behind a proxy that ends TLS with an
 * authority of its own. ssox, the AWS CLI and the browser know AWS by its own
 * host names, and no AWS_ENDPOINT_URL is set.
 */

const DECISIONS = ["Allow", "Deny"] as const;
const HEADINGS = {
  pkce: { Allow: "Signed in", Deny: "Not signed in" },
  device: { Allow: "Request approved", Deny: "Request denied" },
};

describe("a sign-in in Chromium through a proxy with an authority of its own", () => {
  const cases = (["pkce", "device"] as const).flatMap((flow) =>
    DECISIONS.map((decision) => [flow, decision] as const),
  );

  test.for(cases)("ssox, %s: %s", async ([flow, decision], context) => {
    const desk = await start(context);
    const login = desk.ssoxUnderWay(["login", "--no-browser", "--flow", flow]);
    const page = await decide(desk, login, decision, context);
    expect(page).toBe(HEADINGS[flow][decision]);

    const end = await login.end;
    expect(end.status, end.told).toBe(decision === "Allow" ? 0 : 3);
    expect(end.told).toContain(decision === "Allow" ? "Signed in to acme" : "error LoginDenied");
    expect(existsSync(desk.tokenFile)).toBe(decision === "Allow");
    // The AWS CLI thinks the same of what ssox left.
    const witness = await desk.aws(["sts", "get-caller-identity", "--profile", "dev"]);
    expect(witness.code === 0, witness.stderr).toBe(decision === "Allow");
    if (decision === "Deny") return;
    const whoami = await desk.ssox(["whoami", "--profile", "dev", "--json"]);
    expect(JSON.parse(whoami.stdout)).toMatchObject({ arn: JSON.parse(witness.stdout).Arn });
  });

  test.for(DECISIONS)("the AWS CLI at the same place: %s", async (decision, context) => {
    const desk = await start(context);
    const login = desk.awsUnderWay(["sso", "login", "--profile", "dev", "--no-browser"]);
    const page = await decide(desk, login, decision, context);
    expect(page).toBe(HEADINGS.device[decision]);

    const end = await login.end;
    expect(end.status === 0, end.told).toBe(decision === "Allow");
    expect(existsSync(desk.tokenFile)).toBe(decision === "Allow");
    // And ssox of what the AWS CLI left.
    const whoami = await desk.ssox(["whoami", "--profile", "dev"]);
    expect(whoami.status, whoami.stderr).toBe(decision === "Allow" ? 0 : 3);
  });
});

/** Opens the page that the program names, and answers it. @returns the heading of the last page */
async function decide(
  { proxy, lab }: Desk,
  login: UnderWay,
  decision: (typeof DECISIONS)[number],
  context: TestContext,
): Promise<string> {
  const tab = await openTab(context, { proxy });
  const page = await login.said(new RegExp(`${SIGN_IN_ORIGIN}/\\S+`));
  await tab.goto(page);
  if (page.endsWith("/device")) {
    await tabTo(tab, "user_code");
    await tab.type(await login.said(/\b[A-Z]{4}-[A-Z]{4}\b/));
    await tab.leaving(() => tab.press("Enter"));
  }
  await tabTo(tab, decision);
  await tab.leaving(() => tab.press("Enter"));
  expect(tab.complaints).toEqual([]);
  expect(tab.requested.filter((url) => url.startsWith(lab.url))).toEqual([]);
  return await headingOf(tab);
}

type Desk = Awaited<ReturnType<typeof start>>;

/** A home whose only way out is the proxy. */
async function start(context: TestContext) {
  const { program } = requireOrSkip(inject("witnesses")["AWS CLI v2"], "AWS CLI v2", context);
  const lab = await startTestLab({ approve: "page" });
  const proxy = await startConnectProxy(lab);
  const [account] = lab.organisation.accounts;
  if (account === undefined) throw new Error("the organisation has no account");
  const dev = { name: "dev", accountId: account.id, roleName: "ReadOnlyAccess" };
  const home = temporaryHome();
  mkdirSync(path.join(home, ".aws"));
  writeFileSync(path.join(home, ".aws", "config"), awsConfigFor(lab, [dev]));
  const env = { ...homeEnvironment(home), ...proxy.environment, PYTHONUNBUFFERED: "1" };
  return {
    lab,
    proxy,
    tokenFile: path.join(home, ".aws", "sso", "cache", `${sha1("acme")}.json`),
    ssox: (words: readonly string[]) => runSsox(words, { env }),
    aws: (words: readonly string[]) => runWitness(program, words, { ...env, AWS_PAGER: "" }),
    ssoxUnderWay: (words: readonly string[]) =>
      startProgram(node(), [path.join(root, "bin", "ssox.js"), ...words], env),
    awsUnderWay: (words: readonly string[]) => startProgram(program, words, env),
  };
}

/** A program that waits for its user. */
interface UnderWay {
  /** Waits until it has written that, on stdout or stderr. */
  said(pattern: RegExp): Promise<string>;
  readonly end: Promise<{ readonly status: number | null; readonly told: string }>;
}

function startProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): UnderWay {
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let told = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      told += text;
    });
  }
  const end = new Promise<{ status: number | null; told: string }>((resolve) => {
    child.on("close", (status) => resolve({ status, told }));
  });
  return {
    end,
    async said(pattern) {
      await expect.poll(() => told, { timeout: 30_000 }).toMatch(pattern);
      return pattern.exec(told)?.[0] ?? "";
    },
  };
}
