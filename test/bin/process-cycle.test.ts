import { appendFileSync, chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { isRunning } from "../helpers/is-running.ts";
import { ended, runSsox, spawnSsox } from "../helpers/program.ts";
import { execPlace, SSOX } from "./exec-place.ts";

/*
 * A credential_process that is a script, which asks ssox: for the same profile it
 * would start itself without end.
 */

const ssox = SSOX.join(" ");
const KEYS = '{"Version":1,"AccessKeyId":"AKIA1","SecretAccessKey":"s1","SessionToken":"t1"}';

/** A home with profiles whose credential_process is a script of these lines. */
async function place(scripts: Readonly<Record<string, string>>) {
  const { env, home } = await execPlace();
  const configFile = path.join(home, ".aws", "config");
  const runs = (name: string) => path.join(home, `${name}.runs`);
  for (const [name, line] of Object.entries(scripts)) {
    const file = path.join(home, `${name}.sh`);
    // Four are enough to see that there is no end.
    const count = `echo . >> ${runs(name)}; test "$(wc -l < ${runs(name)})" -lt 4 || exit 9`;
    writeFileSync(file, `#!/bin/sh\n${count}\n${line}\n`);
    chmodSync(file, 0o755);
    appendFileSync(configFile, `[profile ${name}]\ncredential_process = ${file}\n`);
  }
  const role = "role_arn = arn:aws:iam::111122223333:role/R\nsource_profile = p\n";
  appendFileSync(configFile, `[profile role]\n${role}`);
  return {
    home,
    configFile,
    run: (...words: string[]) => runSsox(words, { env }),
    start: (...words: string[]) => spawnSsox(words, { env }),
    runsOf: (name: string) =>
      existsSync(runs(name)) ? readFileSync(runs(name), "utf8").length / 2 : 0,
  };
}

describe("a script that leads back to its own profile", () => {
  it.each([
    ["credential-process", `${ssox} credential-process --profile p`, "p → p"],
    ["exec", `${ssox} exec --profile p -- echo '${KEYS}'`, "p → p"],
    ["exec in env mode", `${ssox} exec --mode env --profile p -- echo '${KEYS}'`, "p → p"],
    ["env", `keys=$(${ssox} env --profile p)`, "p → p"],
    ["a role", `${ssox} credential-process --profile role`, "p → role → p"],
    ["an exec", `${ssox} exec --profile dev -- ${ssox} env --profile p`, "p → p"],
  ])("by way of %s is refused where it does", async (_what, line, circle) => {
    const { run, runsOf } = await place({ p: `${line} || exit` });
    const end = await run("exec", "--profile", "p", "--", "true");
    expect(end.stderr).toMatch(/^ssox: error ConfigInvalid: .*\n$/);
    expect(end.stderr).toContain(`leads back to it: ${circle}.`);
    expect(end).toMatchObject({ status: 6, stdout: "" });
    expect(runsOf("p")).toBe(1);
  });

  it("by way of another script is refused, whoever asks first", async () => {
    const { run, runsOf } = await place({
      p: `${ssox} credential-process --profile q`,
      q: `${ssox} credential-process --profile p`,
    });
    const end = await run("credential-process", "--profile", "q");
    expect(end).toMatchObject({ status: 6, stdout: "" });
    expect(end.stderr).toContain("leads back to it: q → p → q.");
    expect([runsOf("p"), runsOf("q")]).toEqual([1, 1]);
  });
});

it.each(["SIGTERM", "SIGHUP"] as const)(
  "a script that hangs keeps nobody from %s, and ends with it",
  async (name) => {
    const { start, home } = await place({ p: "echo $$ > $HOME/pid; exec sleep 20" });
    const pid = path.join(home, "pid");
    const ssox = start("env", "--profile", "p");
    await vi.waitFor(() => expect(readFileSync(pid, "utf8")).toMatch(/\n/), 10_000);
    const begun = performance.now();
    ssox.kill(name);
    await ended(ssox);
    expect(performance.now() - begun).toBeLessThan(5_000);
    await expect.poll(() => isRunning(readFileSync(pid, "utf8").trim())).toBe(false);
    expect(ssox.exitCode).toBe(name === "SIGTERM" ? 143 : 129);
  },
);

describe("a script that asks ssox", () => {
  const keys = (profile: string, more = "") =>
    `${more} ${ssox} credential-process --profile ${profile}`;

  it("for another profile has its credentials", async () => {
    const { run } = await place({ p: keys("q"), q: keys("dev") });
    const end = await run("credential-process", "--profile", "p");
    expect(end).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(end.stdout)).toMatchObject({ AccessKeyId: expect.stringMatching(/^ASIA/) });
  });

  it("for a profile of that name in another file has its credentials", async () => {
    const { run, home } = await place({ p: keys("p", `AWS_CONFIG_FILE=$HOME/other`) });
    const script = path.join(home, "other.sh");
    writeFileSync(script, `#!/bin/sh\necho '${KEYS}'\n`);
    chmodSync(script, 0o755);
    writeFileSync(path.join(home, "other"), `[profile p]\ncredential_process = ${script}\n`);
    const end = await run("credential-process", "--profile", "p");
    expect(end).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(end.stdout)).toMatchObject({ AccessKeyId: "AKIA1" });
  });

  it("and is told to sign in tells that, with its status", async () => {
    const { run } = await place({
      p: keys("dev", "AWS_CONFIG_FILE=$HOME/.aws/config HOME=$HOME/nobody"),
    });
    const end = await run("credential-process", "--profile", "p");
    expect(end).toMatchObject({ status: 3, stdout: "" });
    expect(end.stderr).toMatch(/^ssox: error LoginRequired: .* → ssox login --session acme\n$/);
  });

  it("may be that of an exec within an exec", async () => {
    const { run, runsOf } = await place({ p: `echo '${KEYS}'` });
    const inner = [...SSOX, "exec", "--profile", "p", "--", "printenv", "SSOX_PROFILE"];
    const end = await run("exec", "--profile", "p", "--", ...inner);
    expect(end).toEqual({ status: 0, signal: null, stdout: "p\n", stderr: "" });
    expect(runsOf("p")).toBe(2);
  });
});
