import path from "node:path";
import { build } from "esbuild";
import { buildChunks, lazyPackages } from "../../../scripts/lazy-packages.mjs";
import { OPTIONS } from "../../../scripts/options.mjs";

const root = path.join(import.meta.dirname, "..", "..", "..");
const outdir = process.argv[2];
const names = new Set();
const entry = path.join(import.meta.dirname, "entry.ts");
const plugins = [lazyPackages(names)];
await build({ ...OPTIONS, entryPoints: [entry], outfile: `${outdir}/entry.cjs`, plugins });
const chunks = await buildChunks(names, OPTIONS, outdir, root);
const inputs = chunks.flatMap((chunk) => Object.keys(chunk.inputs));
console.log(JSON.stringify(inputs));
