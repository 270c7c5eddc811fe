import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { type ConsoleRequest, openConsoles } from "../../src/flows/console.ts";
import type { Fault } from "../../src/lab/faults/fault.ts";
import { forbiddenBrowser, userBrowser } from "../helpers/browser.ts";
import { type SceneOptions, signInAsAwsCli, startScene } from "../helpers/context.ts";
import { requestsOf } from "../helpers/lab.ts";

const ACCOUNT = "012345678901";
const LINK = "https://d-1234567890.awsapps.com/start/#/console";
const ROLE = `?account_id=${ACCOUNT}&role_name=DeveloperAccess`;
const CONFIG = `
[profile chain]
role_arn = arn:aws:iam::${ACCOUNT}:role/Gate
source_profile = dev
[profile keys]
aws_access_key_id = AKIA1
aws_secret_access_key = s1
[profile process]
credential_process = echo '{"Version":1,"AccessKeyId":"AKIA1","SecretAccessKey":"s1"}'
[profile asked]
credential_process = ssox credential-process --account ${ACCOUNT} --role DeveloperAccess
[profile far]
sso_session = acme
sso_account_id = ${ACCOUNT}
sso_role_name = DeveloperAccess
region = cn-north-1
`;
const BOTH = { selections: [{ profile: "dev" }, { profile: "chain" }], federation: true };
const PATIENCE = { timeout: 20_000 };

