import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";

const SSOX = path.join(import.meta.dirname, "..", "bin", "ssox.js");

/**
 * A home that is signed in to a lab of its own, with a profile for each of its
 * roles (three an account), and with credentials of one of them in the cache.
 *
 * @param lab more words for the lab
 */
export async function makeHome({ folder, node, accounts, lab: more = [] }) {
  mkdirSync(folder, { recursive: true });
  const { PATH = "", TERM = "" } = process.env;
  // No NODE_EXTRA_CA_CERTS: Node 20 would read the whole bundle at every start.
  const env = { PATH, TERM, HOME: folder, AWS_EC2_METADATA_DISABLED: "true" };
  const args = [SSOX, "lab", "--accounts", String(accounts), "--roles", "3", ...more];
  const lab = spawn(node, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: lab.stdout }), "line");
  const { url, startUrl } = JSON.parse(line);
  for (const service of ["SSO", "SSO_OIDC", "STS"]) env[`AWS_ENDPOINT_URL_${service}`] = url;
  const empty = path.join(folder, "empty.js");
  writeFileSync(empty, "");
  const ssox = (...words) => ({ command: node, args: [SSOX, ...words], env });

  run(ssox("login", "--start-url", startUrl, "--sso-region", "eu-west-1", "--session", "acme"));
  const { created } = JSON.parse(run(ssox("sync-profiles", "--region", "eu-west-1", "--json")));
  const [profile] = created;
  run(ssox("credential-process", "--profile", profile));
  return {
    env,
    folder,
    profile,
    ssox,
    nodeVersion: run({ command: node, args: ["--version"], env }).trim(),
    credentialProcess: `${node} ${SSOX} credential-process --profile ${profile}`,
    empty: () => ({ command: node, args: [empty], env }),
    /** The next `credential-process` has to ask the service. */
    forget: () => empties(path.join(folder, ".aws", "cli", "cache")),
    async close() {
      lab.kill("SIGTERM");
      await once(lab, "exit");
    },
  };
}

function empties(folder) {
  for (const name of readdirSync(folder)) rmSync(path.join(folder, name));
}

function run({ command, args, env }) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    env,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`${args.slice(1).join(" ")} ended with ${status}: ${stderr}`);
  return stdout;
}
