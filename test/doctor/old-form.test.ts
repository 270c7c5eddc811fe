import { expect, test } from "vitest";
import { doctor } from "../../src/flows/doctor/doctor.ts";
import { moveIn } from "./examined.ts";
import { ACME, OLD_FORM, REGION, START_URL } from "./home.ts";

const TOKENS = { [START_URL]: { refreshToken: undefined } };

test.each([
  ["there is no section", "", `ssox login --start-url ${START_URL} --sso-region eu-west-1`],
  ["there is one", ACME, "ssox sync-profiles --session acme --adopt"],
])("a token of the old form, where %s for its portal", async (_what, section, fix) => {
  const config = `${section}[profile dev]\n${OLD_FORM}${REGION}`;
  const home = { title: "old form", config, tokens: TOKENS, findings: [] };
  const { findings } = await doctor({ profile: undefined }, moveIn(home));
  const told = findings.filter(({ code }) => code === "TokenWithoutRefresh");
  expect(told).toMatchObject([{ session: START_URL, fix }]);
});
