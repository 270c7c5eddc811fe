import { SsoxError } from "../errors.ts";
import type { Fault } from "./faults/fault.ts";
import type { LabInstance } from "./instances.ts";
import type { Organisation } from "./organisation/organisation.ts";
import type { RateLimit } from "./rate-limits.ts";

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

/** What may change while the lab runs. */
export interface LabSettings {
  readonly approve: Approval;
  /** Who signs in where nobody chooses, at start URLs that have this user; else their first. */
  readonly user?: string;
  /**
   * Of the Identity Center. A client that reaches the lab by the host name of
   * another region's endpoint meets what it would meet there; any region when absent.
   */
  readonly region?: string;
  readonly refreshTokens: RefreshTokens;
  /**
   * A sign-in joins the session that the user's browser holds, if it lives, and
   * so ends with it. False: every sign-in is a session of its own.
   */
  readonly reuseSessions: boolean;
  readonly lifetimes: Lifetimes;
  /** Accounts and roles a page, where the client names no `max_result`. */
  readonly pageSize: number;
  /** Seconds between two polls for a device code. */
  readonly pollInterval: number;
  /** Real milliseconds before every answer. */
  readonly latency: number;
  /** By operation; `*`: all operations together. */
  readonly rateLimits: Readonly<Record<string, RateLimit>>;
  /** Host names that redirect to a start URL, and so does `/vanity/NAME`. */
  readonly vanity: Readonly<Record<string, string>>;
}

export type LabChanges = Partial<Omit<LabSettings, "lifetimes">> & {
  readonly lifetimes?: Partial<Lifetimes>;
};

export interface LabOptions extends LabChanges {
  /** 0 (the default): any free port. */
  readonly port?: number;
  readonly startUrl?: string;
  readonly organisation?: Organisation;
  /** Further start URLs, each with users, assignments and sessions of its own. */
  readonly moreInstances?: readonly LabInstance[];
  /** What goes wrong from the start. */
  readonly faults?: readonly Fault[];
  /** Of the chances of faults; 1 when absent. */
  readonly seed?: number;
}

/**
 * AWS's own values where they are documented or were seen on the wire: portal
 * session 8 h, device code 600 s polled every second, role credentials 1 h.
 */
export const DEFAULT_SETTINGS: LabSettings = {
  approve: "auto",
  refreshTokens: "single-use",
  reuseSessions: true,
  lifetimes: {
    accessToken: 3600,
    session: 8 * 3600,
    deviceCode: 600,
    authorizationCode: 60,
    registration: 90 * 86_400,
    roleCredentials: 3600,
  },
  pageSize: 20,
  pollInterval: 1,
  latency: 0,
  rateLimits: {},
  vanity: {},
};

/**
 * Settings with some of them changed; lifetimes change one by one, rate limits
 * and vanity names all together.
 * @throws SsoxError `Usage` for values that make no sense
 */
export function changed(settings: LabSettings, changes: LabChanges): LabSettings {
  const lifetimes = { ...settings.lifetimes, ...changes.lifetimes };
  const result = { ...settings, ...changes, lifetimes };
  check(result);
  return result;
}

/** @throws SsoxError `Usage` */
export function checkNumber(what: string, value: number, least: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < least || value > most) throw unusable(what, value);
}

export function unusable(what: string, value: unknown): SsoxError {
  return new SsoxError("Usage", `The lab cannot use ${JSON.stringify(value)} as its ${what}.`, {
    hint: "ssox lab --help",
  });
}

/** Ten years in seconds: later times would leave the range that clients can read. */
const LONGEST = 315_360_000;
const DAY_IN_MILLISECONDS = 86_400_000;

function check(settings: LabSettings): void {
  for (const [name, seconds] of Object.entries(settings.lifetimes)) {
    checkNumber(`lifetime ${name}`, seconds, 1, LONGEST);
  }
  // 100 is the service model's largest page.
  checkNumber("page size", settings.pageSize, 1, 100);
  checkNumber("poll interval", settings.pollInterval, 0, LONGEST);
  checkNumber("latency", settings.latency, 0, DAY_IN_MILLISECONDS);
  for (const [operation, { perSecond, burst }] of Object.entries(settings.rateLimits)) {
    if (!(perSecond > 0 && perSecond <= 1e6)) throw unusable(`rate of ${operation}`, perSecond);
    checkNumber(`burst of ${operation}`, burst, 1, 1e6);
  }
  const { region = "eu-west-1" } = settings;
  if (!/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(region)) throw unusable("region", region);
  for (const name of Object.keys(settings.vanity)) {
    if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name)) throw unusable("vanity name", name);
  }
}
