import { SsoxError } from "../errors.ts";
import { madeUpOrganisation } from "./organisation/made-up.ts";
import type { Organisation } from "./organisation/organisation.ts";

export const APPROVALS = ["auto", "page", "deny", "never"] as const;
export const REFRESH_TOKENS = ["single-use", "lenient"] as const;

/**
 * What a sign-in meets: approved at once, a page with a form, refused at once,
 * or nobody who ever answers.
 */
export type Approval = (typeof APPROVALS)[number];

/**
 * `single-use`: every refresh gives a new refresh token, and the old one is
 * dead at once. `lenient`: the answer has no refresh token, and the old one
 * lives on. Which of them AWS does is not documented.
 */
export type RefreshTokens = (typeof REFRESH_TOKENS)[number];

/** How long things live, in seconds. */
export interface Lifetimes {
  readonly accessToken: number;
  /** The sign-in session: no refresh after its end, and the portal answers 401. */
  readonly session: number;
  readonly deviceCode: number;
  readonly authorizationCode: number;
  readonly registration: number;
  /** Role credentials, where the organisation says nothing else. */
  readonly roleCredentials: number;
}

export interface LabOptions {
  /** 0 (the default): any free port. */
  readonly port?: number;
  readonly startUrl?: string;
  readonly organisation?: Organisation;
  readonly approve?: Approval;
  readonly refreshTokens?: RefreshTokens;
  readonly lifetimes?: Partial<Lifetimes>;
  /** Accounts and roles a page, where the client names no `max_result`. */
  readonly pageSize?: number;
  /** Seconds between two polls for a device code. */
  readonly pollInterval?: number;
  /** Real milliseconds before every answer. */
  readonly latency?: number;
}

/** {@link LabOptions} with nothing left open. */
export type LabSettings = Required<Omit<LabOptions, "lifetimes">> & {
  readonly lifetimes: Lifetimes;
};

/**
 * AWS's own values where they are documented or were seen on the wire: portal
 * session 8 h, device code 600 s polled every second, role credentials 1 h.
 */
export const DEFAULT_LIFETIMES: Lifetimes = {
  accessToken: 3600,
  session: 8 * 3600,
  deviceCode: 600,
  authorizationCode: 60,
  registration: 90 * 86_400,
  roleCredentials: 3600,
};

/** AWS CLIs from 2.35.13 on accept no start URL but one of AWS's own hosts. */
export const DEFAULT_START_URL = "https://d-1234567890.awsapps.com/start";

/** @throws SsoxError `Usage` for a start URL or a number that makes no sense. */
export function settingsOf(options: LabOptions): LabSettings {
  const settings: LabSettings = {
    port: options.port ?? 0,
    startUrl: options.startUrl ?? DEFAULT_START_URL,
    organisation: options.organisation ?? madeUpOrganisation({ accounts: 4, roles: 3 }),
    approve: options.approve ?? "auto",
    refreshTokens: options.refreshTokens ?? "single-use",
    lifetimes: { ...DEFAULT_LIFETIMES, ...options.lifetimes },
    pageSize: options.pageSize ?? 20,
    pollInterval: options.pollInterval ?? 1,
    latency: options.latency ?? 0,
  };
  check(settings);
  return settings;
}

function check({ startUrl, port, lifetimes, pageSize, pollInterval, latency }: LabSettings): void {
  if (!URL.canParse(startUrl)) throw wrong("start URL", startUrl);
  if (!isWhole(port, 0) || port > 65_535) throw wrong("port", port);
  for (const [name, seconds] of Object.entries(lifetimes)) {
    if (!isWhole(seconds, 1)) throw wrong(`lifetime ${name}`, seconds);
  }
  if (!isWhole(pageSize, 1) || pageSize > 100) throw wrong("page size", pageSize);
  if (!isWhole(pollInterval, 0)) throw wrong("poll interval", pollInterval);
  if (!isWhole(latency, 0)) throw wrong("latency", latency);
}

function isWhole(value: number, least: number): boolean {
  return Number.isSafeInteger(value) && value >= least;
}

function wrong(what: string, value: string | number): SsoxError {
  return new SsoxError("Usage", `The lab cannot use ${JSON.stringify(value)} as its ${what}.`, {
    hint: "ssox lab --help",
  });
}
