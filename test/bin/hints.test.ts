import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { homeEnvironment, temporaryHome } from "../helpers/context.ts";
import { node, root, runSsox } from "../helpers/program.ts";

const NOBODY = 65_534;
/** Who owns the files, and runs ssox: for root no right is missing. */
const AS_NOBODY =
  process.getuid?.() === 0
    ? ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"]
    : [];

const CONFIG = `[sso-session acme]
sso_start_url = https://d-1234567890.awsapps.com/start
sso_region = eu-west-1
`;

it.each([
  ["a file that its owner may not read", (file: string) => chmodSync(file, 0o000)],
  ["a folder that its owner may not enter", (file: string) => chmodSync(path.dirname(file), 0o600)],
])("what is told of %s gives the right", async (_what, take) => {
  const home = ownHome("a home");
  const file = path.join(home, ".aws", "config");
  take(file);
  const run = () => runSsox(["status"], { env: homeEnvironment(home), inside: AS_NOBODY });
  const { status, stderr } = await run();
  expect(status).toBe(6);
  const [, hint = ""] = / → (chmod .+)\n$/.exec(stderr) ?? [];
  const [program = "", ...args] = [...AS_NOBODY, "sh", "-c", hint];
  execFileSync(program, args);
  expect(await run()).toMatchObject({ status: 0, stderr: "" });
});

it.each([
  ["keys", { AWS_ACCESS_KEY_ID: "AKIA1", AWS_SECRET_ACCESS_KEY: "s" }],
  [
    "a web identity",
    {
      AWS_WEB_IDENTITY_TOKEN_FILE: "/token",
      AWS_ROLE_ARN: "arn:aws:iam::111122223333:role/R",
    },
  ],
])("what doctor tells of %s in the environment takes them away", async (_what, variables) => {
  const env = { ...homeEnvironment(temporaryHome()), ...variables };
  const { stdout } = await runSsox(["doctor", "--json"], { env });
  const { fix } = JSON.parse(stdout).findings.find(
    ({ code }: { code: string }) => code === "EnvironmentWins",
  );
  const ssox = `ssox() { "${node()}" "${path.join(root, "bin", "ssox.js")}" "$@"; }`;
  const left = execFileSync("sh", ["-c", `${ssox}\n${fix}\nenv`], { env, encoding: "utf8" });
  for (const name of Object.keys(variables)) expect(left).not.toContain(name);
});

/** With a config file, in a folder with a blank in its name, of the user who runs ssox. */
function ownHome(name: string): string {
  const above = temporaryHome();
  const home = path.join(above, name);
  mkdirSync(path.join(home, ".aws"), { recursive: true });
  writeFileSync(path.join(home, ".aws", "config"), CONFIG);
  if (AS_NOBODY.length > 0) {
    for (const each of [above, home, path.join(home, ".aws"), path.join(home, ".aws", "config")]) {
      chownSync(each, NOBODY, NOBODY);
    }
  }
  return home;
}
