import { describe, expect, test } from "vitest";
import { madeUpOrganisation } from "../../src/lab/organisation/made-up.ts";
import type { LabUser } from "../../src/lab/organisation/organisation.ts";
import { FakeClock } from "../helpers/clock.ts";
import { startTestLab } from "../helpers/lab.ts";
import {
  authorizeUrl,
  formOf,
  locationOf,
  newPkce,
  outcome,
  pollDevice,
  register,
  registerForCode,
  startDevice,
} from "./client.ts";

const get = async (url: unknown) => await (await fetch(String(url))).text();
const send = (url: string, body: URLSearchParams, headers: Record<string, string> = {}) =>
  fetch(url, { method: "POST", body, headers });

function organisationOf(...users: LabUser[]) {
  return { ...madeUpOrganisation({ accounts: 2, roles: 2 }), users };
}

describe("the device page", () => {
  test.each([
    ["allow", "200 ok"],
    ["deny", "400 AccessDeniedException access_denied"],
  ])("%s", async (decision, expected) => {
    const clock = new FakeClock();
    const lab = await startTestLab({ approve: "page", clock });
    const keys = await register(lab);
    const device = await startDevice(lab, keys);
    expect(outcome(await pollDevice(lab, keys, device["deviceCode"]))).toContain("pending");

    const page = await get(device["verificationUriComplete"]);
    expect(page).toContain(String(device["userCode"]));
    expect(page).toContain("ada@example.com");
    await send(`${lab.url}/device`, formOf(page, decision));
    await clock.advance(1000);
    expect(outcome(await pollDevice(lab, keys, device["deviceCode"]))).toBe(expected);
  });

  test("takes the code as people type it", async () => {
    const lab = await startTestLab({ approve: "page" });
    const device = await startDevice(lab, await register(lab));
    const typed = String(device["userCode"]).toLowerCase().replace("-", " ");
    expect(await get(`${lab.url}/device?user_code=${typed}`)).toContain("Allow access?");
    expect(await get(`${lab.url}/device`)).toContain('name="user_code"');
  });

  test("has pages for a code that is unknown, expired or decided", async () => {
    const clock = new FakeClock();
    const lab = await startTestLab({ approve: "page", clock, lifetimes: { deviceCode: 60 } });
    const keys = await register(lab);
    const [late, decided] = [await startDevice(lab, keys), await startDevice(lab, keys)];
    const [lateUrl, decidedUrl] = [late, decided].map((one) => one["verificationUriComplete"]);
    const lateForm = formOf(await get(lateUrl), "allow");
    await send(`${lab.url}/device`, formOf(await get(decidedUrl), "deny"));
    await clock.advance(60_000);

    const unknown = await fetch(`${lab.url}/device?user_code=XXXX-XXXX`);
    expect(unknown.status).toBe(404);
    expect(await unknown.text()).toContain('name="user_code"');
    for (const expired of [
      await fetch(String(lateUrl)),
      await send(`${lab.url}/device`, lateForm),
    ]) {
      expect(expired.status).toBe(410);
      expect(await expired.text()).toContain("<h1>This code has expired</h1>");
    }
    expect(await get(decidedUrl)).toContain("<h1>Request denied</h1>");
  });

  test("decides nothing without the form's own token, nor twice", async () => {
    const lab = await startTestLab({ approve: "page" });
    const keys = await register(lab);
    const device = await startDevice(lab, keys);
    const form = formOf(await get(device["verificationUriComplete"]), "allow");
    const forged = new URLSearchParams({
      user_code: String(device["userCode"]),
      decision: "allow",
    });
    expect((await send(`${lab.url}/device`, forged)).status).toBe(403);
    forged.set("csrf", "guess");
    expect((await send(`${lab.url}/device`, forged)).status).toBe(403);
    expect(outcome(await pollDevice(lab, keys, device["deviceCode"]))).toContain("pending");
    expect((await send(`${lab.url}/device`, form)).status).toBe(200);
    form.set("decision", "deny");
    const second = await send(`${lab.url}/device`, form);
    expect(second.status).toBe(409);
    expect(await second.text()).toContain("<h1>Request approved</h1>");
  });

  test("signs in whom the form names, and nobody whom it does not know", async () => {
    const organisation = organisationOf({ name: "ada" }, { name: "bob" });
    const lab = await startTestLab({ approve: "page", organisation });
    const device = await startDevice(lab, await register(lab));
    const page = await get(device["verificationUriComplete"]);
    expect(page.match(/type="radio"/g)).toHaveLength(2);
    expect(page).not.toContain("checked");
    const form = formOf(page, "allow");
    form.set("user", "mallory");
    expect((await send(`${lab.url}/device`, form)).status).toBe(400);
    form.set("user", "bob");
    expect((await send(`${lab.url}/device`, form)).status).toBe(200);
  });

  test("shows a client's name as text, and runs no script", async () => {
    const lab = await startTestLab({ approve: "page" });
    const keys = await register(lab, { clientName: `<script>alert("1")</script>&'` });
    const device = await startDevice(lab, keys);
    const response = await fetch(String(device["verificationUriComplete"]));
    const page = await response.text();
    expect(page).not.toContain("<script");
    expect(page).toContain("&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;&#38;&#39;");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/script-src|unsafe/);
    expect(page, "or else the browser asks for one").toContain('<link rel="icon" href="data:,">');
    expect(response.headers.get("x-frame-options")).toBe("DENY");
  });
});

