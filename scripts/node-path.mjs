/**
 * The esbuild plugin that makes the `path` of `import path from "node:path"` the
 * module itself. Else every file that has such a line makes a copy of it at
 * start-up, member by member, as ESM's rules for a default export want it.
 */
export const nodePath = {
  name: "node-path",
  setup(bundler) {
    bundler.onResolve({ filter: /^node:path$/ }, ({ path, kind, namespace }) => {
      if (kind !== "import-statement" || namespace === "node-path") return undefined;
      return { path, namespace: "node-path", sideEffects: false };
    });
    bundler.onLoad({ filter: /.*/, namespace: "node-path" }, () => ({
      contents: `export default require("node:path");`,
    }));
  },
};
