import { once } from "node:events";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { isRunning } from "../helpers/is-running.ts";
import { asFirstProcess } from "../helpers/namespaces.ts";
import { ended, type ProgramEnd, runSsox, spawnSsox } from "../helpers/program.ts";
import { runWitness } from "../helpers/witness.ts";
import { EXEC, execPlace, SSOX, script } from "./exec-place.ts";

/*
 * Odd surroundings and odd ends: as if the program were run without ssox.
 */

/** Fetches its credentials again and again, and prints the status, or the error, and nothing twice. */
const FETCHING = `
  const { get } = require("node:http");
  let last;
  const say = (what) => { if (what !== last) console.log(last = what); };
  const headers = { Authorization: process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN };
  const ask = () => get(process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI, { headers }, (answer) => {
    answer.resume();
    say(answer.statusCode);
    setTimeout(ask, 20);
  }).on("error", (error) => { say(error.code); process.exit(); });
  ask();
`;

/** Prints at how many ports its parent listens. */
const LISTENING = `
  const { readdirSync, readFileSync, readlinkSync } = require("node:fs");
  const folder = "/proc/" + process.ppid + "/fd/";
  const open = readdirSync(folder).map((fd) => readlinkSync(folder + fd));
  const lines = readFileSync("/proc/net/tcp", "utf8").split("\\n").map((line) => line.trim().split(/ +/));
  console.log(lines.filter((at) => at[3] === "0A" && open.includes("socket:[" + at[9] + "]")).length);
`;

describe("the exit status", () => {
  it.each([
    [0, ["true"]],
    [1, ["false"]],
    [255, ["sh", "-c", "exit 255"]],
    [129, ["sh", "-c", "kill -HUP $$"]],
    [130, ["sh", "-c", "kill -INT $$"]],
    [134, ["sh", "-c", "kill -ABRT $$"]],
    [137, ["sh", "-c", "kill -KILL $$"]],
    [143, ["sh", "-c", "kill -TERM $$"]],
    [127, ["no-such-program"]],
    [127, ["./no-such-program"]],
    [126, ["/"]],
    [126, ["/dev/null"]],
  ])("55 · %i for %j", async (status, command) => {
    const { env, overlays } = await execPlace();
    const end = await runSsox([...EXEC, ...command], { env });
    expect(end).toMatchObject({ status, signal: null, stdout: "" });
    expect(end.stderr).toMatch(status >= 126 && status <= 127 ? /^ssox: error Usage: .*\n$/ : /^$/);
    expect(overlays()).toEqual([]);
  });
});

describe("within a shell's line", () => {
  const line = async (text: string): Promise<ProgramEnd & { overlays: string[] }> => {
    const { env, home, overlays } = await execPlace();
    const { PATH = "" } = process.env;
    const run = `run() { ${[...SSOX, ...EXEC].join(" ")} "$@"; }; ${text}`;
    const environment = { PATH, ...env, HOME: home };
    const { code, stdout, stderr } = await runWitness("bash", ["-c", run], environment);
    return { status: code, signal: null, stdout, stderr, overlays: overlays() };
  };

  it.each([
    ["whose reader ends early", "set -o pipefail; run yes | head -n 2; echo $?", "y\ny\n141\n"],
    ["that feeds it", "seq 100000 | run tail -n 1", "100000\n"],
    ["in the middle", "echo a | run tr a b | tr b c", "c\n"],
    ["with stdin closed", "run cat <&-; echo $?", "0\n"],
    ["with stdout closed", "run sh -c 'echo said >&2' 2>&1 >&-", "said\n"],
    ["with stderr closed", "run echo said 2>&-", "said\n"],
    ["with all of them closed", "run true <&- >&- 2>&-; echo $?", "0\n"],
    ["that reads on behind it", "(run sh -c 'read x; echo $x'; cat) <<< $'1\n2'", "1\n2\n"],
  ])("%s", async (_what, text, stdout) => {
    expect(await line(text)).toMatchObject({ stdout, stderr: "", overlays: [] });
  });
});

describe("an exec within an exec", () => {
  it("is the inner role, ends alone, and leads back to the outer one", async () => {
    const { env, overlays } = await execPlace();
    const show = "echo $SSOX_ROLE $SSOX_PROFILE";
    const inner = [...SSOX, "exec", "--profile", "read", "--"].join(" ");
    const line = `${inner} sh -c '${show}; kill -TERM $$'; echo $?; ${show}; exit 4`;
    const end = await runSsox([...EXEC, "sh", "-c", line], { env });
    const stdout = "ReadOnlyAccess read\n143\nDeveloperAccess dev\n";
    expect(end).toMatchObject({ status: 4, stdout, stderr: "" });
    expect(overlays()).toEqual([]);
  });
});

