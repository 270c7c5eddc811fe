import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { builtins } from "./builtins.mjs";
import { writeHelp } from "./help.mjs";
import { buildChunks, lazyPackages } from "./lazy-packages.mjs";
import { leftOut } from "./left-out.mjs";
import { writeManifest } from "./manifest.mjs";
import { bundledPackages, notices } from "./notices.mjs";
import { OPTIONS } from "./options.mjs";
import { sbom } from "./sbom.mjs";
import { writeShells } from "./shells.mjs";

/**
 * The program, and the helper that it starts, by the file in dist that it becomes.
 * `ssox lab` is a program of its own: the lab is a fifth of all code, and every
 * other command would have to load it.
 */
const PROGRAMS = {
  "ssox.cjs": "src/entry.ts",
  "lab.cjs": "src/entry.ts",
  "keychain.cjs": "src/system/keychain/helper.ts",
};

/** What answers without the program, as bin/ssox.js has it look first. */
const ANSWER = ["answer.cjs", "src/answer.ts"];

/** What bin/ssox.js loads: it knows the hashes of all other files, so it is built after them. */
const LOADER = ["hot.cjs", "src/hot.ts"];

const root = path.join(import.meta.dirname, "..");
const outdir = path.join(root, "dist");
const pjson = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));

process.chdir(root);

/** src/domain/hot-cache-name.ts tells why. */
const withoutCrypto = {
  name: "without-crypto",
  setup(bundler) {
    bundler.onResolve({ filter: /\/cache-name\.ts$/ }, () => ({
      path: path.join(root, "src", "domain", "hot-cache-name.ts"),
    }));
  },
};

/** src/hot.ts loads lab.cjs for the command. */
const withoutLab = {
  name: "without-lab",
  setup(bundler) {
    bundler.onLoad({ filter: /\Wsrc\Wcommands\Wlab\.ts$/ }, () => ({
      contents: "export default undefined;",
    }));
  },
};

const names = new Set();
const programs = await Promise.all(
  Object.entries(PROGRAMS).map(async ([file, entry]) => {
    const plugins = [lazyPackages(names), leftOut, builtins];
    if (file === "ssox.cjs") plugins.push(withoutLab);
    const outfile = path.join(outdir, file);
    return (await build({ ...OPTIONS, entryPoints: [entry], outfile, plugins })).metafile;
  }),
);
const chunks = await buildChunks(names, OPTIONS, outdir, root);
const { commands } = await writeManifest(root, pjson);
const help = writeHelp(root, commands);
const shells = await writeShells(root, { commands, version: pjson.version });
const answer = await buildAlone(ANSWER, { plugins: [withoutCrypto, builtins] });
const loader = await buildAlone(LOADER, {
  plugins: [builtins],
  define: {
    HASHES: JSON.stringify(hashesOf([...programs, ...chunks, answer])),
    VERSION: JSON.stringify(pjson.version),
    COMMANDS: JSON.stringify(Object.keys(commands)),
  },
});
removeOthers([...programs, ...chunks, answer, loader]);

const packages = bundledPackages([...programs, ...chunks, answer, loader], root);
writeFileSync("THIRD-PARTY-NOTICES", notices(packages, root));
writeFileSync("sbom.cdx.json", `${JSON.stringify(sbom(pjson, packages, root), null, 2)}\n`);

/** One that is compiled, or at least read, by every call of `credential-process`: each character counts. */
async function buildAlone([file, entry], options) {
  const outfile = path.join(outdir, file);
  return (
    await build({ ...OPTIONS, ...options, minifyIdentifiers: true, entryPoints: [entry], outfile })
  ).metafile;
}

/** Of each built file, by its name. */
function hashesOf(metafiles) {
  const files = metafiles.flatMap(({ outputs }) => Object.keys(outputs));
  const hash = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");
  return Object.fromEntries(files.map((file) => [path.basename(file), hash(file).slice(0, 16)]));
}

/** What an earlier build left: at the end, since the program may be running meanwhile. */
function removeOthers(metafiles) {
  const built = new Set(metafiles.flatMap(({ outputs }) => Object.keys(outputs)));
  for (const file of [...help, ...shells]) built.add(file);
  for (const name of readdirSync(outdir)) {
    if (!built.has(`dist/${name}`)) rmSync(path.join(outdir, name), { force: true });
  }
}
