import { describe, expect, test } from "vitest";
import { ACCOUNT, type Home, OLD_FORM, REGION, START_URL } from "../doctor/home.ts";
import { askEverywhere, taken } from "./street.ts";

/* Chains of roles that are longer than `ssox doctor` predicts; shorter ones are in its corpus. */

describe.each([
  ["boto3", "failure"],
  ["boto3 (Debian)", "failure"],
  ["AWS CLI v1", "failure"],
  ["AWS CLI v2", "failure"],
  ["JS SDK v3", `role arn:aws:iam::${ACCOUNT}:role/Gate`],
] as const)("%s", (client, expected) => {
  test("with a chain of 200 roles", async (running) => {
    const { street, answers } = await askEverywhere(client, [chain(200)], new Map(), running);
    expect(await taken(answers[0] ?? {}, street.lab)).toBe(expected);
  });
});

function chain(roles: number): Home {
  const ways = Array.from({ length: roles }, (_, at) => {
    const name = at === 0 ? "dev" : `p${at}`;
    return `[profile ${name}]\nrole_arn = arn:aws:iam::${ACCOUNT}:role/Gate\nsource_profile = p${at + 1}\n${REGION}`;
  });
  const config = `${ways.join("")}[profile p${roles}]\n${OLD_FORM}${REGION}`;
  return { title: "", config, tokens: { [START_URL]: {} }, findings: [] };
}
