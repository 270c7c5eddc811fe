import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { Lab } from "../../src/lab/lab.ts";
import { madeUpOrganisation } from "../../src/lab/organisation/made-up.ts";
import { FOLLOW_SHORTCUT } from "../../src/lab/pages/shortcut.ts";
import { openTab, type Tab } from "../helpers/chromium.ts";
import { FakeClock } from "../helpers/clock.ts";
import { startTestLab } from "../helpers/lab.ts";
import {
  authorizeUrl,
  formOf,
  newPkce,
  portal,
  register,
  registerForCode,
  signIn,
  startDevice,
} from "../lab/client.ts";
import { expectAccessible, expectCalm, expectContrast, expectFocusSeen } from "./checks.ts";

const LOOKS = [
  { width: 320, scheme: "light" },
  { width: 360, scheme: "light" },
  { width: 360, scheme: "dark" },
  { width: 1280, scheme: "light" },
  { width: 1280, scheme: "dark" },
] as const;

test.for(LOOKS)("every page, $width px wide, $scheme", async (look, context) => {
  const clock = new FakeClock();
  const made = madeUpOrganisation({ accounts: 250, roles: 14, hostileNames: true });
  const users = [
    { name: "ada@example.com" },
    { name: "u".repeat(64), email: "right\u202eto left <b>@example.com" },
    { name: "guest", email: "guest@example.com", assignments: new Map() },
  ];
  const lab = await startTestLab({
    approve: "page",
    organisation: { ...made, users },
    clock,
    wrongRequests: true,
  });
  const pages = await allPages(lab, clock);
  const tab = await openTab(context);
  await tab.emulate(look);
  for (const [page, url] of Object.entries(pages)) {
    await tab.goto(url);
    await expectAccessible(tab, page);
    await expectContrast(tab, page);
    await expectCalm(tab, page, PORTALS.includes(page) ? [FOLLOW_SHORTCUT] : []);
    await tab.press("Tab");
    if (await tab.evaluate("document.activeElement !== document.body")) {
      await expectFocusSeen(tab, page);
    }
    await keep(tab, `${page}-${look.width}-${look.scheme}`);
  }
  const outside = tab.requested.filter((url) => !/^(http:\/\/127\.0\.0\.1:|about:blank)/.test(url));
  expect(outside.filter((url) => url !== "data:,")).toEqual([]);
  expect(tab.complaints.filter((text) => !text.includes("the server responded with a"))).toEqual(
    [],
  );
});

/** Where a shortcut link may lead before anybody has signed in. */
const PORTALS = ["start-user", "start-user-unknown"];

/** A URL for each page that people can meet, by what it is called in pictures. */
async function allPages(lab: Lab, clock: FakeClock): Promise<Record<string, string>> {
  const clientName = `ssox on “laptop” \u202e <script>alert(1)</script> ${"x".repeat(300)}`;
  const keys = await register(lab, { clientName });
  const plain = await register(lab, { clientName: "botocore-client-acme" });
  const link = async (given: typeof keys) =>
    String((await startDevice(lab, given))["verificationUriComplete"]);
  const expired = await link(plain);
  await clock.advance(600_000);
  const start = `${lab.url}/start?user=ada@example.com`;
  const { id } = lab.organisation.accounts[6] ?? { id: "" };
  const consoleUrl = `${lab.url}/console?user=ada@example.com&account_id=${id}`;
  const destination = encodeURIComponent(`https://console.aws.amazon.com/${"long/".repeat(40)}`);
  return {
    request: await link(plain),
    "request-hostile": await link(keys),
    authorize: authorizeUrl(lab, await registerForCode(lab), newPkce()),
    "authorize-unknown-client": `${lab.url}/authorize?client_id=x`,
    code: `${lab.url}/device`,
    "code-unknown": `${lab.url}/device?user_code=XXXX-XXXX`,
    "code-expired": expired,
    approved: await decided(lab, await link(plain), "allow"),
    denied: await decided(lab, await link(plain), "deny"),
    "start-user": `${lab.url}/start`,
    "start-user-unknown": `${lab.url}/start?user=x`,
    start,
    "start-last": `${start}&page=3`,
    "start-filtered": `${start}&filter=${encodeURIComponent("payments\u202e readonly")}`,
    "start-filtered-role": `${start}&filter=payments+readonly`,
    "start-empty": `${lab.url}/start?user=guest`,
    console: `${consoleUrl}&role_name=ReadOnlyAccess`,
    "console-destination": `${consoleUrl}&role_name=ReadOnlyAccess&destination=${destination}`,
    "console-roles": consoleUrl,
    "console-federated": await federated(lab, destination),
    "console-federated-refused": `${lab.url}/federation?Action=login&SigninToken=x&Destination=${destination}`,
    "console-no-access": `${consoleUrl}&role_name=Nobody`,
    unknown: `${lab.url}/nowhere`,
  };
}

/** Good once. */
async function federated(lab: Lab, destination: string): Promise<string> {
  lab.configure({ approve: "auto" });
  const { accessToken } = await signIn(lab);
  lab.configure({ approve: "page" });
  const [account] = lab.organisation.accounts;
  const role = `role_name=${encodeURIComponent(account?.roles[0]?.name ?? "")}&account_id=${account?.id}`;
  const { body } = await portal(lab, `/federation/credentials?${role}`, accessToken);
  const { accessKeyId, secretAccessKey, sessionToken } = Object(body["roleCredentials"]);
  const session = { sessionId: accessKeyId, sessionKey: secretAccessKey, sessionToken };
  const asked = new URLSearchParams({
    Action: "getSigninToken",
    Session: JSON.stringify(session),
  });
  const answer = Object(await (await fetch(`${lab.url}/federation?${asked}`)).json());
  return `${lab.url}/federation?Action=login&SigninToken=${answer.SigninToken}&Destination=${destination}`;
}

async function decided(lab: Lab, url: string, decision: string): Promise<string> {
  const body = formOf(await (await fetch(url)).text(), decision);
  await (await fetch(`${lab.url}/device`, { method: "POST", body })).text();
  return url;
}

/** With SSOX_SCREENSHOTS set to a folder, every page is kept there as a picture. */
async function keep(tab: Tab, name: string): Promise<void> {
  const folder = process.env["SSOX_SCREENSHOTS"];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${name}.png`), await tab.screenshot());
}
