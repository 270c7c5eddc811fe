import { createHash } from "node:crypto";
import { setMaxListeners } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text as textOf } from "node:stream/consumers";
import { looseObject, parse } from "valibot";
import { expect, onTestFinished } from "vitest";
import { findSession, readAwsConfig } from "../../src/aws/config.ts";
import type { Context } from "../../src/context.ts";
import { type EndingSignal, Interrupted } from "../../src/errors.ts";
import type { Lab } from "../../src/lab/lab.ts";
import { type Clock, systemClock } from "../../src/system/clock.ts";
import type { Environment } from "../../src/system/environment.ts";
import type { Keychain } from "../../src/system/keychain/keychain.ts";
import { resolvePaths } from "../../src/system/paths.ts";
import { systemProcesses } from "../../src/system/processes.ts";
import { standardError } from "../../src/system/standard-error.ts";
import type { Terminal } from "../../src/system/terminal.ts";
import { forbiddenBrowser, type TestBrowser } from "./browser.ts";
import { FakeClock } from "./clock.ts";
import { forbiddenKeychain } from "./keychain.ts";
import {
  awsConfigFor,
  environmentFor,
  startTestLab,
  type TestLabOptions,
  type TestProfile,
} from "./lab.ts";

export interface TestContextOptions {
  /** A home that another context of the same test made; a new one by default, which goes with the test. */
  readonly home?: string;
  /** The system's by default. Hand the lab the same one. */
  readonly clock?: Clock;
  /** The endpoints of all services. */
  readonly lab?: Pick<Lab, "url">;
  /** Added to HOME, the XDG folders, PATH and the lab's endpoints. */
  readonly env?: Environment;
  /** Text for the AWS config file. */
  readonly config?: string;
  readonly terminal?: TestTerminalOptions;
  /** By default one that fails the test when it is opened. */
  readonly browser?: TestBrowser;
  /** By default one that fails the test when it is used. */
  readonly keychain?: Keychain;
}

/** A Context for programs that run in the test's own process, and what a test does to it. */
export interface TestContext extends Context {
  readonly terminal: TestTerminal;
  readonly browser: TestBrowser;
  /** What a signal to the process would do. */
  interrupt(name?: EndingSignal): void;
}

export function testContext(options: TestContextOptions = {}): TestContext {
  const { clock = systemClock, browser = forbiddenBrowser() } = options;
  const home = options.home ?? temporaryHome();
  const env = { ...homeEnvironment(home, options.lab), ...options.env };
  const paths = resolvePaths(env);
  if (options.config !== undefined) {
    mkdirSync(path.dirname(paths.configFile), { recursive: true });
    writeFileSync(paths.configFile, options.config);
  }
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return {
    clock,
    terminal: testTerminal(options.terminal),
    browser,
    // Signals never end what is critical: here they only abort `signal`, which nothing critical looks at.
    keychain: options.keychain ?? forbiddenKeychain(),
    processes: systemProcesses(
      { critical: (body) => body(), route: () => () => {} },
      standardError(),
      "/opt/ssox/bin/ssox.js",
    ),
    paths,
    env,
    signal: controller.signal,
    interrupt: (name = "SIGINT") => controller.abort(new Interrupted(name)),
  };
}

