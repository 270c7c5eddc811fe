import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { SCENES } from "./pictures/scenes.mjs";
import { openStage } from "./pictures/stage.mjs";
import { picture, THEMES } from "./pictures/svg.mjs";

/*
 * Writes docs/pictures/NAME-light.svg and NAME-dark.svg of each scene, from runs of
 * the built program at a terminal, against the lab.
 * `--check`: writes nothing, and ends with 1 when one is not up to date.
 */

const folder = path.join(import.meta.dirname, "..", "docs", "pictures");
const ROWS = 40;

const check = process.argv.includes("--check");
const stage = await openStage();
const made = new Map();
try {
  for (const scene of SCENES) {
    const { name, alt, columns = 80 } = scene;
    for (const command of scene.before ?? []) stage.run(command);
    const text = shownIn(scene, columns);
    for (const [theme, colours] of Object.entries(THEMES)) {
      made.set(
        `${name}-${theme}.svg`,
        await picture(text, { columns, theme: colours, title: alt }),
      );
    }
  }
} finally {
  await stage.close();
}
for (const [file, svg] of made) {
  if (!check) writeFileSync(path.join(folder, file), svg);
  else if (contentOf(file) !== svg) complain(`docs/pictures/${file} is not up to date`);
}
for (const file of readdirSync(folder)) {
  if (!made.has(file)) complain(`docs/pictures/${file} is of no scene`);
}

/** Each command behind a prompt, and what it shows. */
function shownIn({ commands, keys = [] }, columns) {
  return commands
    .map((command, index) => {
      const isLast = index === commands.length - 1;
      const shown = stage.show(command, { columns, rows: ROWS, keys: isLast ? keys : [] });
      return `\u001b[2m$\u001b[22m \u001b[1m${command.replaceAll("\n", "\r\n")}\u001b[22m\r\n${shown}`;
    })
    .join("\r\n");
}

function contentOf(file) {
  try {
    return readFileSync(path.join(folder, file), "utf8");
  } catch {
    return undefined;
  }
}

function complain(what) {
  console.error(`${what}: node scripts/pictures.mjs`);
  process.exitCode = 1;
}
