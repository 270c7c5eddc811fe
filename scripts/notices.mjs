import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/**
 * The packages whose code ended up in a bundle, sorted by name and version.
 *
 * @param metafiles esbuild's
 * @returns {{name: string, version: string, license: string, folder: string}[]}
 */
export function bundledPackages(metafiles, root) {
  const folders = new Set(metafiles.flatMap(usedFiles).map(packageFolder).filter(Boolean));
  const packages = [...folders].map((folder) => {
    const { name, version, license } = readPackage(path.join(root, folder));
    if (typeof license !== "string") throw new Error(`${name}@${version} names no licence`);
    return { name, version, license, folder };
  });
  const key = ({ name, version }) => `${name} ${version}`;
  const unique = new Map(packages.map((found) => [key(found), found]));
  return [...unique.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** The text of THIRD-PARTY-NOTICES: each licence text, below the packages that it covers. */
export function notices(packages, root) {
  const covered = new Map();
  for (const { name, version, license, folder } of packages) {
    const text = licenceText(path.join(root, folder));
    covered.set(text, [...(covered.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  const rule = "-".repeat(78);
  const entries = [...covered].map(([text, names]) => `${rule}\n${names.join("\n")}\n\n${text}\n`);
  return `The files in dist/ hold code of the packages below.\n\n${entries.join("\n")}`;
}

function usedFiles(metafile) {
  return Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([file]) => file),
  );
}

/** `node_modules/a/node_modules/@b/c/lib/d.js` → `node_modules/a/node_modules/@b/c` */
function packageFolder(file) {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
}

function readPackage(folder) {
  return JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
}

function licenceText(folder) {
  const names = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)\b/i.test(name));
  const texts = names.sort().map((name) => {
    const text = readFileSync(path.join(folder, name), "utf8");
    return text.replaceAll("\r\n", "\n").trim();
  });
  return texts.length > 0 ? texts.join("\n\n") : withoutText(folder);
}

function withoutText(folder) {
  const { author, repository } = readPackage(folder);
  const by = typeof author === "string" ? author : author?.name;
  const where = typeof repository === "string" ? repository : repository?.url;
  return `The package holds no licence text. Author: ${by ?? "unnamed"}. Source: ${where ?? "unnamed"}.`;
}
