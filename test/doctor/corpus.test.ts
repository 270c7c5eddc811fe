import { expect, it } from "vitest";
import { CODES } from "../../src/domain/findings/codes.ts";
import { doctor } from "../../src/flows/doctor/doctor.ts";
import { keepInventory } from "../../src/state/inventory-cache.ts";
import { testContext } from "../helpers/context.ts";
import { ACCOUNT, type Home, START_URL, writeHome } from "./home.ts";
import { HOMES } from "./homes.ts";

const HOUR = 3_600_000;

it.each(HOMES)("$title", async (home) => {
  const { findings } = await examined(home);
  const told = findings.map(({ severity, code, profile, session }) =>
    [severity, code, profile ?? session].filter(Boolean).join(" "),
  );
  expect([...told].sort(), JSON.stringify(findings, null, 1)).toEqual([...home.findings].sort());
  for (const { message, fix } of findings) {
    expect(message).toMatch(/^\S[^\n]*\.$/);
    expect(fix).toMatch(/^\S[^\n]*$/);
    expect(message + fix).not.toMatch(/secret-of|client-secret|"refresh"|undefined/);
  }
});

it("has at least 60 broken homes, and one for nearly every code", () => {
  expect(HOMES.filter(({ findings }) => findings.length > 0).length).toBeGreaterThan(60);
  expect(new Set(HOMES.map(({ title }) => title)).size).toBe(HOMES.length);
  const shown = new Set(
    HOMES.flatMap(({ findings }) => findings.map((each) => each.split(" ")[1])),
  );
  expect(
    Object.keys(CODES)
      .filter((code) => !shown.has(code))
      .sort(),
  ).toEqual(ELSEWHERE);
});

/** These take more than files: see the tests of the flow. */
const ELSEWHERE = [
  "ClockSkew",
  "HomeMissing",
  "ProxyIntercepts",
  "RoleCacheOfOther",
  "RoleOnline",
  "ServiceUnreachable",
  "TokenRefused",
  "TooShort",
];

async function examined(home: Home) {
  const region = { AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "eu-west-1" };
  const context = testContext();
  const folder = context.paths.home;
  const env = { ...context.env, ...region, ...home.env };
  const written = Object.entries(env).map(([name, value]) => [
    name,
    name === "NODE_EXTRA_CA_CERTS" ? value?.replace("$HOME", folder) : value,
  ]);
  writeHome(folder, home);
  if (home.isListed) {
    const roles = ["DeveloperAccess", "ReadOnlyAccess"];
    const accounts = [{ id: ACCOUNT, name: "sandbox", email: undefined, roles }];
    const listedAt = context.clock.now() - HOUR;
    const key = { name: "acme", startUrl: START_URL };
    const kept = { inventory: { accounts }, listedAt, failed: [], signIn: undefined };
    keepInventory(context.paths.cache, key, kept);
  }
  return await doctor({ profile: home.asked }, { ...context, env: Object.fromEntries(written) });
}