describe("by a link of the access portal", () => {
  it("needs no token, no network and no credentials", async () => {
    const { lab, wanted, context } = await start({ browser: userBrowserThatStays() });
    const { isOpened } = await wanted({ selections: [{ profile: "dev" }] });
    expect(isOpened).toBe(true);
    expect(context.browser.opened).toEqual([`${LINK}${ROLE}`]);
    expect(context.terminal.stderr).toBe(`Opening the console of ${ACCOUNT} as DeveloperAccess.\n`);
    expect(context.terminal.stdout).toBe("");
    expect(lab.requests).toEqual([]);
  });

  it("opens each of several, none twice, and a profile that calls ssox for a role", async () => {
    const { wanted, context } = await start({ browser: userBrowserThatStays() });
    await wanted({
      selections: [{ profile: "dev" }, { profile: "asked" }, { account: ACCOUNT, role: "Other" }],
      service: "s3",
    });
    const to = (region: string) =>
      `&destination=${encodeURIComponent(`https://${region}.console.aws.amazon.com/s3/home?region=${region}`)}`;
    expect(context.browser.opened).toEqual([
      `${LINK}${ROLE}${to("eu-west-1")}`,
      `${LINK}${ROLE}${to("eu-west-1")}`,
      `${LINK}?account_id=${ACCOUNT}&role_name=Other${to("eu-west-1")}`,
    ]);
  });

  it.each<[string, Partial<ConsoleRequest>, string]>([
    ["--region", { region: "us-east-2" }, "https://us-east-2.console.aws.amazon.com/console/home"],
    [
      "--service with --region",
      { service: "logs", region: "us-east-2" },
      "https://us-east-2.console.aws.amazon.com/cloudwatch/home?region=us-east-2#logsV2:log-groups",
    ],
    [
      "--destination",
      { destination: "https://s3.console.aws.amazon.com/s3/buckets/a?x=1#y" },
      "https://s3.console.aws.amazon.com/s3/buckets/a?x=1#y",
    ],
  ])("ends with %s there", async (_what, wish, destination) => {
    const { wanted } = await start();
    const { pages } = await wanted({ selections: [{ profile: "dev" }], print: true, ...wish });
    expect(decodeURIComponent(pages[0]?.url.split("&destination=")[1] ?? "")).toContain(
      destination,
    );
  });

  it.each<[string, Partial<ConsoleRequest>, string, RegExp]>([
    ["a chain of roles", { selections: [{ profile: "chain" }] }, "Usage", /--federation --profile/],
    ["a program's keys", { selections: [{ profile: "process" }] }, "Usage", /--federation/],
    ["long-term keys", { selections: [{ profile: "keys" }] }, "Usage", /source_profile/],
    ["an unknown profile", { selections: [{ profile: "nope" }] }, "UnknownProfile", /^ssox pick$/],
    ["an unknown service", { service: "nope" }, "Usage", /--destination/],
    ["another site", { destination: "https://evil.example" }, "Usage", /console\.aws/],
    ["a region of China", { region: "cn-north-1" }, "Usage", /--region/],
    [
      "a profile's region of China",
      { selections: [{ profile: "far" }], service: "s3" },
      "Usage",
      /--region/,
    ],
  ])("%s is refused, and nothing is opened", async (_what, wish, code, hint) => {
    const { wanted, lab } = await start({ browser: forbiddenBrowser() });
    const selections = [{ profile: "dev" }, ...(wish.selections ?? [])];
    await expect(wanted({ ...wish, selections })).rejects.toMatchObject({
      code,
      hint: expect.stringMatching(hint),
    });
    expect(lab.requests).toEqual([]);
  });

  it("opens each in a place of its own, by --in or the session's key", async () => {
    const { wanted, context } = await start({ browser: userBrowserThatStays() });
    const file = context.paths.configFile;
    const before = readFileSync(file, "utf8");
    const link = `${LINK}${ROLE}`;
    await wanted({ selections: [{ profile: "dev" }], in: "firefox-container" });
    await wanted({
      selections: [{ account: ACCOUNT, role: "DeveloperAccess" }],
      in: "chrome-profile",
    });
    const key = (value: string) =>
      writeFileSync(file, before.replace("sso_region", `ssox_console_in = ${value}\nsso_region`));
    key("chromium-profile");
    await wanted({ selections: [{ profile: "dev" }] });
    await wanted({ selections: [{ profile: "dev" }], in: "tab" });
    expect(context.browser.opened).toEqual([
      `firefox-container dev|${ACCOUNT} ${link}`,
      `chrome-profile ${ACCOUNT} as DeveloperAccess|${ACCOUNT} ${link}`,
      `chromium-profile dev|${ACCOUNT} ${link}`,
      link,
    ]);
    key("window");
    await expect(wanted({ selections: [{ profile: "dev" }] })).rejects.toMatchObject({
      code: "ConfigInvalid",
    });
  });

  it("a vanity URL is left to the browser, and http is not", async () => {
    for (const [url, code] of [
      ["https://sso.acme.example/", undefined],
      ["http://sso.acme.example/", "ConfigInvalid"],
      ["javascript:alert(1)", "ConfigInvalid"],
    ] as const) {
      const { wanted, context } = await start();
      const profile = `sso_start_url = ${url}\nsso_region = eu-west-1\nsso_account_id = ${ACCOUNT}\nsso_role_name = A`;
      appendFileSync(context.paths.configFile, `[profile old]\n${profile}\n`);
      const made = wanted({ selections: [{ profile: "old" }], print: true });
      if (code !== undefined) await expect(made).rejects.toMatchObject({ code });
      else
        expect((await made).pages[0]?.url).toMatch(/^https:\/\/sso\.acme\.example\/#\/console\?/);
    }
  });
});

describe("where no browser can be had", () => {
  it.each([
    ["there is none", false, false],
    ["--no-input was given", true, true],
  ])("the URLs are the result: %s", async (_what, available, noInput) => {
    const browser = forbiddenBrowser({ available });
    const { wanted, context } = await start({ browser, terminal: { noInput } });
    const { isOpened, pages } = await wanted({ selections: [{ profile: "dev" }] });
    expect(isOpened).toBe(false);
    expect(pages).toMatchObject([{ url: `${LINK}${ROLE}` }]);
    expect(context.terminal.stderr).toBe("");
  });

  it("no secret is shown unasked, nor made", async () => {
    const { wanted, lab } = await start({ browser: forbiddenBrowser({ available: false }) });
    const federation = wanted({ selections: [{ profile: "dev" }], federation: true });
    await expect(federation).rejects.toMatchObject({
      code: "Usage",
      hint: expect.stringContaining("--print"),
    });
    expect(lab.requests).toEqual([]);
  });
});

describe("by federation", () => {
  it.each(["dev", "chain"])("signs the browser in with the credentials of %s", async (profile) => {
    const { lab, wanted, context } = await start({ browser: userBrowser(), isSignedIn: true });
    const request = { selections: [{ profile }], federation: true, service: "s3" };
    expect(await wanted(request)).toMatchObject({ isOpened: true });
    const page = await context.browser.page();
    expect(page).toContain(profile === "dev" ? "AWSReservedSSO_DeveloperAccess_" : "Gate/ssox-");
    expect(page).toContain("https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1");
    // The browser was started with an address of this machine, which is used up.
    const [url = ""] = context.browser.opened;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}$/);
    await expect(fetch(url)).rejects.toThrow();
    const as = profile === "dev" ? "DeveloperAccess" : "Gate";
    expect(context.terminal.stderr).toContain(`Opening the console of ${ACCOUNT} as ${as}.\n`);
    expect(requestsOf(lab, "FederatedLogin")).toMatchObject([{ status: 200 }]);
  });

  it("prints the URL that signs in, where that was asked for", async () => {
    const { lab, wanted } = await start({ isSignedIn: true });
    const { pages } = await wanted({
      selections: [{ profile: "dev" }],
      federation: true,
      print: true,
    });
    const url = new URL(pages[0]?.url ?? "");
    expect(url.pathname).toBe("/federation");
    expect(url.searchParams.get("SigninToken")).toBe(
      lab.secrets().findLast(({ kind }) => kind === "signinToken")?.value,
    );
    expect(url.searchParams.get("Issuer")).toBe("https://d-1234567890.awsapps.com/start");
    expect(url.searchParams.get("Destination")).toBe(
      "https://eu-west-1.console.aws.amazon.com/console/home?region=eu-west-1",
    );
    expect(await (await fetch(url)).text()).toContain("<h1>Console</h1>");
  });

  it("a browser that never comes is waited for two minutes", async () => {
    const browser = userBrowserThatStays();
    const { clock, wanted, context } = await start({ browser, isSignedIn: true });
    const opening = clock.run(wanted({ selections: [{ profile: "dev" }], federation: true }));
    await expect(opening).rejects.toMatchObject({ code: "LoginTimeout" });
    await expect(fetch(context.browser.opened[0] ?? "")).rejects.toThrow();
  });

  it("containers of Firefox are opened at once, and one that is lost is told alone", async () => {
    const browser = userBrowserThatStays();
    const { clock, wanted, context } = await start({ browser, isSignedIn: true });
    const opening = wanted({ ...BOTH, in: "firefox-container" });
    opening.catch(() => {});
    await vi.waitFor(() => expect(browser.opened).toHaveLength(2), PATIENCE);
    const [first = "", second = ""] = browser.opened.map((one) => one.split(" ").at(-1) ?? "");
    expect((await fetch(second, { redirect: "manual" })).status).toBe(303);
    await vi.waitFor(() => expect(context.terminal.stderr).toContain("as Gate.\n"), PATIENCE);
    await clock.advance(120_000);
    await expect(opening).rejects.toMatchObject({
      code: "LoginTimeout",
      message: `No browser came for the console of ${ACCOUNT} as DeveloperAccess within two minutes.`,
    });
    expect(context.terminal.stderr).not.toContain("as DeveloperAccess.\n");
    await expect(fetch(first)).rejects.toThrow();
  });

  it("a tab is opened when the one before was fetched", async () => {
    const browser = userBrowserThatStays();
    const { wanted, context } = await start({ browser, isSignedIn: true });
    const opening = wanted(BOTH);
    await vi.waitFor(() => expect(browser.opened).toHaveLength(1), PATIENCE);
    expect(context.terminal.stderr).not.toContain("Opening");
    await fetch(browser.opened[0] ?? "", { redirect: "manual" });
    await vi.waitFor(() => expect(browser.opened).toHaveLength(2), PATIENCE);
    await fetch(browser.opened[1] ?? "", { redirect: "manual" });
    expect(await opening).toMatchObject({ isOpened: true });
  });

  it("Ctrl-C ends the wait, and the link", async () => {
    const browser = userBrowserThatStays(() => context.interrupt());
    const { wanted, context } = await start({ browser, isSignedIn: true });
    await expect(wanted({ selections: [{ profile: "dev" }], federation: true })).rejects.toThrow();
    await expect(fetch(context.browser.opened[0] ?? "")).rejects.toThrow();
  });

  it("long-term keys that a program prints are refused", async () => {
    const { wanted } = await start({ isSignedIn: true });
    const asked = wanted({ selections: [{ profile: "process" }], federation: true, print: true });
    await expect(asked).rejects.toMatchObject({ code: "Usage" });
  });

  it("needs a sign-in", async () => {
    const { wanted } = await start();
    const asked = wanted({ selections: [{ profile: "dev" }], federation: true, print: true });
    await expect(asked).rejects.toMatchObject({ code: "LoginRequired" });
  });

  it.each<[Fault, number, string | undefined]>([
    [{ kind: "status", status: 503 }, 1, undefined],
    [{ kind: "status", status: 500 }, 3, "ServiceUnavailable"],
    [{ kind: "reset" }, 2, undefined],
    [{ kind: "reset" }, 3, "NetworkError"],
    [{ kind: "cut", close: true }, 1, undefined],
    [{ kind: "cut", close: false }, 1, "ServiceUnavailable"],
    [{ kind: "empty" }, 1, "ServiceUnavailable"],
    [{ kind: "html", status: 200 }, 1, "ServiceUnavailable"],
    [{ kind: "echo", status: 400, place: "page" }, 1, "AccessDenied"],
    [{ kind: "echo", status: 403, place: "message" }, 1, "AccessDenied"],
    [{ kind: "echo", status: 429, place: "message" }, 3, "Throttled"],
  ])("%j, %i times: %s", async (fault, count, code) => {
    const { lab, clock, wanted } = await start({ isSignedIn: true });
    lab.fault({ ...fault, operation: "GetSigninToken", count });
    const request = { selections: [{ profile: "dev" }], federation: true, print: true };
    const asked = clock.run(wanted(request));
    if (code === undefined) expect((await asked).pages).toHaveLength(1);
    else await expect(asked).rejects.toMatchObject({ code });
  });
});

