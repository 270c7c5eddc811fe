import { readdirSync } from "node:fs";
import path from "node:path";
import { cruise } from "dependency-cruiser";
import extractOptions from "dependency-cruiser/config-utl/extract-depcruise-options";
import extractTsConfig from "dependency-cruiser/config-utl/extract-ts-config";

// Checks the import rules of .dependency-cruiser.cjs on src/ of the current folder.
// It ends with 1 as well when it has not seen every file: dependency-cruiser
// passes with "0 modules" where it cannot read TypeScript.

const rules = path.join(import.meta.dirname, "..", ".dependency-cruiser.cjs");
const { output } = await cruise(
  ["src"],
  { ...(await extractOptions(rules)), outputType: "json" },
  {},
  { tsConfig: extractTsConfig("tsconfig.json") },
);
const { modules, summary } = JSON.parse(output);
const seen = new Set(modules.map(({ source }) => source));
const unseen = sources().filter((file) => !seen.has(file));

for (const { from, to, rule } of summary.violations) console.error(`${rule.name}: ${from} → ${to}`);
for (const file of unseen) console.error(`not seen by dependency-cruiser: ${file}`);
console.error(`${seen.size} modules, ${summary.violations.length} violations`);
process.exitCode = summary.violations.length + unseen.length > 0 || seen.size === 0 ? 1 : 0;

function sources() {
  return readdirSync("src", { recursive: true })
    .filter((file) => /\.[cm]?[jt]s$/.test(file))
    .map((file) => path.posix.join("src", file.replaceAll(path.sep, "/")));
}
