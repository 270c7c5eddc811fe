import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { keys, REGION } from "../doctor/home.ts";
import { runWitness } from "../helpers/witness.ts";
import { clientFile, witnessOf } from "./desk.ts";

/* What `ssox doctor` says of an AWS_CONFIG_FILE that is not absolute. */

describe.each(["boto3", "boto3 (Debian)", "JS SDK v3"] as const)("%s", (client) => {
  test("finds a path that is not absolute in the folder where it runs, and nowhere else", async (running) => {
    const { program } = witnessOf(client, running);
    const folder = mkdtempSync(path.join(tmpdir(), "ssox-paths-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(path.join(folder, "below"));
    writeFileSync(path.join(folder, "conf"), `[profile dev]\n${keys("CONFIG")}${REGION}`);
    const env = { HOME: folder, AWS_EC2_METADATA_DISABLED: "true" };
    const asked = { AWS_CONFIG_FILE: "conf", AWS_PROFILE: "dev" };
    writeFileSync(path.join(folder, "homes.json"), JSON.stringify([{ env: asked }]));
    const script = client === "JS SDK v3" ? ["homes.mjs"] : ["homes.py", "boto3"];
    const [file = "", ...words] = script;
    const command = [program, clientFile(file), ...words, path.join(folder, "homes.json")];
    const run = async (where: string) => {
      const shell = ["-c", 'cd "$1" && shift && exec "$@"', "sh", where, ...command];
      const { stdout, stderr } = await runWitness("/bin/sh", shell, {
        ...env,
        PATH: "/usr/bin:/bin",
      });
      return stdout || stderr;
    };
    expect(await run(folder)).toContain("AKIACONFIG");
    expect(await run(path.join(folder, "below"))).toMatch(/"error"/);
  });
});
