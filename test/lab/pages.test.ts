import { describe, expect, test } from "vitest";
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
const send = (url: string, body: URLSearchParams) => fetch(url, { method: "POST", body });

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
    expect((await fetch(`${lab.url}/device?user_code=XXXX-XXXX`)).status).toBe(404);
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
    expect((await send(`${lab.url}/device`, form)).status).toBe(403);
  });

  test("shows a client's name as text, and runs no script", async () => {
    const lab = await startTestLab({ approve: "page" });
    const keys = await register(lab, { clientName: `<script>alert("1")</script>&'` });
    const device = await startDevice(lab, keys);
    const response = await fetch(String(device["verificationUriComplete"]));
    const page = await response.text();
    expect(page).not.toContain("<script");
    expect(page).toContain("&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;&#38;&#39;");
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
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
});
