import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished } from "vitest";
import type { Lab } from "../../src/lab/lab.ts";
import { systemClock } from "../../src/system/clock.ts";
import { type Paths, resolvePaths } from "../../src/system/paths.ts";
import {
  homeEnvironment,
  type Relay,
  sha1,
  signInAsAwsCli,
  startRelay,
  temporaryHome,
} from "../helpers/context.ts";
import { awsConfigFor, requestsOf, startTestLab, type TestLabOptions } from "../helpers/lab.ts";
import type { Container } from "../helpers/namespaces.ts";
import { ended, node, type ProgramEnd, runSsox, spawnSsox } from "../helpers/program.ts";

export const DEVICE = ["login", "--flow", "device", "--no-browser"];
export const PKCE = ["login", "--flow", "pkce"];

/** A home with `[sso-session acme]`, and a lab behind a relay that knows when all is quiet. */
export interface Place {
  readonly lab: Lab;
  /** With a browser in which the user approves. */
  readonly env: Readonly<Record<string, string>>;
  /** What runs a program there. */
  readonly inside: readonly string[];
  /** For a run on a machine that has much else to do; milliseconds. */
  readonly timeout: number;
  /** As the test sees them. */
  readonly paths: Pick<Paths, "configFile" | "tokenCache" | "roleCache">;
  readonly tokenFile: string;
  /** The command that gives credentials of a role. */
  readonly credentials: readonly string[];
  /** Stands in the environment of every process that is started here. */
  readonly mark: string;
  /** A new sign-in whose token has run out, and no cached role credentials. */
  expire(changed?: Readonly<Record<string, string | undefined>>): Promise<void>;
  /** The text of the token file, which must be whole; undefined where there is none. */
  token(told: string): string | undefined;
  /** How many tokens the service has granted for that grant type, or for all. */
  granted(grantType?: string): number;
  /** Resolves when the next request for a token has arrived. */
  asked(): Promise<void>;
  /** Resolves when the lab has dealt with all that arrived, whoever sent it. */
  quiet(): Promise<void>;
  /** Everything in the two caches that is no cache file. */
  leftovers(): string[];
}

/** @param where by default a new home on this machine's own disk */
export async function startPlace(
  options: TestLabOptions = {},
  where: Container & { readonly home: string } = { home: temporaryHome(), inside: [], root: "" },
): Promise<Place> {
  const lab = await startTestLab(options);
  const relay = await startRelay(lab);
  const mark = randomUUID();
  const BROWSER = `${node()} -e 'fetch(process.argv[1])' %s`;
  const env = { ...homeEnvironment(where.home, relay), SSOX_TEST_MARK: mark, BROWSER };
  const within = resolvePaths(env);
  const paths = {
    configFile: where.root + within.configFile,
    tokenCache: where.root + within.tokenCache,
    roleCache: where.root + within.roleCache,
  };
  mkdirSync(path.dirname(paths.configFile), { recursive: true });
  writeFileSync(paths.configFile, awsConfigFor(lab));
  const tokenFile = path.join(paths.tokenCache, `${sha1("acme")}.json`);
  const account = lab.organisation.accounts[0]?.id ?? "";
  return {
    lab,
    env,
    inside: where.inside,
    timeout: 120_000,
    paths,
    tokenFile,
    credentials: ["credential-process", "--account", account, "--role", "ReadOnlyAccess"],
    mark,
    ...watched(relay),
    async expire(changed = {}) {
      rmSync(paths.roleCache, { recursive: true, force: true });
      const expiresAt = "2020-01-01T00:00:00Z";
      const context = { paths: { ...within, ...paths }, clock: systemClock };
      await signInAsAwsCli(lab, context, { expiresAt, ...changed });
    },
    token: (told) => wholeToken(tokenFile, told),
    granted: (grantType) =>
      requestsOf(lab, "CreateToken").filter(
        (one) => one.status === 200 && (grantType === undefined || one.grantType === grantType),
      ).length,
    leftovers: () =>
      [paths.tokenCache, paths.roleCache]
        .filter((folder) => existsSync(folder))
        .flatMap((folder) => readdirSync(folder).map((name) => path.join(folder, name)))
        .filter((file) => !/^[0-9a-f]{40}\.json$/.test(path.basename(file))),
  };
}

/** The relay tells of requests for a token; and a device code may be polled ten times a second. */
function watched(relay: Relay): Pick<Place, "asked" | "quiet"> {
  const underWay = new Set<Promise<unknown>>();
  let told: (() => void)[] = [];
  relay.relaying = async (request, pass) => {
    if (request.path === "/token") {
      for (const tell of told) tell();
      told = [];
    }
    const passing = pass();
    underWay.add(passing);
    const answer = await passing.finally(() => underWay.delete(passing));
    if (request.path !== "/device_authorization") return answer;
    return { ...answer, body: answer.body.replace(/"interval":\d+/, '"interval":0.1') };
  };
  return {
    asked: () => new Promise((resolve) => told.push(resolve)),
    async quiet() {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}

function wholeToken(file: string, told: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, "utf8");
  const token = JSON.parse(text);
  expect(token.accessToken, told).toMatch(/.+/);
  expect(token.expiresAt, told).toMatch(/.+/);
  return text;
}

/** Milliseconds that an undisturbed run takes here and now. */
export async function lengthOf(place: Place, words: readonly string[]): Promise<number> {
  await place.expire(words[0] === "login" ? { refreshToken: undefined } : {});
  const begun = performance.now();
  expect(await runSsox(words, place)).toMatchObject({ status: 0 });
  return performance.now() - begun;
}

/** Runs ssox and does something to it at a moment; resolves at its end. */
export async function disturbed(
  { env, inside, timeout }: Place,
  words: readonly string[],
  moment: Promise<unknown>,
  act: (child: ChildProcessWithoutNullStreams) => unknown,
): Promise<ProgramEnd> {
  const child = spawnSsox(words, { env, inside, timeout });
  child.stdin.end();
  onTestFinished(() => void child.kill("SIGKILL"));
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const over = ended(child);
  await Promise.race([moment, over]);
  await act(child);
  await over;
  return { status: child.exitCode, signal: child.signalCode, stdout, stderr };
}

/**
 * A moment of a run: every other time anywhere in it, early ones first, else
 * close to the answer to its request for a token.
 *
 * @param rounds how many there are
 * @param length of the run, in milliseconds
 */
export async function someMoment(
  round: number,
  rounds: number,
  length: number,
  place: Place,
): Promise<void> {
  if (round % 2 === 0) {
    await delay(((round + 2 * Math.random()) / rounds) * length);
    return;
  }
  await place.asked();
  await delay(Math.random() * 40);
}

/** The ids of the processes that have this text in their environment. */
export function processesWith(text: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(text);
    } catch {
      return false;
    }
  });
}
