import { expect, test } from "vitest";
import type { LabOptions } from "../../src/lab/options.ts";
import { startRelay } from "../helpers/context.ts";
import { startTestLab } from "../helpers/lab.ts";
import {
  authorizeUrl,
  formOf,
  newPkce,
  outcome,
  pollDevice,
  portal,
  refresh,
  register,
  registerForCode,
  signIn,
  startDevice,
} from "./client.ts";

/** The lab as one meets it at the endpoints of a region. */
async function start(options: LabOptions) {
  const lab = await startTestLab({ ...options, wrongRequests: true });
  const relay = await startRelay(lab);
  const at = (region: string, service = "oidc") => {
    relay.host = `${service}.${region}.amazonaws.com`;
    return { ...lab, url: relay.url };
  };
  return { lab, at };
}

test("a device code of another region's endpoint stays pending; the browser alone is told", async () => {
  const { at } = await start({ region: "eu-central-1", approve: "page", pollInterval: 0 });
  const there = at("us-east-1");
  const keys = await register(there);
  const { deviceCode, verificationUriComplete } = await startDevice(there, keys);
  const page = await (await fetch(String(verificationUriComplete))).text();
  const body = formOf(page, "allow");
  const answer = await fetch(`${there.url}/device`, { method: "POST", body });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain("invalid_grant");
  const polled = outcome(await pollDevice(there, keys, deviceCode));
  expect(polled).toBe("400 AuthorizationPendingException authorization_pending");
});

test("a device code of another region's endpoint is not approved by itself", async () => {
  const { at } = await start({ region: "eu-central-1" });
  const keys = await register(at("us-east-1"));
  const { deviceCode } = await startDevice(at("us-east-1"), keys);
  const polled = outcome(await pollDevice(at("us-east-1"), keys, deviceCode));
  expect(polled).toBe("400 AuthorizationPendingException authorization_pending");
});

test("the consent page of another region's endpoint redirects nobody", async () => {
  const { at } = await start({ region: "eu-central-1" });
  const there = at("us-east-1");
  const keys = await registerForCode(there);
  const answer = await fetch(authorizeUrl(there, keys, newPkce()), { redirect: "manual" });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain("invalid_request");
});

test("tokens are good in the lab's region alone", async () => {
  const { at } = await start({ region: "eu-central-1" });
  const { keys, accessToken, refreshToken } = await signIn(at("eu-central-1"));
  const list = async (region: string) =>
    outcome(await portal(at(region, "portal.sso"), "/assignment/accounts", accessToken));
  expect(await list("us-east-1")).toBe("401 UnauthorizedException");
  expect(await list("eu-central-1")).toBe("200 ok");
  expect(outcome(await refresh(at("us-east-1"), keys, refreshToken))).toBe(
    "400 InvalidRequestException invalid_request",
  );
  expect(outcome(await refresh(at("eu-central-1"), keys, refreshToken))).toBe("200 ok");
});

test("without a region, and by its own address, the lab is every region's", async () => {
  const { lab, at } = await start({});
  expect(await signIn(at("us-east-1"))).toHaveProperty("accessToken", expect.any(String));
  lab.configure({ region: "eu-central-1" });
  expect(await signIn(lab)).toHaveProperty("accessToken", expect.any(String));
});

test("what is no region is refused", async () => {
  await expect(startTestLab({ region: "frankfurt" })).rejects.toMatchObject({ code: "Usage" });
});
