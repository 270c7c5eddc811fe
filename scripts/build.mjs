import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { buildChunks, lazyPackages } from "./lazy-packages.mjs";
import { writeManifest } from "./manifest.mjs";
import { bundledPackages, notices } from "./notices.mjs";
import { OPTIONS } from "./options.mjs";
import { sbom } from "./sbom.mjs";

/** What bin/ssox.js loads, and the helper that a program starts, by the file in dist that it becomes. */
const PROGRAMS = {
  "ssox.cjs": "src/entry.ts",
  "keychain.cjs": "src/system/keychain/helper.ts",
};

const root = path.join(import.meta.dirname, "..");
const outdir = path.join(root, "dist");
const pjson = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));

process.chdir(root);

const names = new Set();
const programs = await Promise.all(
  Object.entries(PROGRAMS).map(async ([file, entry]) => {
    const plugins = [lazyPackages(names)];
    const outfile = path.join(outdir, file);
    return (await build({ ...OPTIONS, entryPoints: [entry], outfile, plugins })).metafile;
  }),
);
const chunks = await buildChunks(names, OPTIONS, outdir, root);
await writeManifest(root, pjson);
removeOthers([...programs, ...chunks]);

const packages = bundledPackages([...programs, ...chunks], root);
writeFileSync("THIRD-PARTY-NOTICES", notices(packages, root));
writeFileSync("sbom.cdx.json", `${JSON.stringify(sbom(pjson, packages, root), null, 2)}\n`);

/** What an earlier build left: at the end, since the program may be running meanwhile. */
function removeOthers(metafiles) {
  const built = new Set(metafiles.flatMap(({ outputs }) => Object.keys(outputs)));
  for (const name of readdirSync(outdir)) {
    if (!built.has(`dist/${name}`)) rmSync(path.join(outdir, name), { force: true });
  }
}
