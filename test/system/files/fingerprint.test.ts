import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { fingerprintOf } from "../../../src/system/files/fingerprint.ts";
import { asOrdinaryUser } from "../../helpers/ordinary-user.ts";
import { temporaryFolder } from "./programs.ts";

test("a file that is not there has none", () => {
  expect(fingerprintOf(path.join(temporaryFolder(), "none"))).toBeUndefined();
});

test("a folder that may not be looked into is told as such", async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, "token.json");
  writeFileSync(file, "{}");
  await asOrdinaryUser(folder, async () => {
    chmodSync(folder, 0);
    expect(() => fingerprintOf(file)).toThrow(
      expect.objectContaining({ code: "CacheInvalid", exitStatus: 6 }),
    );
    chmodSync(folder, 0o700);
  });
});
