import type { Token, TokenRead } from "../../aws/token-cache.ts";
import type { RoleCredentials } from "../../domain/role-credentials.ts";
import type { KeptRegistration, RegistrationKey } from "../../state/registrations.ts";
import type { RoleMark, SessionMark, SessionMarks } from "../../state/session-marks.ts";

export interface Role {
  readonly accountId: string;
  readonly roleName: string;
}

/** Role credentials that were taken out of the store, and are valid until they expire all the same. */
export interface PurgedRole {
  /** This and the name: undefined where nothing tells it of a file of another program's. */
  readonly accountId: string | undefined;
  readonly roleName: string | undefined;
  /** Milliseconds since the epoch. */
  readonly expiration: number;
}

export interface Purge {
  readonly purged: readonly PurgedRole[];
  /** Files that could not be removed. */
  readonly left: readonly string[];
}

/** A place for the next token; see {@link SecretStore.reserveToken}. */
export interface ReservedToken {
  /**
   * @returns the fingerprint of the token as it now lies there
   * @throws SsoxError `WriteFailed`, `KeychainUnavailable`; what was there is as it was
   */
  commit(token: Token): Promise<string>;
  /** Gives the place back. Does nothing after a commit. */
  discard(): void;
}

/**
 * Where the secrets of one session lie: in the files that the AWS CLI uses too,
 * or in the keychain. Every method of the keychain's may throw SsoxError
 * `KeychainUnavailable`.
 */
export interface SecretStore {
  readonly kind: "file" | "keychain";
  readonly marks: SessionMarks;
  /** Programs other than ssox write the token too, in place: it may be cut, or old, for a moment. */
  readonly isShared: boolean;
  /** The lock under which the token is renewed, and a sign-in made. */
  readonly tokenLock: string;
  /**
   * @param signal ends the wait for a keychain that is locked; not to be handed
   * in where nothing may end the process
   * @throws SsoxError `CacheInvalid` when the token is there and cannot be read
   */
  readToken(signal?: AbortSignal): Promise<TokenRead>;
  /**
   * Sees that a token can be written, before anything is asked of a service
   * that could not be asked twice.
   * @throws SsoxError `WriteFailed`
   */
  reserveToken(signal: AbortSignal): Promise<ReservedToken>;
  /** @throws SsoxError `CacheInvalid` when it cannot be removed */
  removeToken(): Promise<void>;
  /** Whether this very token still lies here. */
  holds(held: { readonly fingerprint: string }): Promise<boolean>;
  /** The mark of the sign-in whose token lies here, found without reading the token. */
  signInMark(): SessionMark | undefined;

  roleLock(role: Role): string;
  /** Undefined when there are none, or none that can be read. */
  readRole(role: Role, signal?: AbortSignal): Promise<RoleCredentials | undefined>;
  keepRole(role: Role, credentials: RoleCredentials): Promise<void>;
  roleMark(role: Role): RoleMark | undefined;
  markRole(role: Role, mark: Omit<RoleMark, "role">): void;
  /** When the credentials of those that lie here expire; found without reading secrets from a keychain. */
  roleExpirations<T extends Role>(roles: readonly T[]): readonly (readonly [T, number])[];
  removeRole(role: Role): Promise<void>;
  /** @param known the roles that may lie here, as far as names do not tell */
  removeRoles(known: readonly Role[]): Promise<Purge>;

  /** The one kept for that purpose, when it lives for 15 minutes more. */
  readRegistration(key: RegistrationKey, now: number): Promise<KeptRegistration | undefined>;
  keepRegistration(key: RegistrationKey, registration: KeptRegistration): Promise<void>;
  /** All of the session's, under whatever region and scopes they were kept. */
  forgetRegistrations(): Promise<void>;
}
