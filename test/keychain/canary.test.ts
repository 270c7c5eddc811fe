import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { startKeyring } from "../helpers/keyring.ts";
import { startTestLab } from "../helpers/lab.ts";
import { filesIn, placesOf } from "../helpers/places.ts";
import { WatchedHome, type WatchedRun } from "../helpers/watched-home.ts";

it("no secret is on the disk, in a command line or in an environment, of the helper too", async (test) => {
  const lab = await startTestLab();
  const home = new WatchedHome(lab);
  const { env } = await startKeyring(home.home, "working", test);
  const config = readFileSync(home.configFile, "utf8");
  const session = "[sso-session acme]\n";
  writeFileSync(home.configFile, config.replace(session, `${session}ssox_store = keychain\n`));
  const role = ["--account", lab.organisation.accounts[0]?.id ?? "", "--role", "ReadOnlyAccess"];
  const places = placesOf(home.env, "keychain");
  const seen = new Set<string>();
  const keys = ["secretAccessKey", "sessionToken"];
  const run = async (words: readonly string[], options: WatchedRun = {}) => {
    const { status, stderr } = await home.run(words, { env, ...options });
    expect({ words, status, stderr }).toMatchObject({ words, status: 0 });
    const own = ["state", "cache", "run", ".aws"].map((folder) => path.join(home.home, folder));
    for (const { file, mode } of filesIn(...own)) {
      const rows = places.filter(({ patterns }) => patterns.some((one) => one.test(file)));
      expect(rows, `rows of docs/security.md for ${file}`).toHaveLength(1);
      expect(mode, file).toBe(rows[0]?.mode ?? 0o600);
      seen.add(rows[0]?.what ?? "");
    }
  };
  await run(["login", "--flow", "device", "--debug"]);
  await run(["sync-profiles", "--debug"]);
  await run(["credential-process", ...role, "--debug"], { stdout: keys });
  await run(["exec", ...role, "--debug", "--", ...home.child], { child: ["endpointToken"] });
  await run(["exec", ...role, "--mode", "env", "--", ...home.child], { child: keys });
  await run(["whoami", ...role, "--json"]);
  await run(["status", "--json", "--debug"]);
  await run(["login", "--flow", "device", "--force", "--debug"]);
  await run(["logout", "--all", "--debug"]);
  expect([...seen].sort()).toEqual([
    "accounts and roles, as last listed, or as far as a listing came",
    "compiled code of ssox itself",
    "roles that were ever listed here",
    "the list of the items",
    "times and marks of sign-ins",
    "what `sync-profiles --undo` takes back",
    "your config file",
  ]);
  expect(home.commandLines().filter((line) => line.includes("keychain.cjs"))).not.toEqual([]);
  expect(home.findings()).toEqual([]);
  // Of the files that hold secrets, the config file and its copies alone were there.
  expect([...home.kindsInPlace()].sort()).toEqual([
    "configKey",
    "endpointToken",
    "secretAccessKey",
    "sessionToken",
  ]);
});
