import fc from "fast-check";
import { expect, test } from "vitest";
import { fillTemplate, normalise, parseTemplate } from "../../src/domain/profile-template.ts";

const FACTS = {
  account_name: "Acme Sandbox",
  account_id: "111122223333",
  role_name: "DeveloperAccess",
  session: "acme",
  email: "Sandbox+aws@example.com",
};

test.each([
  ["{account_name}.{role_name}", "Acme-Sandbox.DeveloperAccess"],
  ["{session}/{account_id}/{role_name|lower}", "acme/111122223333/developeraccess"],
  ["{account_name|upper}", "ACME-SANDBOX"],
  ["{account_name|slug}", "acme-sandbox"],
  ["{account_name|trim:Acme |lower}", "sandbox"],
  ["{account_name|lower|trim:Acme }", "acme-sandbox"],
  ["{account_name|trim:acme}", "Acme-Sandbox"],
  ["{account_name|slug|trim:acme}", "sandbox"],
  ["{account_name|trim:Acme Sandbox}", "111122223333"],
  ["{email}", "Sandbox-aws@example.com"],
  ["aws: {session} é", "aws-acme-e"],
  ["fixed", "fixed"],
  ["日本{role_name}", "DeveloperAccess"],
  ["-.{role_name}.-", "DeveloperAccess"],
  ["--help", "help"],
  ["日本", "111122223333"],
])("%s becomes %s", (template, name) => {
  expect(fillTemplate(parseTemplate(template), FACTS)).toBe(name);
});

test.each([
  ["Prod (EU)", "Prod-EU"],
  ["..", ""],
  ["../../etc", "/../etc"],
  ["-.-a.-", "a"],
  ["Café Ünïcode", "Cafe-Unicode"],
  ["ﬁnance №7 ①", "finance-No7-1"],
  ["日本", ""],
  ["a\n[profile evil]\nb", "a-profile-evil-b"],
  ["$(rm -rf ~)`x`;#", "rm--rf-x"],
  ["a_b.c/d@e-f", "a_b.c/d@e-f"],
  ["a \u0301 b", "a-b"],
])("the value %j becomes %j", (value, normalised) => {
  expect(normalise(value)).toBe(normalised);
});

test("a value of which nothing is left becomes the account's id", () => {
  const facts = { ...FACTS, account_name: "日本", email: "" };
  expect(fillTemplate(parseTemplate("{account_name}.{email}"), facts)).toBe(
    "111122223333.111122223333",
  );
});

test.each([
  "{account}",
  "{}",
  "{Account_Name}",
  "{constructor}",
  "{account_name|title}",
  "{account_name|}",
  "{account_name",
  "account_name}",
  "{a{b}}",
  "",
])("the template %j is refused", (template) => {
  expect(() => parseTemplate(template)).toThrow(expect.objectContaining({ code: "Usage" }));
});

test("whatever AWS sends, only harmless characters come out", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (value) => {
      expect(normalise(value)).toMatch(/^([A-Za-z0-9_/@]([A-Za-z0-9_./@-]*[A-Za-z0-9_/@])?)?$/);
      expect(normalise(normalise(value))).toBe(normalise(value));
    }),
  );
});
