import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, type TestContext, test } from "vitest";
import type { Lab } from "../../src/lab/lab.ts";
import { madeUpOrganisation } from "../../src/lab/organisation/made-up.ts";
import { openTab } from "../helpers/chromium.ts";
import { FakeClock } from "../helpers/clock.ts";
import { requestsOf, startTestLab } from "../helpers/lab.ts";
import {
  authorizeUrl,
  newPkce,
  outcome,
  pollDevice,
  portal,
  post,
  register,
  registerForCode,
  startDevice,
} from "../lab/client.ts";
import { focusedControl, headingOf, tabTo } from "./keyboard.ts";

const APPROVED = "Request approved";
const DENIED = "Request denied";

/** A lab with a sign-in by device code that waits for its user. */
async function startDeviceSignIn(context: TestContext, users = ["ada@example.com"]) {
  const organisation = {
    ...madeUpOrganisation({ accounts: 2, roles: 2 }),
    users: users.map((name) => (name === "guest" ? { name, assignments: new Map() } : { name })),
  };
  const lab = await startTestLab({ approve: "page", organisation, pollInterval: 0 });
  const keys = await register(lab);
  const device = await startDevice(lab, keys);
  return {
    lab,
    tab: await openTab(context),
    page: String(device["verificationUriComplete"]),
    code: String(device["userCode"]),
    poll: () => pollDevice(lab, keys, device["deviceCode"]),
  };
}

describe("a sign-in by device code, by keyboard alone", () => {
  test.for([
    ["Allow", "Enter", APPROVED, "200 ok"],
    ["Allow", "Space", APPROVED, "200 ok"],
    ["Deny", "Enter", DENIED, "400 AccessDeniedException access_denied"],
  ] as const)("%s with %s", async ([button, key, heading, expected], context) => {
    const { lab, tab, page, poll } = await startDeviceSignIn(context);
    await tab.goto(page);
    await tabTo(tab, button);
    await tab.leaving(() => tab.press(key));
    expect(await headingOf(tab)).toBe(heading);
    expect(outcome(await poll())).toBe(expected);
    expect(requestsOf(lab, "DecideDevice")).toHaveLength(1);
    expect(tab.complaints).toEqual([]);
    expect(tab.requested.filter((url) => !isHere(url, lab))).toEqual([]);
  });

  test("goes through user, Allow and Deny in this order; the only user is chosen", async (context) => {
    const { tab, page } = await startDeviceSignIn(context);
    await tab.goto(page);
    const order: string[] = [];
    for (let step = 0; step < 3; step += 1) {
      await tab.press("Tab");
      order.push(await focusedControl(tab));
    }
    expect(order).toEqual(["ada@example.com", "Allow", "Deny"]);
    expect(await tab.evaluate(`document.querySelector("[name=user]").checked`)).toBe(true);
  });

  test("the code can be typed", async (context) => {
    const { lab, tab, code, poll } = await startDeviceSignIn(context);
    await tab.goto(`${lab.url}/device`);
    await tabTo(tab, "user_code");
    await tab.type(code.toLowerCase().replace("-", " "));
    await tab.leaving(() => tab.press("Enter"));
    expect(await tab.evaluate("document.body.innerText")).toContain(code);
    await tabTo(tab, "Allow");
    await tab.leaving(() => tab.press("Enter"));
    expect(outcome(await poll())).toBe("200 ok");
  });

  test("a wrong code is told, and another one can be typed", async (context) => {
    const { lab, tab, code } = await startDeviceSignIn(context);
    await tab.goto(`${lab.url}/device?user_code=XXXX-XXXX`);
    expect(await headingOf(tab)).toBe("Unknown code");
    await tabTo(tab, "user_code");
    await tab.type(code);
    await tab.leaving(() => tab.press("Enter"));
    expect(await headingOf(tab)).toBe("Allow access?");
  });

  test("one of several users is chosen with the arrow keys, and signs in", async (context) => {
    const { lab, tab, page, poll } = await startDeviceSignIn(context, ["ada", "guest", "eve"]);
    await tab.goto(page);
    expect(await tab.evaluate(`document.querySelectorAll(":checked").length`)).toBe(0);
    await tabTo(tab, "ada");
    await tab.press("ArrowDown");
    expect(await focusedControl(tab)).toBe("guest");
    await tabTo(tab, "Allow");
    await tab.leaving(() => tab.press("Enter"));
    const { body } = await poll();
    const listed = await portal(lab, "/assignment/accounts", body["accessToken"]);
    expect(listed.body["accountList"], "accounts of the guest").toEqual([]);
  });

  test("nobody signs in without a choice, but everybody can deny", async (context) => {
    const { lab, tab, page, poll } = await startDeviceSignIn(context, ["ada", "guest"]);
    await tab.goto(page);
    await tabTo(tab, "Allow");
    await tab.press("Enter");
    expect(await focusedControl(tab), "the browser points at the choice").toBe("ada");
    expect(requestsOf(lab, "DecideDevice")).toEqual([]);
    await tabTo(tab, "Deny");
    await tab.leaving(() => tab.press("Enter"));
    expect(outcome(await poll())).toBe("400 AccessDeniedException access_denied");
  });

  test("a page that stood open too long says that the code has expired", async (context) => {
    const clock = new FakeClock();
    const lab = await startTestLab({ approve: "page", clock });
    const device = await startDevice(lab, await register(lab));
    const tab = await openTab(context);
    await tab.goto(String(device["verificationUriComplete"]));
    await clock.advance(600_000);
    await tabTo(tab, "Allow");
    await tab.leaving(() => tab.press("Enter"));
    expect(await headingOf(tab)).toBe("This code has expired");
  });
});

