import { appendFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Fault } from "../../src/lab/faults/fault.ts";
import { main } from "../../src/main.ts";
import { userBrowser } from "../helpers/browser.ts";
import { signInAsAwsCli, startScene } from "../helpers/context.ts";
import { root } from "../helpers/program.ts";
import { SecretSearch } from "../helpers/search.ts";

/*
 * What a service, or a proxy in its place, answers may hold the secrets that it
 * was sent: none of them may show, whatever fails and however.
 */

const ACCOUNT = "111122223333";
const ROLE = ["--account", ACCOUNT, "--role", "ReadOnlyAccess"];
const PKCE = ["login", "--flow", "pkce", "--timeout", "3"];
const DEVICE = ["login", "--flow", "device", "--no-browser", "--timeout", "3"];

const CONFIGURE = ["configure", "--session", "acme"];
/** Another region: whether AWS knows the start URL there is asked. No to what comes then, and no more. */
const GUIDED = ["Enter", "us-east-1", false, "Ctrl-C"];

/** What the session's token is like before the command. */
type Before = "signed out" | "signed in" | "expired";

const COMMANDS: readonly [operation: string, before: Before, argv: readonly string[]][] = [
  ["RegisterClient", "signed out", PKCE],
  ["RegisterClient", "signed out", DEVICE],
  ["StartDeviceAuthorization", "signed out", DEVICE],
  ["RegisterClient", "signed out", CONFIGURE],
  ["StartDeviceAuthorization", "signed out", CONFIGURE],
  ["CreateToken", "signed out", PKCE],
  ["CreateToken", "signed out", DEVICE],
  ["CreateToken", "expired", ["accounts", "--refresh"]],
  ["ListAccounts", "signed in", ["accounts", "--refresh"]],
  ["ListAccountRoles", "signed in", ["roles", "--refresh", "--json"]],
  ["ListAccountRoles", "signed in", ["sync-profiles"]],
  ["GetRoleCredentials", "signed in", ["credential-process", ...ROLE]],
  ["GetRoleCredentials", "signed in", ["env", ...ROLE]],
  ["GetRoleCredentials", "signed in", ["exec", ...ROLE, "--", "true"]],
  ["GetRoleCredentials", "signed in", ["exec", ...ROLE, "--mode", "env", "--", "true"]],
  ["GetCallerIdentity", "signed in", ["whoami", ...ROLE, "--json"]],
  ["ListAccounts", "signed in", ["doctor", "--online"]],
  ["GetRoleCredentials", "signed in", ["doctor", "--online", "--profile", "source"]],
  ["GetCallerIdentity", "signed in", ["doctor", "--online", "--json"]],
  ["CreateToken", "expired", ["doctor", "--online"]],
  ["AssumeRole", "signed in", ["credential-process", "--profile", "chain"]],
  ["AssumeRole", "signed in", ["exec", "--profile", "chain", "--", "true"]],
  ["GetSigninToken", "signed in", ["console", "--federation", "--print", ...ROLE]],
  ["GetSigninToken", "signed in", ["console", "--federation", "chain"]],
  ["GetRoleCredentials", "signed in", ["console", "--federation", "--print", ...ROLE, "--json"]],
  ["Logout", "signed in", ["logout"]],
  ["Logout", "signed in", ["logout", "--all", "--json"]],
  ["Logout", "signed in", [...DEVICE, "--force"]],
];

const ECHOES = [400, 401, 403, 404, 429, 500, 503].flatMap((status) =>
  (["message", "name", "page"] as const).map((place): Fault => ({ kind: "echo", status, place })),
);
/** OAuth's errors with an outcome of their own. */
const OAUTH = [
  "access_denied",
  "expired_token",
  "invalid_client",
  "invalid_grant",
  "slow_down",
  "unauthorized_client",
].map((error): Fault => ({ kind: "echo", status: 400, place: "message", error }));
const OTHERS: readonly Fault[] = [
  { kind: "reset" },
  { kind: "lost" },
  { kind: "empty" },
  { kind: "nulls" },
  { kind: "status", status: 500 },
  { kind: "html", status: 200 },
  { kind: "cut", close: false },
  { kind: "cut", close: true },
];

it.each(COMMANDS)(
  "no secret shows when %s fails (%s): ssox %j",
  async (operation, before, argv) => {
    const faults = [...ECHOES, ...(operation === "CreateToken" ? OAUTH : []), ...OTHERS];
    const findings: string[] = [];
    // Each run waits for its own retries most of the time.
    for (let at = 0; at < faults.length; at += 5) {
      const runs = faults.slice(at, at + 5).map(async (fault) => {
        const found = await findingsUnder({ ...fault, operation }, before, argv);
        findings.push(...found.map((one) => `${JSON.stringify(fault)}: ${one}`));
      });
      await Promise.all(runs);
    }
    expect(findings).toEqual([]);
  },
  180_000,
);

async function findingsUnder(
  fault: Fault,
  before: Before,
  argv: readonly string[],
): Promise<string[]> {
  const organisation = {
    users: [{ name: "ada" }],
    accounts: [{ id: ACCOUNT, name: "sandbox", roles: [{ name: "ReadOnlyAccess" }] }],
  };
  const { clock, lab, context } = await startScene({
    browser: userBrowser(),
    lab: { organisation },
    terminal: argv === CONFIGURE ? { interactive: true, answers: GUIDED } : {},
    profiles: [{ name: "source", accountId: ACCOUNT, roleName: "ReadOnlyAccess" }],
  });
  const chain = `[profile chain]\nrole_arn = arn:aws:iam::${ACCOUNT}:role/Gate\nsource_profile = source\n`;
  appendFileSync(context.paths.configFile, chain);
  if (before === "signed in") await signInAsAwsCli(lab, context);
  if (before === "expired") await signInAsAwsCli(lab, context, EXPIRED);
  lab.fault({ ...fault, count: Number.POSITIVE_INFINITY });
  const status = await clock.run(main(argv, root, context));
  const { stdout, stderr, traced } = context.terminal;
  const trace = traced.join("\n");
  expect(trace, "nothing was asked").not.toBe("");
  const page = await context.browser.page().catch(() => "");
  const search = new SecretSearch(lab.secrets());
  const places = { stderr, trace, page, URL: context.browser.opened.join() };
  // The keys, or the URL that signs in, are what these commands are asked for.
  const isResult = status === 0 && /^(credential-process|env|console)$/.test(argv[0] ?? "");
  if (!isResult) Object.assign(places, { stdout });
  return Object.entries(places).flatMap(([place, text]) =>
    search.findIn(text).map(({ kind, form, at }) => {
      const excerpt = text.slice(Math.max(0, at - 60), at + 20);
      return `exit ${status}, ${kind} (${form}) in ${place}: ${excerpt}`;
    }),
  );
}

const EXPIRED = { expiresAt: "2020-01-01T00:00:00Z" };
