import { durationWords } from "../duration.ts";
import type { Family } from "../prediction/families.ts";
import { familyList } from "../prediction/families.ts";
import { shellWord } from "../shell-word.ts";
import { isSameStartUrl } from "../start-url.ts";
import { parseUrl } from "../url.ts";
import type { Facts, SessionFacts, TokenFacts } from "./facts.ts";
import { type Finding, finding } from "./finding.ts";

/** What the sign-in of each session is like. */
export function tokenFindings({ sessions, profiles, needs }: Facts): readonly Finding[] {
  const ofRoles = new Set(
    profiles.flatMap(({ settings }) => (settings["sso_role_name"] ? settings["sso_session"] : [])),
  );
  return sessions.flatMap((session) => [
    ...scopes(session, ofRoles.has(session.name)),
    ...ofToken(session, sessions),
    ...lasting(session, needs),
    ...cached(session),
  ]);
}

/** @param isOfRoles some profile wants a role of it; one that is there for another service alone, such as Amazon Q, is as it should be */
function scopes({ name, place, settings }: SessionFacts, isOfRoles: boolean): Finding[] {
  const written = settings["sso_registration_scopes"];
  const named = (written ?? "")
    .split(",")
    .map((scope) => scope.trim())
    .filter((scope) => scope !== "");
  if (named.length === 0 || named.includes(ACCESS)) return [];
  if (written?.split(/[\s,]+/).includes(ACCESS)) {
    return [
      finding("TokenForeignScope", {
        session: name,
        severity: isOfRoles ? "error" : "info",
        message: `${place}: the sso_registration_scopes of ${JSON.stringify(name)} stand without commas between them, so that ${ACCESS} is none of them.`,
        fix: `put commas between the sso_registration_scopes below ${place}, then ssox login --session ${shellWord(name)} --force`,
      }),
    ];
  }
  return [
    finding("TokenForeignScope", {
      session: name,
      severity: isOfRoles ? "error" : "info",
      message: `${place}: sso_registration_scopes of ${JSON.stringify(name)} lacks ${ACCESS}, so its token gets no credentials of accounts.`,
      fix: `add ${ACCESS} to sso_registration_scopes below ${place}, then ssox login --session ${shellWord(name)} --force`,
    }),
  ];
}

const ACCESS = "sso:account:access";

function ofToken(session: SessionFacts, sessions: Facts["sessions"]): Finding[] {
  const { name, token } = session;
  const login = `ssox login --session ${shellWord(name)}`;
  const tell = (code: "SignInNeeded" | "TokenUnreadable" | "TokenRefused", message: string) =>
    finding(code, { session: name, message, fix: login });
  if (token === undefined) return [];
  if (token.kind === "missing") {
    return [tell("SignInNeeded", `You are not signed in to ${JSON.stringify(name)}.`)];
  }
  if (token.kind === "damaged") return [tell("TokenUnreadable", token.what)];
  if (token.kind === "unreadable") {
    // A sign-in fails at that file, too.
    const { what, mend } = token;
    return [finding("TokenUnreadable", { session: name, message: what, fix: mend ?? login })];
  }
  const hasUrl = parseUrl(session.startUrl)?.protocol === "https:";
  if (hasUrl && !isSameStartUrl(token.startUrl, session.startUrl)) {
    const message = `The token of ${JSON.stringify(name)} is that of ${token.startUrl}, not of its start URL.`;
    return [finding("TokenOtherPortal", { session: name, message, fix: login })];
  }
  if (token.isRefused) {
    return [
      tell(
        "TokenRefused",
        `The service refuses the token of ${JSON.stringify(name)}: the session was ended.`,
      ),
    ];
  }
  return [
    ...written(session, token, login),
    ...renewal(session, token, login),
    ...withoutRefresh(session, token, sessions),
  ];
}

type Held = Extract<TokenFacts, { kind: "token" }>;

/** Times that only some clients can read. */
function written({ name }: SessionFacts, { expiresAt, file }: Held, login: string): Finding[] {
  const blind = expiresAt === undefined ? [] : blindTo(expiresAt);
  if (blind.length === 0) return [];
  const message = `${file}: the time ${expiresAt} is not understood by ${familyList(blind)}.`;
  return [finding("TokenUnreadable", { session: name, message, fix: `${login} --force` })];
}

