/** Credentials of any kind: a role's, or keys that somebody wrote down. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Undefined for the long-term keys of a user. */
  readonly sessionToken: string | undefined;
  /** Milliseconds since the epoch; undefined where nothing says that they end. */
  readonly expiration: number | undefined;
  /** Undefined where nothing tells it. */
  readonly accountId: string | undefined;
}

/** What GetRoleCredentials gives, with the account it belongs to. */
export interface RoleCredentials extends Credentials {
  readonly sessionToken: string;
  readonly expiration: number;
  readonly accountId: string;
}

/** Credentials, and since when they are there where that is known. */
export interface HeldCredentials extends Credentials {
  /** Milliseconds since the epoch; undefined where another program fetched them. */
  readonly obtainedAt: number | undefined;
}