describe("a sign-in by authorization code, by keyboard alone", () => {
  test.for([
    ["Allow", "code"],
    ["Deny", "error"],
  ] as const)("%s", async ([button, parameter], context) => {
    const lab = await startTestLab({ approve: "page" });
    const callback = await startCallback();
    const [keys, pkce, tab] = [await registerForCode(lab), newPkce(), await openTab(context)];
    const redirectUri = `${callback.url}/oauth/callback`;
    await tab.goto(authorizeUrl(lab, keys, pkce, { redirect_uri: redirectUri }));
    await tabTo(tab, button);
    await tab.leaving(() => tab.press("Enter"));

    expect(await headingOf(tab), "the client's own page").toBe("Done");
    const query = callback.queries[0] ?? new URLSearchParams();
    expect([...query.keys()].sort()).toEqual([parameter, "state"].sort());
    expect(query.get("state")).toBe("the state");
    expect(tab.complaints).toEqual([]);
    const elsewhere = (url: string) => !isHere(url, lab) && !url.startsWith(redirectUri);
    expect(tab.requested.filter(elsewhere)).toEqual([]);
    if (parameter === "error") return expect(query.get("error")).toBe("access_denied");
    const code = query.get("code");
    const grant = { ...keys, grantType: "authorization_code", code, redirectUri };
    expect(outcome(await post(lab, "/token", { ...grant, codeVerifier: pkce.verifier }))).toBe(
      "200 ok",
    );
  });
});

test("a form on another site decides nothing", async (context) => {
  const { lab, tab, page, poll } = await startDeviceSignIn(context);
  const own = await (await fetch(page)).text();
  const form = own.replace(`action="/device"`, `action="${lab.url}/device"`);
  const site = await startSite(form);
  // 127.0.0.1 with another port is the same site to a browser; by its other name it is not.
  for (const url of [site.url, site.url.replace("127.0.0.1", "localhost")]) {
    await tab.goto(url);
    await tabTo(tab, "Allow");
    await tab.leaving(() => tab.press("Enter"));
    expect(await headingOf(tab)).toBe("Not accepted");
  }
  expect(outcome(await poll())).toBe("400 AuthorizationPendingException authorization_pending");
});

function isHere(url: string, lab: Lab): boolean {
  return url.startsWith(`${lab.url}/`) || url.startsWith("data:,") || url === "about:blank";
}

/** Without the icon, Chromium asks for /favicon.ico. */
const CALLBACK_PAGE = `<title>Done</title><link rel="icon" href="data:,"><h1>Done</h1>`;

/** The listener of a client: keeps the query of every callback, and answers with a page. */
async function startCallback() {
  const queries: URLSearchParams[] = [];
  const site = await startSite(CALLBACK_PAGE, (url) => {
    if (url.pathname === "/oauth/callback") queries.push(url.searchParams);
  });
  return { ...site, queries };
}

async function startSite(page: string, asked: (url: URL) => void = () => {}) {
  const server = createServer((request, response) => {
    asked(new URL(request.url ?? "/", "http://127.0.0.1"));
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