/** The clients that cannot read a time in a token file. */
export function blindTo(time: string): readonly Family[] {
  if (/Z$/.test(time)) return [];
  if (/UTC$/.test(time)) return ["javascript", "go", "java", "rust"];
  return /[+-]\d\d:?\d\d$/.test(time) ? ["rust"] : ["python", "go", "java", "rust"];
}

function renewal(session: SessionFacts, token: Held, login: string): Finding[] {
  const { name, now } = session;
  const found: Finding[] = [];
  const { registrationExpiresAt: end, state, hasRefreshToken } = token;
  if (state === "expired") {
    const isOver = hasRefreshToken && end !== undefined && end <= now;
    const why = isOver ? " and the client registration with it" : "";
    found.push(
      finding("SignInNeeded", {
        session: name,
        message: `The token of ${JSON.stringify(name)} has expired${why}.`,
        fix: login,
      }),
    );
  }
  if (hasRefreshToken && end !== undefined && end <= now) {
    found.push(
      finding("RegistrationExpired", {
        session: name,
        message: `The client registration behind the token of ${JSON.stringify(name)} has expired: nobody can renew the token.`,
        fix: `${login} --force`,
      }),
    );
  }
  return found;
}

function withoutRefresh(
  session: SessionFacts,
  { hasRefreshToken, state }: Held,
  sessions: Facts["sessions"],
): Finding[] {
  if (hasRefreshToken || state === "expired") return [];
  const { name, kind } = session;
  const tell = (why: string, fix: string) => {
    const message = `The token of ${JSON.stringify(name)} cannot be renewed: ${why}.`;
    return [finding("TokenWithoutRefresh", { session: name, message, fix })];
  };
  if (kind === "session") {
    return tell("it holds no refresh token", `ssox login --session ${shellWord(name)} --force`);
  }
  return tell("profiles of the old form get none", towardsSection(session, sessions));
}

/** A section for that portal, or, where there is one, its profiles: a token without refresh token comes from neither. */
function towardsSection({ startUrl, settings }: SessionFacts, sessions: Facts["sessions"]): string {
  const section = sessions.find(
    ({ kind, startUrl: other }) => kind === "session" && isSameStartUrl(other, startUrl),
  );
  if (section) return `ssox sync-profiles --session ${shellWord(section.name)} --adopt`;
  return `ssox login --start-url ${shellWord(startUrl)} --sso-region ${shellWord(settings["sso_region"] ?? "")}`;
}

/** Whether the sign-in lasts for a job that takes so long. */
function lasting({ name, now, place, token }: SessionFacts, needs: number | undefined): Finding[] {
  if (needs === undefined || token?.kind !== "token" || token.isRefused) return [];
  if (token.state !== "valid" && token.state !== "refreshable") return [];
  const { sessionEndsAt: end } = token;
  const words = durationWords(needs);
  if (end === undefined) {
    return [
      finding("EndUnknown", {
        session: name,
        message: `Nothing tells whether the sign-in to ${JSON.stringify(name)} lasts for ${words}.`,
        fix: `write ssox_session_duration = 8h, or what your administrator has set, below ${place}`,
      }),
    ];
  }
  if (end - now >= needs) return [];
  return [
    finding("TooShort", {
      session: name,
      message: `The sign-in to ${JSON.stringify(name)} ends in ${durationWords(end - now)}, and ${words} are needed.`,
      fix: `ssox login --session ${shellWord(name)} --force`,
    }),
  ];
}

function cached({ name, cachedForOther }: SessionFacts): Finding[] {
  const [first] = cachedForOther;
  if (first === undefined) return [];
  const more = cachedForOther.length > 1 ? ` and ${cachedForOther.length - 1} more` : "";
  const login = `ssox login --session ${shellWord(name)}`;
  return [
    finding("RoleCacheOfOther", {
      session: name,
      message: `The AWS CLI's cache holds credentials of ${first.roleName} in ${first.accountId}${more} from before the sign-in to ${JSON.stringify(name)}: they may be another user's.`,
      fix: `ssox logout --session ${shellWord(name)} && ${login}`,
    }),
  ];
}
