import { execFile } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { signInAsAwsCli, testContext } from "../helpers/context.ts";
import { awsConfigFor, startTestLab } from "../helpers/lab.ts";
import { ended, node, root, runSsox, spawnSsox } from "../helpers/program.ts";

async function desk() {
  const lab = await startTestLab();
  const accountId = lab.organisation.accounts[0]?.id ?? "";
  const config = awsConfigFor(lab, [{ name: "dev", accountId, roleName: "DeveloperAccess" }]);
  const context = testContext({ lab, config });
  await signInAsAwsCli(lab, context);
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(context.env))
    if (value !== undefined) env[name] = value;
  const overlays = (): string[] => readdirSync(context.paths.runtime);
  return { env, overlays, runtime: context.paths.runtime };
}

const EXEC = ["exec", "--profile", "dev", "--"];
const script = (text: string): string[] => [...EXEC, node(), "-e", text];

describe("the program, running another", () => {
  it("leaves stdin, stdout and stderr to it", async () => {
    const { env, overlays } = await desk();
    const input = "line\n".repeat(50_000);
    const command = [...EXEC, "sh", "-c", "cat; echo said >&2; exit 6"];
    const end = await runSsox(command, { env, input });
    expect(end).toEqual({ status: 6, signal: null, stdout: input, stderr: "said\n" });
    expect(overlays()).toEqual([]);
  });

  it.each(["SIGTERM", "SIGHUP", "SIGINT", "SIGUSR1"] as const)(
    "55 · hands %s on, and ends with its status",
    async (signal) => {
      const { env, overlays } = await desk();
      const waiting = `
        process.on("${signal}", () => process.exit(9));
        console.log("ready");
        setInterval(() => {}, 1000);
      `;
      const child = spawnSsox(script(waiting), { env });
      await once(child.stdout, "data");
      child.kill(signal);
      await ended(child);
      expect([child.exitCode, child.signalCode]).toEqual([9, null]);
      expect(overlays()).toEqual([]);
    },
  );

  it("removes what a killed one left", async () => {
    const { env, overlays } = await desk();
    const child = spawnSsox([...EXEC, "sh", "-c", "echo ready; exec cat"], { env });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await ended(child);
    expect(overlays()).toHaveLength(1);
    const listing = await runSsox([...EXEC, "sh", "-c", "ls $(dirname $AWS_CONFIG_FILE)"], { env });
    expect(listing.stdout.trim().split("\n")).toHaveLength(1);
    expect(overlays()).toEqual([]);
  });

  it("gives it one Ctrl-C of the terminal, and cleans up behind it", async () => {
    const { env, runtime } = await desk();
    const careful = `
      let count = 0;
      process.on("SIGINT", () => {
        count += 1;
        if (count === 1) setTimeout(() => { console.log("count " + count); process.exit(5); }, 700);
      });
      console.log("ready");
      setInterval(() => {}, 1000);
    `;
    const command = [node(), path.join(root, "bin", "ssox.js"), ...script(careful)];
    const pressKey = path.join(root, "test", "helpers", "press-key.py");
    const { stdout } = await promisify(execFile)("python3", [pressKey, "03", ...command], { env });
    expect(stdout).toContain("count 1");
    expect(stdout).toContain("|status 5");
    expect(readdirSync(runtime)).toEqual([]);
  });
});
