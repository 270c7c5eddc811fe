import { defineConfig } from "vitest/config";

/** The lab's pages in a real Chromium: `npm run browser`. */
export default defineConfig({
  test: {
    include: ["test/browser/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    unstubEnvs: true,
    // Each test starts a Chromium.
    maxWorkers: 2,
  },
});
