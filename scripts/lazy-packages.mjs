import { build } from "esbuild";

/**
 * The esbuild plugin that sends every `await import("package")` of src to that
 * package's chunk, and adds the package's name to `names`. So a command that
 * does not need a package does not load it.
 */
export function lazyPackages(names) {
  return {
    name: "lazy-packages",
    setup(bundler) {
      bundler.onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) => {
        const fromPackage = importer.includes("node_modules");
        if (kind !== "dynamic-import" || fromPackage || path.startsWith("node:")) return undefined;
        if (bundler.initialOptions.external?.includes(path)) return { path, external: true };
        names.add(path);
        return { path, namespace: "lazy" };
      });
      bundler.onLoad({ filter: /.*/, namespace: "lazy" }, ({ path }) => ({
        // `__esModule` makes esbuild hand on the package's own `default`.
        contents: `module.exports = { __esModule: true, ...require("./${chunkOf(path)}")["${path}"] };`,
      }));
      bundler.onResolve({ filter: /^\.\//, namespace: "lazy" }, ({ path }) => ({
        path,
        external: true,
      }));
    },
  };
}

/**
 * Builds the chunks of `names`. They hold third-party code only: a module of
 * src in a chunk would exist twice in one process.
 *
 * @returns esbuild's metafiles
 */
export async function buildChunks(names, options, outdir, root) {
  const chunks = new Map();
  for (const name of [...names].sort()) {
    chunks.set(chunkOf(name), [...(chunks.get(chunkOf(name)) ?? []), name]);
  }
  const results = await Promise.all(
    [...chunks].map(([file, packages]) => {
      const contents = packages.map((name) => `export * as "${name}" from "${name}";`).join("\n");
      return build({
        ...options,
        stdin: { contents, resolveDir: root },
        outfile: `${outdir}/${file}`,
        plugins: [withoutEditor],
      });
    }),
  );
  return results.map((result) => result.metafile);
}

/** The one prompt of @inquirer/prompts that ssox has no use for brings 0.6 MB of character tables. */
const withoutEditor = {
  name: "without-editor",
  setup(bundler) {
    bundler.onResolve({ filter: /^@inquirer\/editor$/ }, ({ path }) => ({
      path,
      namespace: "left-out",
    }));
    bundler.onLoad({ filter: /.*/, namespace: "left-out" }, () => ({
      contents: "export default undefined;",
    }));
  },
};

/**
 * The clients of the AWS SDK are one chunk: they share most of their code. Its
 * credential providers bring other clients, and few targets need them; what
 * ssox tells them it tells the copy of @smithy/core that they have.
 */
function chunkOf(name) {
  const isOfProviders = ["@aws-sdk/credential-providers", "@smithy/core/config"].includes(name);
  if (isOfProviders) return "aws-credential-providers.cjs";
  if (/^@(aws-sdk|smithy)\//.test(name)) return "aws-sdk.cjs";
  // Their hooks work in prompts of the same copy alone.
  if (name.startsWith("@inquirer/")) return "inquirer.cjs";
  return `${name.replace("@", "").replaceAll("/", "-")}.cjs`;
}
