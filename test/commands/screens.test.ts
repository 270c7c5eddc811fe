import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { main } from "../../src/main.ts";
import { helpText } from "../../src/system/built-files.ts";
import { userBrowser } from "../helpers/browser.ts";
import { signInAsAwsCli, startScene } from "../helpers/context.ts";
import { root } from "../helpers/program.ts";

/*
 * What people see, as files in test/golden: a change of looks is seen in its
 * review. `npx vitest run test/commands/screens.test.ts -u` writes them anew.
 */

/** Names that are short, long, wide, missing, and meant to do harm. */
const ORGANISATION = {
  users: [{ name: "ada@example.com" }],
  accounts: [
    account("105992674944", "sandbox", [
      "AdministratorAccess",
      "DeveloperAccess",
      "ReadOnlyAccess",
    ]),
    account("222233334444", "acme-production-eu", ["BillingViewer", "NetworkAdministrator"]),
    account("333344445555", "acme-staging-with-a-rather-long-name", ["PlatformEngineeringOnCall"]),
    account("444455556666", "データ基盤", ["DataScientist"]),
    { id: "555566667777", roles: [{ name: "ReadOnlyAccess" }] },
    account("666677778888", "\u001b[31mred\u202e", ["ReadOnlyAccess"]),
  ],
};

const SANDBOX = ["--include", "sandbox:*"];
const SYNC = ["sync-profiles", "--region", "eu-west-1"];
const PROFILE = ["--profile", "sandbox.DeveloperAccess"];

/** By the name of the file: what is run before, and what is shown. */
const SCREENS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "status-signed-out": [["status"]],
  status: [["login"], SYNC, ["whoami", ...PROFILE], ["status"]],
  login: [["login"]],
  "login-again": [["login"], ["login"]],
  logout: [["login"], SYNC, ["whoami", ...PROFILE], ["logout"]],
  accounts: [["login"], ["accounts"]],
  roles: [["login"], SYNC, ["roles"]],
  "roles-short": [["login"], [...SYNC, ...SANDBOX], ["roles", "--filter", "sandbox"]],
  whoami: [["login"], SYNC, ["whoami", ...PROFILE]],
  "sync-profiles": [["login"], SYNC],
  "sync-profiles-dry-run": [["login"], [...SYNC, ...SANDBOX, "--dry-run"]],
  "sync-profiles-undo": [["login"], SYNC, ["sync-profiles", "--undo"]],
  doctor: [["login"], SYNC, ["doctor"]],
  "doctor-profile": [["login"], SYNC, ["doctor", ...PROFILE]],
  "doctor-online": [["login"], SYNC, ["doctor", "--online"]],
  "doctor-online-profile": [["login"], SYNC, ["doctor", "--online", ...PROFILE]],
  "console-print": [["login"], SYNC, ["console", "sandbox.DeveloperAccess", "--print"]],
  configure: [["configure"]],
  "configure-dry-run": [["login"], ["configure", "--region", "eu-west-1", "--dry-run"]],
  "error-command": [["profiles"]],
  "error-sign-in": [
    ["exec", "--account", "105992674944", "--role", "ReadOnlyAccess", "--", "true"],
  ],
  "error-flag": [["whoami", "--account", "sandbox"]],
};

/** What is answered to questions, where there are any. */
const ANSWERS: Readonly<Record<string, readonly (string | boolean)[]>> = {
  configure: [
    "amend acme (https://d-1234567890.awsapps.com/start)",
    ...["Enter", "Enter", "Enter", "eu-west-1"],
    true,
  ],
  "error-sign-in": [false],
};

describe.each([80, 200])("in %i columns", (columns) => {
  it.each(Object.keys(SCREENS))("%s", async (name) => {
    const lines = SCREENS[name] ?? [];
    const terminal = { interactive: true, columns, answers: ANSWERS[name] ?? [] };
    const lab = { organisation: ORGANISATION };
    const scene = await startScene({ browser: userBrowser(), terminal, lab });
    const { clock, context } = scene;
    // A sign-in of ssox asks for a pasted URL, and would take the answers.
    if (name === "configure") await signInAsAwsCli(scene.lab, context);
    const shown = { out: 0, err: 0 };
    for (const words of lines) {
      shown.out = context.terminal.stdout.length;
      shown.err = context.terminal.stderr.length;
      await clock.run(main(words, root, context));
    }
    const screen = [
      `$ ssox ${lines.at(-1)?.join(" ")}`,
      context.terminal.stdout.slice(shown.out).trimEnd(),
      "--- stderr",
      context.terminal.stderr.slice(shown.err).trimEnd(),
    ].join("\n");
    const text = settled(screen, scene);
    expect(text.split("\n").filter((line) => line !== line.trimEnd())).toEqual([]);
    await expect(`${text}\n`).toMatchFileSnapshot(`../golden/${columns}/${name}.txt`);
  });

  it("--help", async () => {
    const text = stripVTControlCharacters(helpText(root, "", columns) ?? "");
    await expect(`${text}\n`).toMatchFileSnapshot(`../golden/${columns}/help.txt`);
  });
});

function account(id: string, name: string, roles: readonly string[]) {
  const email = `aws+${id}@example.com`;
  return { id, name, email, roles: roles.map((role) => ({ name: role })) };
}

/** Without what is other in each run. */
function settled(text: string, { context, lab, relay }: Awaited<ReturnType<typeof startScene>>) {
  return text
    .replaceAll(context.env["HOME"] ?? "", "~")
    .replaceAll(relay.url, "http://127.0.0.1:8400")
    .replaceAll(lab.url, "http://127.0.0.1:8400")
    .replaceAll(/authorize\?\S+/g, "authorize?…")
    .replaceAll(/\b\d\d:\d\d\b/g, "hh:mm");
}
