import type { Clock } from "../system/clock.ts";
import type { PendingFault } from "./faults/fault.ts";
import { createInstance, type Instance, portalOf, type Session, type User } from "./instances.ts";
import type { LabSettings } from "./options.ts";
import { seededRandom } from "./random.ts";
import type { Bucket } from "./rate-limits.ts";
import type { LoggedRequest } from "./request-log.ts";
import type { LabStart } from "./start.ts";
import { type Counters, newCounters } from "./statistics.ts";

/** Everything that the lab knows. Times are milliseconds since the epoch, of the lab's clock. */
export interface LabState {
  /** May be replaced while the lab runs: whoever needs a setting reads it here. */
  settings: LabSettings;
  readonly clock: Clock;
  /** `http://127.0.0.1:PORT`; set once the server listens. */
  url: string;
  /** Of the first start URL: where a request names none. */
  readonly usual: Instance;
  /** By start URL, without what `portalOf` cuts off. */
  readonly instances: ReadonlyMap<string, Instance>;
  readonly requests: LoggedRequest[];
  readonly counters: Counters;
  faults: readonly PendingFault[];
  /** Decides whether a fault of some chance happens; the same for the same seed. */
  readonly random: () => number;
  /** By operation, and `*`. */
  readonly buckets: Map<string, Bucket>;
  /** By client id. */
  readonly clients: Map<string, Client>;
  /** By device code. */
  readonly devices: Map<string, DeviceAuthorization>;
  /** By the id that the page's form carries. */
  readonly authorizations: Map<string, PendingAuthorization>;
  /** By authorization code. */
  readonly codes: Map<string, AuthorizationCode>;
  readonly accessTokens: Map<string, AccessToken>;
  readonly refreshTokens: Map<string, RefreshToken>;
  /** Single-use refresh tokens that were used. */
  readonly spentRefreshTokens: Map<string, true>;
  /** By access key id. */
  readonly credentials: Map<string, KnownCredentials>;
  /** Of AWS's sign-in for the console: by token, until it is used. */
  readonly signinTokens: Map<string, SigninToken>;
  /** What each secret that was given out or shown is. */
  readonly secrets: Map<string, SecretKind>;
}

/** The secrets of the APIs, by the names of their members. */
export type SecretKind =
  | "clientSecret"
  | "deviceCode"
  | "code"
  | "codeVerifier"
  | "accessToken"
  | "refreshToken"
  | "secretAccessKey"
  | "sessionToken"
  | "signinToken";

export interface Client {
  readonly id: string;
  readonly secret: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** Empty: the client named none, and may use every one. */
  readonly grantTypes: readonly string[];
  readonly redirectUris: readonly string[];
  /** Whose users the client signs in by authorization code. */
  readonly issuer: Instance;
  readonly expiresAt: number;
}

export type Decision = "pending" | "allowed" | "denied";

/** A sign-in that a user of the instance allows or denies. */
export interface SignInRequest {
  readonly instance: Instance;
  decision: Decision;
  /** Who allowed it. */
  user: User | undefined;
}

export interface DeviceAuthorization extends SignInRequest {
  readonly clientId: string;
  /** Asked for at another region's endpoint: it stays pending, whatever the user does. */
  readonly isForeign: boolean;
  readonly userCode: string;
  readonly csrf: string;
  readonly expiresAt: number;
  /** Seconds between polls: five more after every `slow_down` (RFC 8628 §3.5). */
  interval: number;
  polledAt: number | undefined;
}

/** An `/authorize` request that was found good and waits for the user. */
export interface PendingAuthorization extends SignInRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string | undefined;
  readonly codeChallenge: string;
  readonly scopes: readonly string[];
  readonly csrf: string;
}

export interface AuthorizationCode
  extends Pick<PendingAuthorization, "clientId" | "redirectUri" | "codeChallenge" | "scopes"> {
  readonly user: User;
  readonly expiresAt: number;
}

export interface AccessToken {
  readonly session: Session;
  readonly scopes: readonly string[];
  readonly expiresAt: number;
}

export interface RefreshToken {
  readonly session: Session;
  readonly clientId: string;
  readonly scopes: readonly string[];
}

/** What the lab verifies signatures with. */
export interface KnownCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Undefined for the long-term keys of a user. */
  readonly sessionToken: string | undefined;
  /** Infinity for those. */
  readonly expiresAt: number;
  readonly accountId: string;
  /** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`, `arn:aws:iam::ACCOUNT:user/NAME` */
  readonly arn: string;
  /** `AROA…:SESSION`, `AIDA…` */
  readonly userId: string;
  /** A role that was assumed with a user's own keys: its console session may last longer than it. */
  readonly isAssumedByUser?: boolean;
}

export interface SigninToken {
  readonly credentials: KnownCredentials;
  readonly expiresAt: number;
}

/** Role credentials that the lab gave out. */
export interface IssuedCredentials extends KnownCredentials {
  readonly sessionToken: string;
}

export function createState(start: LabStart, settings: LabSettings, clock: Clock): LabState {
  const usual = createInstance(start.first);
  const instances = [usual, ...start.more.map(createInstance)];
  return {
    settings,
    clock,
    url: "",
    usual,
    instances: new Map(instances.map((instance) => [portalOf(instance.startUrl), instance])),
    requests: [],
    counters: newCounters(clock.now()),
    faults: [],
    random: seededRandom(start.seed),
    buckets: new Map(),
    clients: new Map(),
    devices: new Map(),
    authorizations: new Map(),
    codes: new Map(),
    accessTokens: new Map(),
    refreshTokens: new Map(),
    spentRefreshTokens: new Map(),
    credentials: new Map(),
    signinTokens: new Map(),
    secrets: new Map(),
  };
}

/** Seconds from now, as milliseconds since the epoch. */
export function inSeconds(state: LabState, seconds: number): number {
  return state.clock.now() + seconds * 1000;
}

/** A lab that runs for days, or under load, forgets what is oldest. */
const KEPT = 100_000;

/** Adds to one of the state's maps, which would else grow without an end. */
export function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value);
  if (map.size <= KEPT) return;
  // Many at once: to find the first key, a Map steps over all that were deleted before it.
  let surplus = KEPT / 10;
  for (const oldest of map.keys()) {
    if (surplus === 0) return;
    map.delete(oldest);
    surplus -= 1;
  }
}
