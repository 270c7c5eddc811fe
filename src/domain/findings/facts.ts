import type { ProfileTable } from "../credential-source.ts";
import type { TokenState } from "../expiry.ts";
import type { InventoryAccount } from "../inventory.ts";
import type { Settings } from "../prediction/families.ts";
import type { Prediction, Readings } from "../prediction/prediction.ts";

/** What was found out about the machine, its files and its sessions. Times in milliseconds since the epoch. */
export interface Facts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly config: FileFacts;
  readonly credentials: FileFacts;
  readonly readings: Readings;
  readonly table: ProfileTable;
  /** In the order of the files. */
  readonly profiles: readonly ProfileFacts[];
  readonly sessions: readonly SessionFacts[];
  readonly machine: MachineFacts;
  /** `--profile` */
  readonly asked: string | undefined;
  /** `--needs`: how long a job takes, in milliseconds. */
  readonly needs: number | undefined;
}

export interface FileFacts {
  readonly path: string;
  readonly state: "read" | "missing" | "unreadable";
  /** Why it could not be read, and the command that mends that. */
  readonly reason?: string | undefined;
  readonly mend?: string | undefined;
  readonly sections: readonly SectionFacts[];
  readonly problems: readonly ProblemFacts[];
}

export interface SectionFacts {
  readonly kind: "profile" | "sso-session" | "services" | "other";
  readonly name: string;
  /** Between the brackets. */
  readonly header: string;
  readonly line: number;
  readonly entries: readonly {
    readonly key: string;
    readonly value: string;
    readonly line: number;
  }[];
}

export interface ProblemFacts {
  readonly line: number;
  readonly code: string;
  readonly message: string;
  readonly fatal: boolean;
}

export interface ProfileFacts {
  readonly name: string;
  /** `FILE, line N` */
  readonly place: string;
  /** Where each key stands. */
  readonly keyPlaces: Settings;
  /** The lines of those that stand in the config file, and not in the credentials file. */
  readonly configLines: Readonly<Record<string, number>>;
  /** Of both files, without inline comments. */
  readonly settings: Settings;
  readonly config: Settings;
  readonly credentials: Settings;
  /** By the files alone, whatever the environment holds. */
  readonly prediction: Prediction;
  /** Words of its `credential_process` that should be files, and are not; only of a line of ssox's. */
  readonly missingPrograms: readonly string[];
  /** What another program's `credential_process` would start, and nobody finds. */
  readonly absentProgram: string | undefined;
}

/** What the profile's session is called: {@link SessionFacts.name}; undefined for one without. */
export function sessionNameOf(settings: Settings): string | undefined {
  return settings["sso_session"] ?? settings["sso_start_url"];
}

export interface SessionFacts {
  readonly name: string;
  readonly kind: "session" | "legacy";
  readonly place: string;
  readonly settings: Settings;
  /** Continues "the session …"; undefined where nothing is wrong with it. */
  readonly fault: string | undefined;
  readonly startUrl: string;
  readonly token: TokenFacts | undefined;
  /** What kept files or keychain from being looked at. */
  readonly failure: { readonly message: string; readonly hint: string | undefined } | undefined;
  readonly inventory:
    | {
        readonly listedAt: number;
        readonly accounts: readonly InventoryAccount[];
        readonly failed: readonly string[];
      }
    | undefined;
  /** Of its `ssox_` keys those whose values make no sense; `values`: all that one may be, where that is a list. */
  readonly oddSettings: readonly {
    readonly key: string;
    readonly message: string;
    readonly values: readonly string[];
  }[];
  /** What its `ssox_browser` would start, and nobody finds. */
  readonly absentBrowser: string | undefined;
  /** By the service's clock. */
  readonly now: number;
  /** How far the service's clock is ahead, as its last answer showed. */
  readonly skew: number;
  /** Role credentials that were fetched under another sign-in than the one that lies there. */
  readonly cachedForOther: readonly { readonly accountId: string; readonly roleName: string }[];
}

export type TokenFacts =
  | { readonly kind: "missing" }
  | { readonly kind: "damaged"; readonly what: string }
  | { readonly kind: "unreadable"; readonly what: string; readonly mend: string | undefined }
  | {
      readonly kind: "token";
      readonly file: string | undefined;
      readonly startUrl: string;
      readonly state: TokenState;
      readonly isRefused: boolean;
      readonly hasRefreshToken: boolean;
      readonly registrationExpiresAt: number | undefined;
      /** Of the sign-in, as far as anything tells it. */
      readonly sessionEndsAt: number | undefined;
      /** As written in the file. */
      readonly expiresAt: string | undefined;
    };

export interface MachineFacts {
  /** Files with secrets that others can read or change, with their mode. */
  readonly open: readonly { readonly file: string; readonly mode: number }[];
  /** Each service that is reached elsewhere, or why that cannot be. */
  readonly endpoints: readonly {
    readonly message: string;
    readonly hint: string | undefined;
    readonly isRefused: boolean;
  }[];
  /** Proxy and authorities that cannot be used. */
  readonly network: readonly { readonly message: string; readonly hint: string | undefined }[];
  /** Bytes of the file that NODE_EXTRA_CA_CERTS names. */
  readonly extraCaCerts: number | undefined;
}
