import { defineConfig } from "vitest/config";

/** A real Chromium: the lab's pages, and sign-ins through a proxy; a real Firefox: containers. `npm run browser` */
export default defineConfig({
  test: {
    include: ["test/browser/**/*.test.ts"],
    globalSetup: "./test/interop/witnesses.setup.ts",
    testTimeout: 120_000,
    hookTimeout: 60_000,
    unstubEnvs: true,
    // Each test starts a browser.
    maxWorkers: 2,
  },
});
