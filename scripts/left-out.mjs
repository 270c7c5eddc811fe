import { readFileSync } from "node:fs";
import path from "node:path";

/**
 * Parts of oclif that no command of ssox reaches, by their place in it: it runs
 * its commands by itself, has no plugins, catches every error in main, and the
 * build renders the help. They would be a third of the bundle, and a fifth of
 * what `ssox status` takes.
 */
const PARTS = ["config", "help", "help/util", "errors/handle", "ux"];

/** What oclif traces with, and ssox never has it do. */
const SILENT = "module.exports = () => () => {};";

/** It would open stdout as a stream, for those who print with oclif. */
const LISTENS = /^process\.stdout\.on\('error',.*?^\}\);$/ms;

const CORE = path.join("node_modules", "@oclif", "core", "lib");

/** The esbuild plugin that puts empty modules in their place. */
export const leftOut = {
  name: "left-out",
  setup(bundler) {
    bundler.onResolve({ filter: /^\.\.?\// }, ({ path: id, resolveDir }) => {
      const [before, part = ""] = path.join(resolveDir, id).split(CORE + path.sep);
      const isPart = before !== undefined && PARTS.includes(part.replace(/\/index$/, ""));
      return isPart ? { path: part, namespace: "left-out" } : undefined;
    });
    bundler.onResolve({ filter: /^debug$/ }, ({ path: id }) => ({
      path: id,
      namespace: "left-out",
    }));
    bundler.onLoad({ filter: /.*/, namespace: "left-out" }, ({ path: id }) => ({
      contents: id === "debug" ? SILENT : "",
    }));
    bundler.onLoad({ filter: /@oclif\Wcore\Wlib\Wcommand\.js$/ }, ({ path: file }) => {
      const text = readFileSync(file, "utf8");
      if (!LISTENS.test(text)) throw new Error("oclif opens stdout in some other way now");
      return { contents: text.replace(LISTENS, "") };
    });
  },
};
