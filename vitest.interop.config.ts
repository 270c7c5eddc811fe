import { defineConfig } from "vitest/config";

/** The real AWS clients: `npx vitest run --config vitest.interop.config.ts`. */
export default defineConfig({
  test: {
    include: ["test/interop/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    unstubEnvs: true,
  },
});
