import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { type Relay, signInAsAwsCli, startRelay, testContext } from "../helpers/context.ts";
import { awsConfigFor, startTestLab, type TestLabOptions } from "../helpers/lab.ts";
import { node, root } from "../helpers/program.ts";

export const EXEC = ["exec", "--profile", "dev", "--"];

/** The words that run the built program from anywhere. */
export const SSOX = [node(), path.join(root, "bin", "ssox.js")];

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