/** A browser whose user does not go where it leads: the lab's start URL is AWS's own. */
function userBrowserThatStays(opening: () => void = () => {}) {
  const opened: string[] = [];
  return {
    opened,
    available: () => true,
    open(url: string) {
      opened.push(url);
      opening();
      return true;
    },
    separate: (place: string, names: readonly string[]) => (url: string) =>
      void opened.push(`${place} ${names.join("|")} ${url}`),
    page: async () => "",
  };
}

async function start({
  isSignedIn = false,
  ...options
}: SceneOptions & { isSignedIn?: boolean } = {}) {
  const accounts = [{ id: ACCOUNT, name: "sandbox", roles: [{ name: "DeveloperAccess" }] }];
  const scene = await startScene({
    profiles: [{ name: "dev", accountId: ACCOUNT, roleName: "DeveloperAccess" }],
    lab: { organisation: { users: [{ name: "ada" }], accounts } },
    ...options,
  });
  appendFileSync(scene.context.paths.configFile, CONFIG);
  if (isSignedIn) await signInAsAwsCli(scene.lab, scene.context);
  const usual: ConsoleRequest = {
    selections: [],
    service: undefined,
    destination: undefined,
    region: undefined,
    federation: false,
    in: undefined,
    print: false,
    maySignIn: "ask",
  };
  const wanted = (request: Partial<ConsoleRequest>) =>
    openConsoles({ ...usual, ...request }, scene.context);
  return { ...scene, wanted };
}
