import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { ended, type ProgramEnd, runSsox, spawnSsox } from "../helpers/program.ts";
import { runWitness } from "../helpers/witness.ts";
import { EXEC, execPlace, SSOX, script } from "./exec-place.ts";

/*
 * What becomes of the user's two files, and of odd ones in their place.
 */

const KEYS = "aws_access_key_id = AKIAHERS\naws_secret_access_key = hers-and-secret\n";

/** Writes keys as `aws configure set` does, then the text. */
const WRITING = `
  const { appendFileSync } = require("node:fs");
  const { AWS_PROFILE, HOME } = process.env;
  appendFileSync(HOME + "/.aws/credentials", "[" + AWS_PROFILE + "]\\n" + ${JSON.stringify(KEYS)});
  process.stdout.write(AWS_PROFILE);
`;

describe("keys that a program writes without naming a profile", () => {
  const told = (profile: string, file: string) =>
    `ssox: the program wrote aws_access_key_id, aws_secret_access_key into [${profile}] of ${file}, where nothing finds them any more → `;

  it("are told of by their names, and stay", async () => {
    const { env, home } = await execPlace();
    const file = path.join(home, ".aws", "credentials");
    writeFileSync(file, "[mine]\nregion = r\n");
    const end = await runSsox(script(WRITING), { env });
    expect(end.status).toBe(0);
    expect(end.stderr).toContain(told(end.stdout, file));
    expect(end.stderr).not.toMatch(/AKIAHERS|hers-and-secret/);
    expect(readFileSync(file, "utf8")).toBe(`[mine]\nregion = r\n[${end.stdout}]\n${KEYS}`);
  });

  it("are told of by the next exec where ssox was killed", async () => {
    const { env, home, overlays } = await execPlace();
    const ssox = spawnSsox(script(`${WRITING} setTimeout(() => {}, 3_000)`), { env });
    const [profile] = await once(ssox.stdout, "data");
    ssox.kill("SIGKILL");
    await ended(ssox);
    const file = path.join(home, ".aws", "credentials");
    const end = await runSsox([...EXEC, "true"], { env });
    expect(end.stderr).toContain(told(String(profile), file));
    expect(overlays()).toEqual([]);
    expect(await runSsox([...EXEC, "true"], { env })).toMatchObject({ status: 0, stderr: "" });
  });
});

describe("a file that can be read only once", () => {
  const run = async (text: string, more = ""): Promise<ProgramEnd & { overlays: string[] }> => {
    const { env, home, overlays } = await execPlace({}, more);
    const { PATH = "" } = process.env;
    const line = `ssox() { ${SSOX.join(" ")} "$@"; }; cd ${home}; ${text}`;
    const { code, stdout, stderr } = await runWitness("bash", ["-c", line], { PATH, ...env });
    return { status: code, signal: null, stdout, stderr, overlays: overlays() };
  };
  const OWN = "\n[profile own]\nregion = sa-east-1\nretry_mode = adaptive\noutput = yaml\n";
  const SHOWN = `grep -c "retry_mode = adaptive" $AWS_CONFIG_FILE; ${SSOX.join(" ")} credential-process --profile dev | grep -c AccessKeyId`;

  it.each(["server", "env"])("is the program's config file, in %s mode", async (mode) => {
    const exec = `ssox exec --profile dev --mode ${mode} -- sh -c '${SHOWN}'`;
    const end = await run(`AWS_CONFIG_FILE=<(cat .aws/config) ${exec}`, OWN);
    expect(end).toMatchObject({ status: 0, stderr: "", overlays: [] });
    expect(end.stdout).toBe("1\n1\n");
  });

  it("gives its keys to the program", async () => {
    const credentials = "[own]\\naws_access_key_id = AKIAOWN\\naws_secret_access_key = s\\n";
    const shown =
      'curl -s -H "Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN" $AWS_CONTAINER_CREDENTIALS_FULL_URI';
    const end = await run(
      `AWS_SHARED_CREDENTIALS_FILE=<(printf '${credentials}') ssox exec --profile own -- sh -c '${shown}'`,
      OWN,
    );
    expect(end).toMatchObject({ status: 0, stderr: "", overlays: [] });
    expect(JSON.parse(end.stdout)).toMatchObject({ AccessKeyId: "AKIAOWN" });
  });

  it.each([
    ["credential-process --profile p | grep -c AKIAP", "1\n"],
    ["env --profile p | grep -c AKIAP", "1\n"],
  ])("is read once for ssox %s", async (command, stdout) => {
    const given = '{"Version":1,"AccessKeyId":"AKIAP","SecretAccessKey":"s"}';
    const line = `\n[profile p]\ncredential_process = echo '${given}'\n`;
    const end = await run(`AWS_CONFIG_FILE=<(cat .aws/config) ssox ${command}`, line);
    expect(end).toMatchObject({ status: 0, stdout, stderr: "", overlays: [] });
  });

  it("is not written", async () => {
    const command = "ssox configure --session acme --region eu-west-1 --no-input";
    const end = await run(`AWS_CONFIG_FILE=<(cat .aws/config) ${command}`);
    expect(end).toMatchObject({ status: 6, stdout: "" });
    expect(end.stderr).toContain("is a pipe, which can be read once");
  });

  it("is waited for, and SIGTERM ends that", async () => {
    const { env, home, overlays } = await execPlace();
    const pipe = path.join(home, "pipe");
    await sh(`mkfifo ${pipe}`);
    const within = { env: { ...env, AWS_CONFIG_FILE: pipe } };
    const reader = async () => {
      const ssox = spawnSsox([...EXEC, "true"], within);
      await expect
        .poll(() => hasOpen(ssox.pid, pipe), { timeout: 20_000, interval: 20 })
        .toBe(true);
      return ssox;
    };
    const ssox = await reader();
    ssox.kill("SIGTERM");
    await ended(ssox);
    expect(ssox.exitCode).toBe(143);
    const other = await reader();
    const told = text(other.stderr);
    await sh(`cat ${home}/.aws/config > ${pipe}`);
    expect(await told).toBe("");
    await ended(other);
    expect(other.exitCode).toBe(0);
    expect(overlays()).toEqual([]);
  });
});

function hasOpen(pid: number | undefined, file: string): boolean {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((name) => readlinkSync(path.join(folder, name)) === file);
  } catch {
    // One that has just been closed.
    return false;
  }
}

async function sh(line: string): Promise<void> {
  await runWitness("sh", ["-c", line], { PATH: process.env["PATH"] ?? "" });
}
