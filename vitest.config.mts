import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/interop/**", "test/soak/**", "node_modules/**"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    unstubEnvs: true,
    coverage: { provider: "v8", include: ["src/**"] },
  },
});