describe("a command without a target within an exec", () => {
  it("is the outer role, where that came of variables that are gone", async () => {
    const { env, home, lab } = await execPlace();
    const role = `arn:aws:iam::${lab.organisation.accounts[0]?.id}:role/Deployer`;
    const profile = `\n[profile e]\nrole_arn = ${role}\ncredential_source = Environment\n`;
    appendFileSync(path.join(home, ".aws", "config"), profile);
    const keys = JSON.parse(
      (await runSsox(["env", "--profile", "dev", "--format", "json"], { env })).stdout,
    );
    const environment = { ...env, ...keys, AWS_ENDPOINT_URL_STS: lab.url };
    const inner = [...SSOX, "exec", "--", ...SSOX, "whoami", "--json"];
    const end = await runSsox(["exec", "--profile", "e", "--", ...inner], { env: environment });
    expect(end).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(end.stdout)).toMatchObject({
      arn: expect.stringContaining("assumed-role/Deployer"),
      profile: "e",
    });
  });
});

describe("a container's endpoint that takes its time", () => {
  it("is waited for, without a word of the SDK's", async () => {
    const { env, home, lab } = await execPlace();
    const role = `arn:aws:iam::${lab.organisation.accounts[0]?.id}:role/Deployer`;
    const profile = `\n[profile e]\nrole_arn = ${role}\ncredential_source = EcsContainer\n`;
    appendFileSync(path.join(home, ".aws", "config"), profile);
    const { stdout } = await runSsox(["credential-process", "--profile", "dev"], { env });
    const { SessionToken: Token, ...keys } = JSON.parse(stdout);
    const server = createServer((_request, response) => {
      // The SDK has something to say after one second.
      setTimeout(() => response.end(JSON.stringify({ ...keys, Token })), 1_500);
    }).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const url = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}` };
    const environment = { ...env, ...url, AWS_ENDPOINT_URL_STS: lab.url };
    const words = ["exec", "--profile", "e", "--", "true"];
    const end = await runSsox(words, { env: environment });
    expect(end).toMatchObject({ status: 0, stderr: "" });
  });
});

describe("without a folder that can be written", () => {
  it("names what helps, and in env mode runs", async () => {
    const { env } = await execPlace();
    const readOnly = { env: { ...env, XDG_RUNTIME_DIR: "", XDG_STATE_HOME: "/proc/none" } };
    const end = await runSsox([...EXEC, "true"], readOnly);
    expect(end.status).toBe(6);
    expect(end.stderr).toMatch(/^ssox: error WriteFailed: .* → .*XDG_RUNTIME_DIR.* --mode env/m);
    const words = ["exec", "--profile", "dev", "--mode", "env", "--", "true"];
    expect(await runSsox(words, readOnly)).toMatchObject({ status: 0, stderr: "" });
  });
});

describe("an exec within one that was killed", () => {
  it("is the same target, though the overlay is gone", async () => {
    const { env, overlays } = await execPlace();
    const inner = [...SSOX, "exec", "--"].join(" ");
    // Any other exec removes what the killed one has left.
    const other = [...SSOX, "exec", "--profile", "read", "--", "true"].join(" ");
    const show =
      "echo $SSOX_ROLE $SSOX_PROFILE $AWS_REGION; test -e $AWS_CONFIG_FILE && echo there";
    const line = `kill -9 $PPID; ${other}; test -e $AWS_CONFIG_FILE || echo gone; ${inner} sh -c '${show}'`;
    const child = spawnSsox([...EXEC, "sh", "-c", line], { env });
    let said = "";
    child.stdout.on("data", (text) => {
      said += text;
    });
    await once(child, "close");
    expect(said).toBe("gone\nDeveloperAccess dev eu-west-1\nthere\n");
    expect(overlays()).toEqual([]);
  });
});

describe("the region within an exec within an exec", () => {
  const SHOW =
    "echo $(printenv AWS_REGION || echo none) $(printenv AWS_DEFAULT_REGION || echo none)";
  const inner = [...SSOX, "exec", "--profile", "far", "--"].join(" ");

  it.each([
    [{}, "none none"],
    [{ AWS_REGION: "ap-south-1" }, "ap-south-1 none"],
    [{ AWS_DEFAULT_REGION: "ap-south-1" }, "none ap-south-1"],
  ])("is the user's own where the inner profile has none: %j", async (own, expected) => {
    const { env } = await farPlace();
    for (const mode of ["server", "env"]) {
      const words = ["exec", "--profile", "dev", "--mode", mode, "--", "sh", "-c"];
      const { stdout } = await runSsox([...words, `${SHOW}; ${inner} sh -c '${SHOW}'`], {
        env: { ...env, ...own },
      });
      expect(stdout).toBe(`eu-west-1 eu-west-1\n${expected}\n`);
    }
  });

  it("is what was set between them, and the outer one's again for the same target", async () => {
    const { env } = await farPlace();
    const same = [...SSOX, "exec", "--"].join(" ");
    const line = `${same} sh -c '${SHOW}'; export AWS_REGION=sa-east-1; ${inner} sh -c '${SHOW}'`;
    const words = ["exec", "--profile", "far", "--region", "ap-south-1", "--", "sh", "-c"];
    const { stdout } = await runSsox([...words, line], { env });
    expect(stdout).toBe("ap-south-1 ap-south-1\nsa-east-1 none\n");
  });

  const farPlace = async () => {
    const place = await execPlace();
    const [account] = place.lab.organisation.accounts;
    const far = `[profile far]\nsso_session = acme\nsso_account_id = ${account?.id}\nsso_role_name = ReadOnlyAccess\n`;
    appendFileSync(path.join(place.home, ".aws", "config"), far);
    return place;
  };
});

describe("as the first process of a container", () => {
  it.for(["SIGTERM", "SIGINT", "SIGHUP"] as const)("55 · hands %s on", async (signal, running) => {
    const inside = asFirstProcess(running);
    const { env, overlays } = await execPlace();
    const careful = `
      process.on("${signal}", () => process.exit(9));
      console.log("ready", process.ppid);
      setInterval(() => {}, 1000);
    `;
    const child = spawnSsox(script(careful), { env, inside });
    onTestFinished(() => void child.kill("SIGKILL"));
    const [said] = await once(child.stdout, "data");
    expect(String(said)).toBe("ready 1\n");
    const unshared = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8");
    process.kill(Number(unshared), signal);
    await ended(child);
    expect([child.exitCode, child.signalCode]).toEqual([9, null]);
    expect(overlays()).toEqual([]);
  });
});

describe("SIGUSR1", () => {
  it("that comes while Node starts leaves no inspector open", async () => {
    const { env, home } = await execPlace();
    const preload = path.join(home, "usr1.cjs");
    const wait = "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)";
    writeFileSync(preload, `process.kill(process.pid, "SIGUSR1"); ${wait};`);
    const options = { env: { ...env, NODE_OPTIONS: `--require ${preload}` } };
    // The endpoint alone.
    const end = await runSsox(script(LISTENING), options);
    expect(end.stdout).toBe("1\n");
  });
});

describe("while nothing is started yet", () => {
  it("USR1 and USR2 mean nothing, and QUIT ends it as INT does", async () => {
    const { env, lab, overlays } = await execPlace();
    lab.fault({ kind: "hang", operation: "GetRoleCredentials" });
    const child = spawnSsox([...EXEC, "true"], { env });
    const asked = () => lab.requests.some(({ operation }) => operation === "GetRoleCredentials");
    await expect.poll(asked, { timeout: 10_000 }).toBe(true);
    for (const name of ["SIGUSR1", "SIGUSR2"] as const) child.kill(name);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
    child.kill("SIGQUIT");
    await ended(child);
    expect([child.exitCode, child.signalCode]).toEqual([131, null]);
    expect(overlays()).toEqual([]);
  });
});

describe("the end", () => {
  it("by kill -9 of ssox refuses the program's next fetch at once", async () => {
    const { env } = await execPlace();
    const child = spawnSsox(script(FETCHING), { env });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    let said = "";
    child.stdout.on("data", (chunk) => {
      said += chunk;
    });
    await ended(child);
    expect(said).toMatch(/^ECONN(REFUSED|RESET)\n$/);
  });

  it("of a program that ignores what asks it to end is its own", async () => {
    const { env } = await execPlace();
    const stubborn = `
      for (const name of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(name, () => console.log(name));
      console.log("ready");
      setTimeout(() => process.exit(3), 2000);
    `;
    const child = spawnSsox(script(stubborn), { env });
    let said = "";
    child.stdout.on("data", (chunk) => {
      said += chunk;
    });
    await once(child.stdout, "data");
    for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) child.kill(name);
    await ended(child);
    expect(child.exitCode).toBe(3);
    expect(said.trim().split("\n").sort()).toEqual(["SIGHUP", "SIGINT", "SIGTERM", "ready"]);
  });

  it("does not wait for what a renewal runs, and ends it", async () => {
    // The second run hangs.
    const slow = (folder: string) => `
[profile slow]
credential_process = sh -c 'cd ${folder}; if test -e again; then echo $$ > hangs; exec sleep 60; fi; touch again; echo "$KEYS"'
`;
    const { env, home, overlays } = await execPlace();
    appendFileSync(path.join(home, ".aws", "config"), slow(home));
    // Renewed after two thirds of it.
    const Expiration = new Date(Date.now() + 15_000).toISOString();
    const KEYS = JSON.stringify({
      ...{ Version: 1, AccessKeyId: "A", SecretAccessKey: "s", SessionToken: "t" },
      Expiration,
    });
    const until = `while ! test -e ${home}/hangs; do sleep 0.1; done`;
    const words = ["exec", "--profile", "slow", "--", "sh", "-c", `${until}; date +%s%3N`];
    const end = await runSsox(words, { env: { ...env, KEYS }, timeout: 55_000 });
    const late = Date.now() - Number(end.stdout);
    const hanging = Number(readFileSync(path.join(home, "hangs"), "utf8"));
    await expect.poll(() => isRunning(hanging), { timeout: 20_000 }).toBe(false);
    expect(end).toMatchObject({ status: 0, stderr: "" });
    expect(late).toBeLessThan(8_000);
    expect(overlays()).toEqual([]);
  });
});
