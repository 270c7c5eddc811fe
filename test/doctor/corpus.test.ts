import { expect, it } from "vitest";
import { CODES } from "../../src/domain/findings/codes.ts";
import { doctor } from "../../src/flows/doctor/doctor.ts";
import { moveIn } from "./examined.ts";
import { HOMES } from "./homes.ts";

it.each(HOMES)("$title", async (home) => {
  const { findings } = await doctor({ profile: home.asked }, moveIn(home));
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

it.each([
  ["misspelled", "aws configure set sso_role_name DeveloperAccess --profile dev"],
  ["not assigned", /^ssox roles --session \S+ --account \d+ --refresh$/],
])("a role that is %s is mended by %s", async (what, mend) => {
  const home = HOMES.find(({ title }) => title === `a role that is ${what}`);
  if (home === undefined) throw new Error("there is no such home");
  const { findings } = await doctor({ profile: home.asked }, moveIn(home));
  expect(findings[0]?.fix).toMatch(mend);
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
  "EndUnknown",
  "HomeMissing",
  "ProxyIntercepts",
  "RoleCacheOfOther",
  "ServiceUnreachable",
  "TokenRefused",
  "TooShort",
];
