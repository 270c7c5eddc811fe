/** What all bundles are built with. */
export const OPTIONS = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20.17",
  // The ESM builds of the AWS SDK load in two thirds of the time of its CommonJS builds.
  mainFields: ["module", "main"],
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  // oclif would pull in the whole TypeScript compiler. The keyring has a native library for each platform.
  external: ["typescript", "ts-node", "tsx", "@napi-rs/keyring"],
  // `await import(…)` becomes a require: a real import() of a chunk would lose its named exports.
  supported: { "dynamic-import": false },
  metafile: true,
  logLevel: "warning",
};
