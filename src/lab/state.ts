import type { Clock } from "../system/clock.ts";
import type { LabSettings } from "./options.ts";
import type { LabAccount, LabRole } from "./organisation/organisation.ts";
import type { LoggedRequest } from "./request-log.ts";

/** Everything that the lab knows. Times are milliseconds since the epoch, of the lab's clock. */
export interface LabState {
  /** May be replaced while the lab runs: whoever needs a setting reads it here. */
  settings: LabSettings;
  readonly clock: Clock;
  /** `http://127.0.0.1:PORT`; set once the server listens. */
  url: string;
  /** By account id. */
  readonly accounts: ReadonlyMap<string, Account>;
  readonly requests: LoggedRequest[];
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
  /** By access key id. */
  readonly credentials: Map<string, IssuedCredentials>;
}

export interface Account extends LabAccount {
  readonly roleOf: (name: string) => LabRole | undefined;
}

export interface Client {
  readonly id: string;
  readonly secret: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** Empty: the client named none, and may use every one. */
  readonly grantTypes: readonly string[];
  readonly redirectUris: readonly string[];
  readonly expiresAt: number;
}

export type Decision = "pending" | "allowed" | "denied";

export interface DeviceAuthorization {
  readonly clientId: string;
  readonly userCode: string;
  readonly csrf: string;
  readonly expiresAt: number;
  decision: Decision;
  /** Seconds between polls: five more after every `slow_down` (RFC 8628 §3.5). */
  interval: number;
  polledAt: number | undefined;
}

/** An `/authorize` request that was found good and waits for the user. */
export interface PendingAuthorization {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string | undefined;
  readonly codeChallenge: string;
  readonly scopes: readonly string[];
  readonly csrf: string;
}

export interface AuthorizationCode extends Omit<PendingAuthorization, "csrf" | "state"> {
  readonly expiresAt: number;
}

/** One sign-in of the user; ended by its time or by Logout. */
export interface Session {
  readonly endsAt: number;
  loggedOut: boolean;
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

/** Role credentials that the lab gave out: what it verifies signatures with. */
export interface IssuedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAt: number;
  readonly accountId: string;
  /** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION` */
  readonly arn: string;
  /** `AROA…:SESSION` */
  readonly userId: string;
}

export function createState(settings: LabSettings, clock: Clock): LabState {
  return {
    settings,
    clock,
    url: "",
    accounts: new Map(settings.organisation.accounts.map((one) => [one.id, withRoles(one)])),
    requests: [],
    clients: new Map(),
    devices: new Map(),
    authorizations: new Map(),
    codes: new Map(),
    accessTokens: new Map(),
    refreshTokens: new Map(),
    credentials: new Map(),
  };
}

/** Seconds from now, as milliseconds since the epoch. */
export function inSeconds(state: LabState, seconds: number): number {
  return state.clock.now() + seconds * 1000;
}

function withRoles(account: LabAccount): Account {
  return { ...account, roleOf: (name) => account.roles.find((role) => role.name === name) };
}
