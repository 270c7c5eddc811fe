import { defineConfig } from "vitest/config";

/** The real AWS clients: `npm run interop`. */
export default defineConfig({
  test: {
    include: ["test/interop/**/*.test.ts"],
    globalSetup: "./test/interop/witnesses.setup.ts",
    reporters: ["default", "./test/helpers/table-reporter.ts"],
    // Each test starts several interpreters, on machines that may be small.
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // Some tests do little but wait for credentials to run out.
    maxWorkers: 3,
    unstubEnvs: true,
  },
});
