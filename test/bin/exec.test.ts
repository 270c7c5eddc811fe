import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { ended, runSsox, spawnSsox } from "../helpers/program.ts";
import { onTerminal } from "../helpers/terminal.ts";
import { EXEC, execPlace, SSOX, script } from "./exec-place.ts";

describe("the program, running another", () => {
  it("leaves stdin, stdout and stderr to it", async () => {
    const { env, overlays } = await execPlace();
    const input = "line\n".repeat(50_000);
    const command = [...EXEC, "sh", "-c", "cat; echo said >&2; exit 6"];
    const end = await runSsox(command, { env, input });
    expect(end).toEqual({ status: 6, signal: null, stdout: input, stderr: "said\n" });
    expect(overlays()).toEqual([]);
  });

  it.each(["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGCONT"] as const)(
    "55 · hands %s on, and ends with its status",
    async (signal) => {
      const { env, overlays } = await execPlace();
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
    const { env, overlays } = await execPlace();
    const child = spawnSsox([...EXEC, "sh", "-c", "echo ready; exec cat"], { env });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await ended(child);
    expect(overlays()).toHaveLength(1);
    const listing = await runSsox([...EXEC, "sh", "-c", "ls $(dirname $AWS_CONFIG_FILE)"], { env });
    expect(listing.stdout.trim().split("\n")).toHaveLength(1);
    expect(overlays()).toEqual([]);
  });

  it("gives it one Ctrl-C of the terminal, and cleans up behind it", async (running) => {
    const { env, overlays } = await execPlace();
    const careful = `
      let count = 0;
      process.on("SIGINT", () => {
        count += 1;
        if (count === 1) setTimeout(() => { console.log("count " + count); process.exit(5); }, 700);
      });
      console.log("ready");
      setInterval(() => {}, 1000);
    `;
    const command = [...SSOX, ...script(careful)];
    const end = await onTerminal([["ready", "\u0003"]], command, { env }, running);
    expect(end.shown).toContain("count 1");
    expect(end.status).toBe(5);
    expect(overlays()).toEqual([]);
  });
});
