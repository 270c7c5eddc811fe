import { readFileSync } from "node:fs";
import path from "node:path";

/**
 * Parts of oclif that no command of ssox reaches, by their place in it or the
 * name of their package, and what stands for them: ssox runs its commands by itself, has no plugins, catches
 * every error in main, which takes colours and line breaks out, and the build
 * renders the help. They would be a third of the bundle, and half of what
 * `ssox status` takes.
 */
const PARTS = {
  config: "",
  help: "",
  "help/util": "",
  "errors/handle": "",
  ux: "",
  "ux/supports-color": "exports.supportsColor = () => false;",
  screen: "exports.stdtermwidth = exports.errtermwidth = 80;",
  ansis: "",
  logger: "exports.makeDebug = () => () => {}; exports.getLogger = () => ({ error() {} });",
};

/** It would open stdout as a stream, for those who print with oclif. */
const LISTENS = /^process\.stdout\.on\('error',.*?^\}\);$/ms;

const CORE = path.join("node_modules", "@oclif", "core", "lib");

/** The esbuild plugin that puts empty modules in their place. */
export const leftOut = {
  name: "left-out",
  setup(bundler) {
    bundler.onResolve({ filter: /^ansis$/ }, ({ path: id }) => ({
      path: id,
      namespace: "left-out",
    }));
    bundler.onResolve({ filter: /^\.\.?\// }, ({ path: id, resolveDir }) => {
      const [, inside = ""] = path.join(resolveDir, id).split(CORE + path.sep);
      const part = inside.replace(/\/index$/, "");
      return Object.hasOwn(PARTS, part) ? { path: part, namespace: "left-out" } : undefined;
    });
    bundler.onLoad({ filter: /.*/, namespace: "left-out" }, ({ path: part }) => ({
      contents: PARTS[part],
    }));
    bundler.onLoad({ filter: /@oclif\Wcore\Wlib\Wcommand\.js$/ }, ({ path: file }) => {
      const text = readFileSync(file, "utf8");
      if (!LISTENS.test(text)) throw new Error("oclif opens stdout in some other way now");
      return { contents: text.replace(LISTENS, "") };
    });
  },
};
