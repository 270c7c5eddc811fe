import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import type { LabOptions } from "../../src/lab/options.ts";
import { systemClock } from "../../src/system/clock.ts";
import { resolvePaths } from "../../src/system/paths.ts";
import { homeEnvironment, sha1, signInAsAwsCli, temporaryHome } from "../helpers/context.ts";
import { awsConfigFor, startTestLab } from "../helpers/lab.ts";
import { ended, node, runSsox, spawnSsox } from "../helpers/program.ts";

const DEVICE = ["login", "--flow", "device", "--no-browser"];
const PKCE = ["login", "--flow", "pkce"];
/** How often a run is killed at some moment. */
const KILLS = process.env["SSOX_SOAK"] ? 200 : 30;
const EXIT = { SIGINT: 130, SIGTERM: 143 } as const;

/** How long each takes, about: signals come in every tenth of it. In milliseconds. */
for (const [what, words, length] of [
  ["a device login", DEVICE, 1_800],
  ["a login in the browser", PKCE, 1_200],
  ["a refresh", undefined, 1_000],
] as const) {
  it(`a signal at any moment of ${what} leaves whole files and nothing else`, async () => {
    const place = await start({ latency: 150 });
    const command = words ?? place.credentials;
    let interrupted = 0;
    for (let round = 0; round < 10; round += 1) {
      const signal = round % 2 === 0 ? "SIGINT" : "SIGTERM";
      if (words === undefined) await place.expire();
      else rmSync(place.tokenFile, { force: true });
      const before = existsSync(place.tokenFile);
      const moment = ((round + Math.random()) / 10) * length;
      const end = await killed(command, place.env, signal, moment);
      const told = `round ${round}: ${signal} after ${Math.round(moment)} ms, ${JSON.stringify(end)}`;
      // 0: it had done its work before. The signal itself: node was not up yet.
      expect([0, EXIT[signal], signal], told).toContain(end.status ?? end.signal);
      if (end.status === EXIT[signal]) {
        interrupted += 1;
        expect(end.stdout, told).toBe("");
      }
      if (before) expect(existsSync(place.tokenFile), told).toBe(true);
      expectWhole(place, told);
      expect(place.leftovers(), told).toEqual([]);
    }
    expect(interrupted).toBeGreaterThan(0);
    await expectNoOrphans(place.mark);
    expect((await runSsox(["status"], { env: place.env })).status).toBe(0);
  }, 180_000);
}

it(
  "kill -9 at any moment leaves a whole token file, and the next run works",
  async () => {
    const place = await start({ latency: 60, refreshTokens: "lenient" });
    for (let round = 0; round < KILLS; round += 1) {
      await place.expire();
      const moment = 50 + Math.random() * 500;
      await killed(place.credentials, place.env, "SIGKILL", moment);
      const told = `round ${round}: after ${Math.round(moment)} ms`;
      expectWhole(place, told);
      rmSync(place.roleCache, { recursive: true, force: true });
      const next = await runSsox(place.credentials, { env: place.env });
      expect(next, told).toMatchObject({ status: 0, stderr: "" });
      expectWhole(place, told);
    }
  },
  KILLS * 10_000,
);

async function start(options: LabOptions) {
  const lab = await startTestLab(options);
  const home = temporaryHome();
  const mark = randomUUID();
  const BROWSER = `${node()} -e 'fetch(process.argv[1])' %s`;
  const env = { ...homeEnvironment(home, lab), SSOX_TEST_MARK: mark, BROWSER };
  const paths = resolvePaths(env);
  mkdirSync(path.dirname(paths.configFile));
  writeFileSync(paths.configFile, awsConfigFor(lab));
  const tokenFile = path.join(paths.tokenCache, `${sha1("acme")}.json`);
  const account = lab.organisation.accounts[0]?.id ?? "";
  return {
    env,
    mark,
    tokenFile,
    roleCache: paths.roleCache,
    credentials: ["credential-process", "--account", account, "--role", "ReadOnlyAccess"],
    /** A new sign-in whose token has run out, and no cached role credentials. */
    async expire() {
      rmSync(paths.roleCache, { recursive: true, force: true });
      const expiresAt = "2020-01-01T00:00:00Z";
      await signInAsAwsCli(lab, { paths, clock: systemClock }, { expiresAt });
    },
    /** Everything in the two caches that is no cache file. */
    leftovers: () =>
      [paths.tokenCache, paths.roleCache]
        .flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []))
        .filter((name) => !/^[0-9a-f]{40}\.json$/.test(name)),
  };
}

type Place = Awaited<ReturnType<typeof start>>;

async function killed(
  words: readonly string[],
  env: Record<string, string>,
  signal: NodeJS.Signals,
  moment: number,
) {
  const child = spawnSsox(words, { env });
  child.stdin.end();
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const over = ended(child);
  await Promise.race([delay(moment), over]);
  child.kill(signal);
  await over;
  return { status: child.exitCode, signal: child.signalCode, stdout, stderr };
}

function expectWhole({ tokenFile }: Place, told: string): void {
  if (!existsSync(tokenFile)) return;
  const token = JSON.parse(readFileSync(tokenFile, "utf8"));
  expect(token.accessToken, told).toMatch(/.+/);
  expect(token.refreshToken, told).toMatch(/.+/);
}

/** Every process of a place has its mark in the environment; the browser ends by itself. */
async function expectNoOrphans(mark: string): Promise<void> {
  if (!existsSync("/proc/self/environ")) return;
  await vi.waitFor(() => expect(marked(mark)).toEqual([]), { timeout: 20_000, interval: 100 });
}

function marked(mark: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(mark);
    } catch {
      return false;
    }
  });
}
