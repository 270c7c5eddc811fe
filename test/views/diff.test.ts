import { expect, it } from "vitest";
import { unifiedDiff } from "../../src/views/diff.ts";

it("shows a change of more lines than a call takes arguments", () => {
  const after = "# mine\n".repeat(300_000);
  const text = {
    file: "config",
    before: "",
    after,
    splices: [{ start: 0, end: 0, text: after, section: "x" }],
  };
  const diff = unifiedDiff(text);
  expect(diff.split("\n")).toHaveLength(300_003);
});
