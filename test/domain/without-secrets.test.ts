import { expect, it } from "vitest";
import { withoutSecrets } from "../../src/domain/without-secrets.ts";

const TOKEN = "aoal5Zt1-rQ9_xWv7Yk2Pb8Nc3Md4Le6";
const KEY = "wJalr/XUtn+FEMI==";

it.each([
  ["Invalid refresh token provided", "Invalid refresh token provided"],
  ["", ""],
  [TOKEN, "…"],
  [`Invalid token ${TOKEN}.`, "Invalid token …."],
  [`{"a":"${TOKEN}","b":"${KEY}"}`, '{"a":"…","b":"…"}'],
  [`${TOKEN}${KEY}${TOKEN}`, "…"],
  // Cut at either end, as messages do it.
  [`Invalid token ${TOKEN.slice(0, 12)}...`, "Invalid token …..."],
  [`ends with ${TOKEN.slice(-10)}`, "ends with …"],
  [`${TOKEN.slice(3, 20)}-${TOKEN.slice(5, 21)}`, "…-…"],
  // Too little to be more than chance.
  [TOKEN.slice(0, 7), TOKEN.slice(0, 7)],
])("%j becomes %j", (text, expected) => {
  expect(withoutSecrets(text, [TOKEN, KEY])).toBe(expected);
});

it("takes out a short secret as a whole alone, and nothing for an empty one or none", () => {
  expect(withoutSecrets("the code abc1", ["abc1", ""])).toBe("the code …");
  expect(withoutSecrets(TOKEN, [])).toBe(TOKEN);
});
