import { defineConfig } from "vitest/config";

/** What CI runs in its small form, in full size: `SSOX_SOAK` makes those tests longer. */
export default defineConfig({
  test: {
    include: [
      "test/interop/main-job.test.ts",
      "test/interop/crowd.test.ts",
      "test/interop/exec-crowd.test.ts",
      "test/bin/concurrency.test.ts",
      "test/bin/kill.test.ts",
      "test/bin/sync-kill.test.ts",
      "test/flows/sync-profiles-property.test.ts",
      "test/interop/config-property.test.ts",
      "test/bin/listing.test.ts",
      "test/flows/cached-answer.test.ts",
      "test/bin/interrupted.test.ts",
      "test/bin/full-disk.test.ts",
      "test/bin/stopped.test.ts",
      "test/bin/exec-terminal.test.ts",
    ],
    globalSetup: "./test/interop/witnesses.setup.ts",
    env: { SSOX_SOAK: "1", SSOX_REQUIRE_ALL: "1" },
    testTimeout: 30 * 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
