import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it, vi } from "vitest";
import { homeEnvironment, temporaryHome } from "../helpers/context.ts";
import { isRunning } from "../helpers/is-running.ts";
import { ended, node, root, spawnSsox } from "../helpers/program.ts";
import { onTerminal } from "../helpers/terminal.ts";

const WORDS = ["credential-process", "--profile", "p"];

it.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
  ["SIGHUP", 129],
] as const)("a credential_process ends with the ssox that %s ends", async (signal, status) => {
  const { home, pids } = startPlace("");
  const child = spawnSsox(WORDS, { env: homeEnvironment(home) });
  await vi.waitFor(() => expect(pids()).toHaveLength(2), { timeout: 20_000 });
  expect(pids().filter(isRunning)).toHaveLength(2);
  child.kill(signal);
  await ended(child);
  expect(child.exitCode).toBe(status);
  await vi.waitFor(() => expect(pids().filter(isRunning)).toEqual([]), { timeout: 5_000 });
});

it("is told once of a Ctrl-C at a terminal", async (running) => {
  const { home, pids, told } = startPlace("trap 'echo INT >>told; sleep 1; exit 1' INT");
  const command = [node(), path.join(root, "bin", "ssox.js"), ...WORDS];
  const steps = [["Waiting for", "\u0003"]] as const;
  const env = homeEnvironment(home);
  expect(await onTerminal(steps, command, { env }, running)).toMatchObject({ status: 130 });
  await vi.waitFor(() => expect(pids().filter(isRunning)).toEqual([]), { timeout: 10_000 });
  expect(told()).toBe("INT\n");
});

/** With a profile `p`, whose program waits for another one, and writes down the numbers of both. */
function startPlace(trap: string) {
  const home = temporaryHome();
  const told = path.join(home, "told");
  const file = path.join(home, "pids");
  const script = path.join(home, "program.sh");
  const traps = trap && `${trap}\ntrap 'echo TERM >>told; exit 1' TERM`;
  writeFileSync(script, `cd '${home}'\n${traps}\nsleep 300 &\necho $$ $! >pids\nwait\nexit 1\n`);
  mkdirSync(path.join(home, ".aws"));
  const config = `[profile p]\ncredential_process = sh ${script}; false\n`;
  writeFileSync(path.join(home, ".aws", "config"), config);
  const read = (name: string) => (existsSync(name) ? readFileSync(name, "utf8") : "");
  return {
    home,
    told: () => read(told),
    pids: () => read(file).trim().split(" ").filter(Boolean),
  };
}
