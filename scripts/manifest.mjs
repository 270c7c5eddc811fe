import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Plugin } from "@oclif/core";
import { build } from "esbuild";

const TABLE = `
  import { COMMANDS } from "./src/commands/index.ts";
  const loaded = Object.entries(COMMANDS).map(async ([id, load]) => [id, await load()]);
  export const commands = Promise.all(loaded).then(Object.fromEntries);
`;

/** Writes oclif.manifest.json, from which scripts/help.mjs renders the help. @returns what it holds */
export async function writeManifest(root, pjson) {
  const target = path.join(root, "dist", `commands.${process.pid}.cjs`);
  await build({
    stdin: { contents: TABLE, resolveDir: root },
    outfile: target,
    bundle: true,
    platform: "node",
    format: "cjs",
    packages: "external",
    logLevel: "warning",
  });
  try {
    const manifest = await manifestOf(root, pjson, target);
    writeFileSync(path.join(root, "oclif.manifest.json"), `${JSON.stringify(manifest)}\n`);
    return manifest;
  } finally {
    rmSync(target, { force: true });
  }
}

async function manifestOf(root, pjson, target) {
  const commands = { strategy: "explicit", target, identifier: "commands" };
  const plugin = new Plugin({
    root,
    type: "core",
    isRoot: true,
    pjson: { ...pjson, oclif: { ...pjson.oclif, commands } },
    ignoreManifest: true,
    errorOnManifestCreate: true,
  });
  await plugin.load();
  for (const command of Object.values(plugin.manifest.commands)) {
    // oclif would load the command for its help, and it knows no place to load it from.
    if (command.hasDynamicHelp) throw new Error(`${command.id}: no flag may have a defaultHelp`);
  }
  return plugin.manifest;
}
