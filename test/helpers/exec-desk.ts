import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { json } from "node:stream/consumers";
import { type ExecRequest, exec } from "../../src/flows/exec.ts";
import { type LoginInput, login } from "../../src/flows/login.ts";
import type { Lab } from "../../src/lab/lab.ts";
import type { Lifetimes } from "../../src/lab/options.ts";
import type { Environment } from "../../src/system/environment.ts";
import { userBrowser } from "./browser.ts";
import { FakeClock, OffClock } from "./clock.ts";
import {
  type Relay,
  signInAsAwsCli,
  startRelay,
  type TestContext,
  testContext,
} from "./context.ts";
import { awsConfigFor, startTestLab, type TestLabOptions } from "./lab.ts";
import { NO_FLAGS } from "./login-input.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** Moves without waking anybody, as both clocks do while a laptop sleeps. */
class SleepyClock extends FakeClock {
  #slept = 0;
  override now(): number {
    return super.now() + this.#slept;
  }
  override uptime(): number {
    return super.uptime() + this.#slept;
  }
  sleepThrough(milliseconds: number): void {
    this.#slept += milliseconds;
  }
}

export interface Desk {
  readonly clock: SleepyClock;
  /** The same as this machine has it; `by` is how far it was set wrong. */
  readonly machine: OffClock;
  readonly lab: Lab;
  readonly relay: Relay;
  readonly context: TestContext;
  readonly runtime: string;
  /** Adds a line to `[sso-session acme]`. */
  configure(line: string): void;
  /** A sign-in by another program. */
  signIn(overrides?: Readonly<Record<string, string | undefined>>): Promise<unknown>;
  /** A sign-in by ssox, which knows when it was; the former session ends. */
  login(): Promise<unknown>;
  /** Runs the flow; `child` stands for the program, and gives its exit status. */
  run(
    child: (env: Environment, command: string, args: readonly string[]) => Promise<number>,
    request?: Partial<ExecRequest>,
  ): Promise<number>;
}

export interface DeskOptions {
  /** Added to the config file. */
  readonly config?: string;
  /** Requests that no correct client sends are part of the test. */
  readonly wrongRequests?: boolean;
  readonly organisation?: TestLabOptions["organisation"];
}

const FORCED: LoginInput = {
  ...NO_FLAGS,
  session: "acme",
  flow: "pkce",
  force: true,
  timeoutSeconds: 60,
};

/** A lab, a home with the profile `dev`, and `exec` with a function in the place of the program. */
export async function desk(
  lifetimes: Partial<Lifetimes> = {},
  { config: more = "", wrongRequests = false, organisation }: DeskOptions = {},
): Promise<Desk> {
  const clock = new SleepyClock();
  const given = { session: 24 * 3600, ...lifetimes };
  const lab = await startTestLab({
    clock,
    wrongRequests,
    lifetimes: given,
    ...(organisation && { organisation }),
  });
  const relay = await startRelay(lab);
  const [account] = lab.organisation.accounts;
  const roleName = account?.roles[0]?.name ?? "";
  const dev = { name: "dev", accountId: account?.id ?? "", roleName };
  const other = { ...dev, name: "default", region: "us-east-2" };
  const config = awsConfigFor(lab, [other, dev]);
  // STS verifies the signed Host header: it is reached without the relay.
  const env = { CI: "true", AWS_ENDPOINT_URL_STS: lab.url };
  const machine = new OffClock(clock, 0);
  const context = testContext({ clock: machine, lab: relay, config: config + more, env });
  return {
    clock,
    machine,
    lab,
    relay,
    context,
    runtime: context.paths.runtime,
    configure(line) {
      const { configFile } = context.paths;
      const [before, after] = readFileSync(configFile, "utf8").split("[sso-session acme]\n");
      writeFileSync(configFile, `${before}[sso-session acme]\n${line}\n${after}`);
    },
    signIn: (overrides) => signInAsAwsCli(lab, context, overrides),
    login: () => login(FORCED, { ...context, browser: userBrowser() }),
    run: (child, request) =>
      exec(
        {
          selection: { profile: "dev" },
          mode: "server",
          region: undefined,
          maySignIn: "never",
          command: "cmd",
          args: [],
          ...request,
        },
        {
          ...context,
          processes: {
            ...context.processes,
            run: (command, args, env) => child(env, command, args),
          },
        },
      ),
  };
}

export const outage: Relay["relaying"] = async () => ({ status: 503, headers: {}, body: "{}" });
export const normal: Relay["relaying"] = (_request, pass) => pass();

/** What the user saw of ssox itself, line by line. */
export function notesOf({ terminal }: TestContext): string[] {
  return terminal.stderr.split("\n").filter((line) => line.startsWith("ssox: "));
}

export interface Served {
  readonly Token?: string;
  readonly status: number;
  readonly AccessKeyId?: string;
  readonly Expiration?: string;
  readonly message?: string;
}

/** What an SDK in the child is answered. */
export async function served(env: Environment): Promise<Served> {
  const url = env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] ?? "";
  const asked = get(url, {
    headers: { Authorization: env["AWS_CONTAINER_AUTHORIZATION_TOKEN"] ?? "" },
  });
  const [answer] = await once(asked, "response");
  return { status: answer.statusCode, ...((await json(answer)) as object) };
}

export async function minutesLeft(env: Environment, clock: FakeClock): Promise<number> {
  const { Expiration = "" } = await served(env);
  return (Date.parse(Expiration) - clock.now()) / MINUTE;
}

/** Attempts of the background take real time, however the clock is moved. */
export const eventually = { timeout: 20_000, interval: 20 };