describe("the authorization page", () => {
  test.each([
    ["allow", "code"],
    ["deny", "error"],
  ])("%s", async (decision, parameter) => {
    const lab = await startTestLab({ approve: "page" });
    const page = await get(authorizeUrl(lab, await registerForCode(lab), newPkce()));
    const form = formOf(page, decision);
    const decide = () => locationOf(`${lab.url}/authorize`, { method: "POST", body: form });
    const location = await decide();
    expect(location?.origin).toBe("http://127.0.0.1:43210");
    expect(location?.searchParams.get("state")).toBe("the state");
    expect(location?.searchParams.get(parameter)).toBeTruthy();
    expect(await decide()).toBeUndefined();
  });

  test("decides nothing without the form's own token", async () => {
    const lab = await startTestLab({ approve: "page" });
    const page = await get(authorizeUrl(lab, await registerForCode(lab), newPkce()));
    const form = formOf(page, "allow");
    form.set("csrf", "guess");
    const decide = { method: "POST", body: form };
    expect(await locationOf(`${lab.url}/authorize`, decide)).toBeUndefined();
  });

  test("lets its form lead to the client's own address and no other", async () => {
    const lab = await startTestLab({ approve: "page" });
    const response = await fetch(authorizeUrl(lab, await registerForCode(lab), newPkce()));
    expect(response.headers.get("content-security-policy")).toContain(
      "form-action 'self' http://127.0.0.1:43210;",
    );
  });
});

describe("a form", () => {
  test.each<[Record<string, string>, number]>([
    [{}, 404],
    [{ "sec-fetch-site": "same-origin" }, 404],
    [{ "sec-fetch-site": "none" }, 404],
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ "sec-fetch-site": "same-site" }, 403],
    [{ origin: "null" }, 403],
    [{ origin: "https://example.com" }, 403],
    [{ origin: "http://127.0.0.1:1" }, 403],
  ])("with the headers %j is answered %i", async (headers, status) => {
    const lab = await startTestLab({ approve: "page" });
    const form = new URLSearchParams({ user_code: "XXXX-XXXX" });
    expect((await send(`${lab.url}/device`, form, headers)).status).toBe(status);
    expect((await send(`${lab.url}/device`, form, { origin: lab.url })).status).toBe(404);
  });

  test("of the authorization page decides nothing from elsewhere", async () => {
    const lab = await startTestLab({ approve: "page" });
    const page = await get(authorizeUrl(lab, await registerForCode(lab), newPkce()));
    const decide = { method: "POST", body: formOf(page, "allow") };
    const foreign = { ...decide, headers: { origin: "https://example.com" } };
    expect(await locationOf(`${lab.url}/authorize`, foreign)).toBeUndefined();
    expect(await locationOf(`${lab.url}/authorize`, decide)).toBeDefined();
  });
});
