import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { type Relay, signInAsAwsCli, startRelay, testContext } from "../helpers/context.ts";
import { awsConfigFor, startTestLab, type TestLabOptions } from "../helpers/lab.ts";
import { node, root } from "../helpers/program.ts";

export const EXEC = ["exec", "--profile", "dev", "--"];

/** The words that run the built program from anywhere. */
export const SSOX = [node(), path.join(root, "bin", "ssox.js")];

/**
 * For a program of Node's: `whenHeard(then)` waits until ssox, its parent, can tell signals to the
 * whole group from those to itself alone.
 */
export const WHEN_HEARD = `
  const whenHeard = (then) => {
    const read = (...names) => {
      try {
        return require("node:fs").readFileSync(["/proc", ...names].join("/"), "utf8");
      } catch {
        return "";
      }
    };
    // The last signal that the shell of ssox sets a trap for is SIGCONT, the 18th.
    const hears = (pid) =>
      read(pid, "cmdline").startsWith("/bin/sh\\0") &&
      BigInt("0x" + (/SigCgt:\\s*(\\w+)/.exec(read(pid, "status"))?.[1] ?? 0)) & (1n << 17n);
    const look = () => {
      const children = read(process.ppid, "task", process.ppid, "children").split(" ");
      // What came to it in its first 100 ms counts for little.
      if (children.some(hears)) setTimeout(then, 300);
      else setTimeout(look, 20);
    };
    look();
  };
`;

export const script = (text: string): string[] => [...EXEC, node(), "-e", text];

/** A home that is signed in, with the profiles `dev` and `read`, and a lab behind a relay. */
export async function execPlace(lab: TestLabOptions = {}, more = "") {
  const started = await startTestLab(lab);
  const relay: Relay = await startRelay(started);
  const accountId = started.organisation.accounts[0]?.id ?? "";
  const config = awsConfigFor(started, [
    { name: "dev", accountId, roleName: "DeveloperAccess" },
    { name: "read", accountId, roleName: "ReadOnlyAccess" },
  ]);
  const context = testContext({ lab: relay, config: config + more });
  await signInAsAwsCli(started, context);
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(context.env))
    if (value !== undefined) env[name] = value;
  const { home, runtime } = context.paths;
  const overlays = (): string[] => (existsSync(runtime) ? readdirSync(runtime) : []);
  return { lab: started, relay, env, home, overlays };
}
