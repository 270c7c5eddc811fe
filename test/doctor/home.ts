import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { sha1 } from "../helpers/context.ts";

/** A home with something wrong in it, and what `ssox doctor` has to say of it. */
export interface Home {
  readonly title: string;
  /** The AWS config file; undefined: there is none. */
  readonly config?: string | Buffer;
  readonly credentials?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  /** The one that real clients are asked for; `dev` by default. */
  readonly profile?: string;
  /** `--profile` */
  readonly asked?: string;
  /** What is different in the token of a session, by session; undefined leaves a member out. `none`: no file. */
  readonly tokens?: Readonly<Record<string, Readonly<Record<string, string | undefined>> | "none">>;
  /** A listing of the session `acme`, an hour old. */
  readonly isListed?: true;
  /** Whatever else is to be done, in the folder of the home. */
  readonly prepare?: (home: string) => void;
  /** `SEVERITY CODE SUBJECT`, all of them; the subject is the profile's name, else the session's. */
  readonly findings: readonly string[];
  /** Why no real client is asked. */
  readonly unwitnessed?: string;
}

export const START_URL = "https://d-1234567890.awsapps.com/start";
export const ACCOUNT = "111122223333";

export const ACME = `[sso-session acme]
sso_start_url = ${START_URL}
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
`;

export const ROLE = `sso_session = acme
sso_account_id = ${ACCOUNT}
sso_role_name = DeveloperAccess
`;

export const OLD_FORM = `sso_start_url = ${START_URL}
sso_region = eu-west-1
sso_account_id = ${ACCOUNT}
sso_role_name = DeveloperAccess
`;

export const REGION = "region = eu-west-1\n";

/** Keys that say where they stood. */
export function keys(place: "CONFIG" | "CREDENTIALS" | "ENVIRONMENT"): string {
  return `aws_access_key_id = AKIA${place}\naws_secret_access_key = secret-of-${place}\n`;
}

export const PROCESS = `credential_process = /bin/echo '{"Version":1,"AccessKeyId":"AKIAPROCESS","SecretAccessKey":"s"}'\n`;

export const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: "AKIAENVIRONMENT",
  AWS_SECRET_ACCESS_KEY: "secret-of-ENVIRONMENT",
};

/** A whole home in which nothing is wrong but what is added. */
export function good(added = ""): string {
  return `${ACME}[profile dev]\n${ROLE}${REGION}${added}`;
}

/** A token file as the AWS CLI writes it, changed. */
export function tokenText(changed: Readonly<Record<string, string | undefined>> = {}): string {
  return JSON.stringify({
    startUrl: START_URL,
    region: "eu-west-1",
    accessToken: "token",
    expiresAt: "2099-01-01T00:00:00Z",
    clientId: "client",
    clientSecret: "client-secret",
    registrationExpiresAt: "2099-01-01T00:00:00Z",
    refreshToken: "refresh",
    ...changed,
  });
}

/** Writes the two files and the tokens. */
export function writeHome(folder: string, home: Home): void {
  const aws = path.join(folder, ".aws");
  const cache = path.join(aws, "sso", "cache");
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  for (const name of ["config", "credentials"] as const) {
    const text = home[name];
    if (text !== undefined) writeFileSync(path.join(aws, name), text, { mode: 0o600 });
  }
  for (const [session, changed] of Object.entries({ acme: {}, ...home.tokens })) {
    if (changed === "none") continue;
    const file = path.join(cache, `${sha1(session)}.json`);
    writeFileSync(file, tokenText(changed), { mode: 0o600 });
    chmodSync(file, 0o600);
  }
  home.prepare?.(folder);
}
