import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Config, Help } from "@oclif/core";

/** Terminals narrower than this are rare, and text wider than the last is hard to read. */
const WIDTHS = [80, 120];

/**
 * Writes dist/help.json: the help of every command and of ssox itself (""), with
 * colours, for each width of a terminal. Rendering it at run time would double
 * what `--help` costs.
 */
export function writeHelp(root) {
  const texts = WIDTHS.map((columns) => {
    // oclif looks at the width once, when it is loaded.
    const env = { ...process.env, OCLIF_COLUMNS: String(columns), FORCE_COLOR: "1" };
    delete env.NO_COLOR;
    const args = [fileURLToPath(import.meta.url), root];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
    if (status !== 0) throw new Error(`the help was not rendered: ${stderr}`);
    return [columns, JSON.parse(stdout)];
  });
  const file = path.join(root, "dist", "help.json");
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(texts))}\n`);
}

async function render(root) {
  const config = await Config.load({ root });
  // It stands under VERSION, and would name the machine that built it.
  config.userAgent = `ssox ${config.version}`;
  for (const command of config.commands) command.description = reflowed(command.description);
  const texts = {};
  for (const id of ["", ...config.commandIDs]) {
    const lines = [];
    const help = new Help(config, { hideAliasesFromRoot: true });
    help.log = (...words) => lines.push(words.join("\n"));
    await help.showHelp(id === "" ? [] : [id]);
    texts[id] = lines.join("\n").trimEnd();
  }
  return texts;
}

/** oclif keeps every line break of a description, and breaks again where the terminal ends. */
function reflowed(text = "") {
  return text
    .split("\n\n")
    .map((paragraph) => (/^\s/m.test(paragraph) ? paragraph : paragraph.replaceAll("\n", " ")))
    .join("\n\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(JSON.stringify(await render(process.argv[2])));
}
