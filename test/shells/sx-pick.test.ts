import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import { keepInventory } from "../../src/state/inventory-cache.ts";
import { openShell, SHELLS, type ShellName, type ShellPlace } from "../helpers/shells.ts";
import type { Step } from "../helpers/terminal.ts";

/* `sx` without a name: the picker itself, at a terminal. */

const SESSION = { name: "acme", startUrl: "https://d-1234567890.awsapps.com/start" };
const CONFIG = `[sso-session acme]
sso_start_url = ${SESSION.startUrl}
sso_region = eu-west-1
`;
const KEYS = "aws_access_key_id = AKIA\naws_secret_access_key = secret\n";
const HOSTILE = ["$(touch ran)", "`touch ran`", ";touch ran", "a:b=*?", "-rf", "--off", "~", "[x"];
const NAMES = ["sandbox.Admin", "prod.Admin", "two words", "é 'q' \\", ...HOSTILE];
const CTRL_C = "\u0003";

const pick = (typed: string): Step => ["Enter choose", typed];

async function open(shell: ShellName, running: TestContext): Promise<ShellPlace> {
  const place = await openShell(shell, running, {
    config: CONFIG,
    credentials: NAMES.map((name) => `[${name}]\n${KEYS}`).join(""),
    env: { AWS_DEFAULT_PROFILE: "old", AWS_ACCESS_KEY_ID: "old" },
  });
  const accounts = [{ id: "111122223333", name: "lone", email: undefined, roles: ["Reader"] }];
  const inventory = { accounts };
  const cache = path.join(place.env["XDG_CACHE_HOME"] ?? "", "ssox");
  keepInventory(cache, SESSION, { inventory, listedAt: 0, failed: [], signIn: "a" });
  return place;
}

describe.for(SHELLS.filter((name) => name !== "bash with bash-completion"))("in %s", (shell) => {
  const variables = '"$AWS_PROFILE" "$AWS_DEFAULT_PROFILE" "$AWS_ACCESS_KEY_ID"';

  it("sx takes what is picked, and sx - goes back", async (running) => {
    const { type, load, status } = await open(shell, running);
    const { calls } = await type(
      [
        "sx",
        pick("sand\r"),
        `args ${status} ${variables}`,
        "sx",
        pick("prod\r"),
        'args "$AWS_PROFILE"',
        "sx -",
        'args "$AWS_PROFILE"',
      ],
      [load],
    );
    expect(calls).toEqual(["<0><sandbox.Admin><><>", "<prod.Admin>", "<sandbox.Admin>"]);
  });

  it("Ctrl-C leaves everything as it was", async (running) => {
    const { type, load, status, configFile } = await open(shell, running);
    const { calls } = await type(
      [
        "sx",
        pick(`sand${CTRL_C}`),
        `args ${status} ${variables}`,
        // At the question whether to write a profile, too.
        "sx",
        pick("lone\r"),
        ["Write the profile", CTRL_C],
        `args ${status} ${variables}`,
        "sx -",
        `args ${status}`,
      ],
      [load],
    );
    expect(calls).toEqual(["<130><><old><old>", "<130><><old><old>", "<2>"]);
    expect(readFileSync(configFile, "utf8")).toBe(CONFIG);
  });

  it("a role without a profile gets one", async (running) => {
    const { type, load, status, configFile } = await open(shell, running);
    const { calls } = await type(
      ["sx", pick("lone\r"), ["Write the profile", "\r"], `args ${status} ${variables}`],
      [load],
    );
    expect(calls).toEqual(["<0><lone.Reader><><>"]);
    expect(readFileSync(configFile, "utf8")).toContain("[profile lone.Reader]\n");
  });

  it("names are taken exactly, and never run", async (running) => {
    const { type, load, home } = await open(shell, running);
    const lines = NAMES.flatMap((name) => ["sx", pick(`${name}\r`), 'args "$AWS_PROFILE"']);
    const { calls } = await type(lines, [load]);
    expect(calls).toEqual(NAMES.map((name) => `<${name}>`));
    expect(existsSync(path.join(home, "ran"))).toBe(false);
  });
});
