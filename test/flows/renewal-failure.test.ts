import { expect, test } from "vitest";
import { SsoxError } from "../../src/errors.ts";
import { notRenewed } from "../../src/flows/renewal-failure.ts";

test.each([
  [undefined, ""],
  [4_000, " (they last 4 s more)"],
  [59_999, " (they last 59 s more)"],
  [60_000, " (they last 60 s more)"],
  [45 * 60_000 + 59_000, " (they last 45 min more)"],
])("with %s ms left%s", (left, lasting) => {
  const failure = new SsoxError("LoginRequired", "It is over.", { hint: "ssox login" });
  expect(notRenewed(failure, left)).toBe(
    `cannot renew the credentials${lasting}: It is over. → ssox login`,
  );
});