/** A private home that is removed when the test ends. */
export function temporaryHome(): string {
  const home = mkdtempSync(path.join(tmpdir(), "ssox-home-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

/** The environment of ssox in that home: XDG folders inside it, nothing of the real user's. */
export function homeEnvironment(home: string, lab?: Pick<Lab, "url">): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    XDG_STATE_HOME: path.join(home, "state"),
    XDG_CACHE_HOME: path.join(home, "cache"),
    XDG_RUNTIME_DIR: path.join(home, "run"),
    ...(lab && environmentFor(lab, home)),
  };
}

export interface TestTerminalOptions {
  /** stdin and stderr are terminals. */
  readonly interactive?: boolean;
  /** `--no-input` or `CI`. */
  readonly noInput?: boolean;
  /** How wide it is; undefined: nothing is cut. */
  readonly columns?: number;
  /**
   * One for each question, in order: a line that is typed, with what stands there for `Enter`; what `choose`
   * offers with this first cell, or with these cells; yes or no; or Ctrl-C. One that is refused is told on stderr,
   * and the next one counts.
   */
  readonly answers?: readonly (string | boolean | "Ctrl-C")[];
}

/** A terminal that keeps what is written, and answers as the test says. */
export interface TestTerminal extends Terminal {
  readonly stdout: string;
  readonly stderr: string;
  /** The lines of the `--debug` trace; not in {@link stderr}. */
  readonly traced: readonly string[];
  readonly questions: readonly string[];
}

function testTerminal(options: TestTerminalOptions = {}): TestTerminal {
  const { interactive = false, noInput = false, columns } = options;
  const answers = [...(options.answers ?? [])];
  const written = { stdout: "", stderr: "" };
  const traced: string[] = [];
  const questions: string[] = [];
  const answer = (question: string): string | boolean => {
    questions.push(question);
    const next = answers.shift();
    if (next === "Ctrl-C") throw new Interrupted("SIGINT");
    if (next === undefined) throw new Error(`nobody answers ${JSON.stringify(question)}`);
    return next;
  };
  return {
    get stdout() {
      return written.stdout;
    },
    get stderr() {
      return written.stderr;
    },
    traced,
    questions,
    canAsk: interactive && !noInput,
    showsProgress: interactive && !noInput,
    noInput,
    isInteractive: interactive,
    columns,
    print(text) {
      written.stdout += `${text}\n`;
    },
    note(text) {
      written.stderr += `${text}\n`;
      const [, hint] = /^ssox: error .+→ ([^→]+)$/s.exec(text) ?? [];
      if (hint !== undefined) expectToHelp(hint.replaceAll(/\n +/g, " "));
    },
    show(text) {
      written.stderr += `${text}\n`;
    },
    trace: (text) => void traced.push(text),
    progress() {},
    style: (_stream, _style, text) => text,
    confirm: async (question) => answer(question) === true,
    async ask(question, signal, asked) {
      while (asked !== undefined) {
        const { byDefault = "", check } = asked;
        const typed = String(answer(`${question} (${byDefault})`));
        const line = typed === "Enter" ? byDefault : typed;
        const fault = await check(line);
        if (fault === undefined) return line;
        written.stderr += `${fault}\n`;
      }
      if (answers.length > 0) return String(answer(question));
      return await new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    },
    async choose(question, choices, note) {
      if (note !== undefined) written.stderr += `${note}\n`;
      const wanted = answer(question);
      const found = choices.find(({ cells }) => cells[0] === wanted || cells.join(" ") === wanted);
      if (found === undefined) throw new Error(`${JSON.stringify(wanted)} is not offered`);
      return found.value;
    },
  };
}

/** Fails the test for an error whose hint nobody could follow. */
function expectToHelp(hint: string): void {
  onTestFinished(async () => {
    const { faultOfHint } = await import("./hints.ts");
    expect(await faultOfHint(hint), `the hint ${hint}`).toBe(undefined);
  });
}

export interface RelayedRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

export interface RelayedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What becomes of a request: an answer (the lab's own: `pass()`), or a cut connection. */
export type Relaying = (
  request: RelayedRequest,
  pass: () => Promise<RelayedAnswer>,
) => Promise<RelayedAnswer | "cut">;

export interface Relay {
  readonly url: string;
  /** May be changed at any time; hands everything on by default. */
  relaying: Relaying;
  /** By which the lab is addressed: an AWS host name, such as a proxy would hand on. */
  host: string | undefined;
}

/** Stands between the program and the lab, for faults that the lab does not have. Ends with the test. */
export async function startRelay(lab: Pick<Lab, "url">): Promise<Relay> {
  const server = createServer(async (incoming, outgoing) => {
    const { method = "GET", url: target = "/" } = incoming;
    const body = await textOf(incoming);
    const pass = () => passOn(lab.url, relay, incoming, body);
    const answer = await relay.relaying({ method, path: target, body }, pass).catch(() => "cut");
    if (typeof answer === "string") return void incoming.socket.destroy();
    outgoing.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const relay: Relay = {
    url: `http://127.0.0.1:${port}`,
    relaying: (_request, pass) => pass(),
    host: undefined,
  };
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return relay;
}

const HANDED_ON = ["content-type", "x-amz-sso_bearer_token", "user-agent"];

/** The lab's answer, in which the relay's address stands for the lab's. */
async function passOn(
  labUrl: string,
  { url: relayUrl, host = new URL(labUrl).host }: Relay,
  incoming: IncomingMessage,
  body: string,
): Promise<RelayedAnswer> {
  const { method, url = "/" } = incoming;
  const headers: Record<string, string> = { host };
  for (const name of HANDED_ON) {
    const value = incoming.headers[name];
    if (typeof value === "string") headers[name] = value;
  }
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const onward = request(new URL(url, labUrl), { method, headers }, resolve);
    onward.on("error", reject).end(body);
  });
  const kept: Record<string, string> = {};
  for (const name of ["content-type", "location", "x-amzn-errortype", "x-amzn-requestid", "date"]) {
    const value = answer.headers[name];
    if (typeof value === "string") kept[name] = value;
  }
  const text = await textOf(answer);
  return {
    status: answer.statusCode ?? 0,
    headers: kept,
    body: text.replaceAll(labUrl, relayUrl),
  };
}

export interface SceneOptions extends Omit<TestContextOptions, "clock" | "lab" | "config"> {
  readonly lab?: TestLabOptions;
  readonly profiles?: readonly TestProfile[];
}

/** A lab on a fake clock, a relay before it, and a home with `[sso-session acme]` in its config file. */
export async function startScene(options: SceneOptions = {}) {
  const { lab: labOptions = {}, profiles, ...rest } = options;
  const clock = new FakeClock();
  const lab = await startTestLab({ ...labOptions, clock });
  const relay = await startRelay(lab);
  // STS verifies the signed Host header: it is reached without the relay.
  const env = { AWS_ENDPOINT_URL_STS: lab.url, ...rest.env };
  const config = awsConfigFor(lab, profiles);
  const context = testContext({ ...rest, clock, lab: relay, env, config });
  const session = findSession(readAwsConfig(context.paths.configFile), "acme");
  return { clock, lab, relay, context, session };
}

export interface AwsCliSignIn {
  /** The token file. */
  readonly file: string;
  /** Its content. */
  readonly token: Readonly<Record<string, string>>;
}

/**
 * A sign-in that was made by another program: the lab's own, through the
 * device flow, in a token file as the AWS CLI writes it.
 *
 * @param overrides members of the file; undefined leaves one out
 */
export async function signInAsAwsCli(
  lab: Pick<Lab, "url" | "startUrl">,
  context: Pick<Context, "paths" | "clock">,
  overrides: Readonly<Record<string, string | undefined>> = {},
  cachedUnder = "acme",
): Promise<AwsCliSignIn> {
  const ask = async (path: string, members: object): Promise<Record<string, unknown>> => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(lab.url + path, {
      method: "POST",
      headers,
      body: JSON.stringify(members),
    });
    return record(await answer.json());
  };
  const registration = { clientName: "botocore-client-acme", clientType: "public" };
  const scopes = ["sso:account:access"];
  const registered = await ask("/client/register", { ...registration, scopes });
  const client = {
    clientId: String(registered["clientId"]),
    clientSecret: String(registered["clientSecret"]),
  };
  const { startUrl } = lab;
  const { deviceCode } = await ask("/device_authorization", { ...client, startUrl });
  const grantType = "urn:ietf:params:oauth:grant-type:device_code";
  const granted = await ask("/token", { ...client, grantType, deviceCode });
  const token = {
    startUrl,
    region: "eu-west-1",
    accessToken: String(granted["accessToken"]),
    expiresAt: timestamp(context.clock.now() + Number(granted["expiresIn"]) * 1000),
    ...client,
    registrationExpiresAt: timestamp(Number(registered["clientSecretExpiresAt"]) * 1000),
    refreshToken: String(granted["refreshToken"]),
    ...overrides,
  };
  const file = path.join(context.paths.tokenCache, `${sha1(cachedUnder)}.json`);
  mkdirSync(context.paths.tokenCache, { recursive: true });
  writeFileSync(file, JSON.stringify(token), { mode: 0o600 });
  return { file, token: JSON.parse(JSON.stringify(token)) };
}

/** As AWS clients write a time. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}

export function sha1(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}

/** Every file below a folder, with what any write would change. Compare two of them. */
export function filesBelow(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const { size, mtimeNs, ino } = statSync(file, { bigint: true });
    files[path.relative(folder, file)] = `${size} ${mtimeNs} ${ino}`;
  }
  return files;
}

function record(value: unknown): Record<string, unknown> {
  return parse(looseObject({}), value);
}
