/** Modules of Node's own that take a millisecond or more to load, and that many commands never use. */
const SLOW = [
  "node:child_process",
  "node:crypto",
  "node:fs/promises",
  "node:http",
  "node:https",
  "node:net",
  "node:os",
  "node:perf_hooks",
  "node:readline",
  "node:stream/consumers",
  "node:timers/promises",
  "node:tty",
];

/**
 * Its members are those of the module, which is loaded when one is first asked
 * for. They are found by way of the prototype, which esbuild hands on to the
 * object that it makes for those who import names.
 */
const lazily = (id) => `
  let loaded;
  const members = new Proxy({}, { get: (_, name) => (loaded ??= require("${id}"))[name] });
  module.exports = Object.create(members, { __esModule: { value: true } });
`;

/**
 * The esbuild plugin for the modules of Node: the slow ones are loaded when they
 * are used. And `path` of `import path from "node:path"` is the module itself:
 * else every file that has such a line makes a copy of it at start-up, member by
 * member, as ESM's rules for a default export want it.
 */
export const builtins = {
  name: "builtins",
  setup(bundler) {
    bundler.onResolve({ filter: /^node:/ }, ({ path, kind, namespace }) => {
      if (namespace === "builtin") return { path, external: true };
      const isPath = path === "node:path" && kind === "import-statement";
      if (!isPath && !SLOW.includes(path)) return undefined;
      return { path, namespace: "builtin", sideEffects: false };
    });
    bundler.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: path === "node:path" ? `export default require("node:path");` : lazily(path),
    }));
  },
};
