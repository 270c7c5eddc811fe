import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { sha1 } from "../../helpers/context.ts";
import { good, type Home, OLD_FORM, REGION, START_URL } from "../home.ts";

const AT = (home: string, session = "acme") =>
  path.join(home, ".aws", "sso", "cache", `${sha1(session)}.json`);

/** The session under a name of its own: its token is not the others'. */
function named(session: string): string {
  return good().replaceAll("acme", session);
}

/** What the sign-in is like. */
export const TOKENS: readonly Home[] = [
  {
    title: "nobody has signed in",
    config: named("nobody"),
    tokens: { nobody: "none" },
    findings: ["info SignInNeeded nobody"],
    unwitnessed: "all clients fail alike",
  },
  {
    title: "the token has expired",
    config: named("expired"),
    tokens: { expired: { expiresAt: "2026-01-01T00:00:00Z", refreshToken: undefined } },
    findings: ["info SignInNeeded expired"],
    unwitnessed: "all clients fail alike",
  },
  {
    title: "the registration has expired, and the token not yet",
    config: named("registration"),
    tokens: { registration: { registrationExpiresAt: "2026-01-01T00:00:00Z" } },
    findings: ["warning RegistrationExpired registration"],
  },
  {
    title: "the registration has expired, and the token too",
    config: named("both"),
    tokens: {
      both: { registrationExpiresAt: "2026-01-01T00:00:00Z", expiresAt: "2026-01-01T00:00:00Z" },
    },
    findings: ["warning RegistrationExpired both", "info SignInNeeded both"],
    unwitnessed: "clients that do not look at it would renew the token in the lab",
  },
  {
    title: "the token cannot be renewed",
    config: named("single"),
    tokens: { single: { refreshToken: undefined } },
    findings: ["info TokenWithoutRefresh single"],
  },
  {
    title: "the token of the old form cannot be renewed",
    config: `[profile dev]\n${OLD_FORM}${REGION}`,
    tokens: { acme: "none", [START_URL]: { refreshToken: undefined } },
    findings: [`info TokenWithoutRefresh ${START_URL}`],
  },
  {
    title: "a token without a time zone",
    config: named("naive"),
    tokens: { naive: { expiresAt: "2099-01-01T00:00:00" } },
    findings: ["error TokenUnreadable naive"],
  },
  {
    title: "a token in the old form of botocore",
    config: named("utc"),
    tokens: { utc: { expiresAt: "2099-01-01T00:00:00UTC", refreshToken: undefined } },
    findings: ["error TokenUnreadable utc", "info TokenWithoutRefresh utc"],
  },
  {
    title: "a token with an offset",
    config: named("offset"),
    tokens: { offset: { expiresAt: "2099-01-01T00:00:00+00:00" } },
    findings: ["error TokenUnreadable offset"],
  },
  {
    title: "a token with milliseconds",
    config: named("millis"),
    tokens: { millis: { expiresAt: "2099-01-01T00:00:00.000Z" } },
    findings: [],
  },
  {
    title: "a token file that is empty",
    config: good(),
    prepare: (home) => writeFileSync(AT(home), ""),
    findings: ["error TokenUnreadable acme"],
    unwitnessed: "all clients fail alike",
  },
  {
    title: "a folder in the token file's place",
    config: named("folder"),
    tokens: { folder: "none" },
    prepare: (home) => mkdirSync(AT(home, "folder")),
    findings: ["error TokenUnreadable folder"],
    unwitnessed: "all clients fail alike",
  },
  {
    title: "the token of another portal",
    config: good(),
    tokens: { acme: { startUrl: "https://d-0987654321.awsapps.com/start" } },
    findings: ["warning TokenOtherPortal acme"],
    unwitnessed: "clients do not look at the start URL",
  },
  {
    title: "a token for another service",
    config: good().replace("sso:account:access", "codewhisperer:completions"),
    findings: ["error TokenForeignScope acme"],
    unwitnessed: "the lab gives no tokens of other services",
  },
  {
    title: "a token file that others can read",
    config: good(),
    prepare: (home) => chmodSync(AT(home), 0o644),
    findings: ["warning ModeTooOpen"],
  },
  {
    title: "scopes without commas between them",
    config: good().replace("sso:account:access", "sso:account:access codewhisperer:completions"),
    findings: ["error TokenForeignScope acme"],
    unwitnessed: "the lab gives no tokens of other services",
  },
  {
    title: "a session that is there for another service",
    config: `${good()}[sso-session q]\nsso_start_url = ${START_URL}\nsso_region = eu-west-1\nsso_registration_scopes = codewhisperer:completions\n`,
    tokens: { q: {} },
    findings: ["info TokenForeignScope q"],
  },
];
