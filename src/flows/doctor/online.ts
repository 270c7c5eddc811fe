import type { AwsConfig, SsoSession } from "../../aws/config.ts";
import { isRegion } from "../../aws/config-session.ts";
import { getCallerIdentity } from "../../aws/sts.ts";
import type { Context } from "../../context.ts";
import { type Facts, type ProfileFacts, sessionNameOf } from "../../domain/findings/facts.ts";
import { type Finding, finding } from "../../domain/findings/finding.ts";
import type { Inventory } from "../../domain/inventory.ts";
import { type ReservedRole, reservedRoleOf } from "../../domain/reserved-role.ts";
import { roleSessionSeconds } from "../../domain/session-end.ts";
import { shellWord } from "../../domain/shell-word.ts";
import { SsoxError } from "../../errors.ts";
import { listInventory } from "../inventory.ts";
import { roleCredentials } from "../role-credentials.ts";
import { serviceAccess } from "../service-access.ts";
import { storeOf } from "../stores/store-of.ts";

/** What the service tells of a role that a profile names. */
export interface RoleSeen {
  readonly profile: string;
  readonly session: string;
  readonly accountId: string;
  readonly roleName: string;
  /** How long its credentials last, in seconds; undefined where another program fetched those at hand. */
  readonly sessionSeconds: number | undefined;
  readonly iamRole: ReservedRole | undefined;
}

export interface OnlineAnswers {
  readonly findings: readonly Finding[];
  readonly roles: readonly RoleSeen[];
  /** Roles were left out: there are too many to ask for each. */
  readonly unasked: number;
}

/** Each is two calls. */
const MOST_ROLES = 20;

/**
 * Asks the service of each session what is assigned, which is kept as a
 * listing, and whose roles those of the profiles are. Nobody is signed in.
 */
export async function askService(
  { profiles, sessions, asked }: Facts,
  model: AwsConfig,
  context: Context,
): Promise<OnlineAnswers> {
  const findings: Finding[] = [];
  const wanted: RoleOfProfile[] = [];
  const isWanted = ({ name }: ProfileFacts) => asked === undefined || name === asked;
  for (const { name, token, fault, failure } of sessions) {
    const session = model.sessions.get(name) ?? model.legacySessions.get(name);
    const own = profiles.filter(
      (profile) => isWanted(profile) && sessionNameOf(profile.settings) === name,
    );
    const isHopeless = fault !== undefined || failure !== undefined || token?.kind !== "token";
    if (session === undefined || isHopeless || (asked !== undefined && own.length === 0)) continue;
    const listed = await attempted(findings, session, async () => {
      return await listInventory(session, { maySignIn: "never", purpose: "refresh" }, context);
    });
    if (listed) wanted.push(...assignedOf(own, listed, session));
  }
  const roles: RoleSeen[] = [];
  for (const role of wanted.slice(0, MOST_ROLES)) {
    const seen = await attempted(findings, role.session, () => seenRole(role, context));
    if (seen) roles.push(seen);
  }
  return { findings, roles, unasked: wanted.length - Math.min(wanted.length, MOST_ROLES) };
}

interface RoleOfProfile {
  readonly profile: ProfileFacts;
  readonly session: SsoSession;
  readonly accountId: string;
  readonly roleName: string;
}

/** Each role once, whichever profiles name it. */
function assignedOf(
  profiles: readonly ProfileFacts[],
  { accounts }: Inventory,
  session: SsoSession,
): readonly RoleOfProfile[] {
  const assigned = new Set(
    accounts.flatMap(({ id, roles }) => roles.map((role) => `${id} ${role}`)),
  );
  const found = new Map<string, RoleOfProfile>();
  for (const profile of profiles) {
    const { sso_account_id: accountId = "", sso_role_name: roleName = "" } = profile.settings;
    const key = `${accountId} ${roleName}`;
    if (assigned.has(key) && !found.has(key))
      found.set(key, { profile, session, accountId, roleName });
  }
  return [...found.values()];
}

async function seenRole(role: RoleOfProfile, context: Context): Promise<RoleSeen> {
  const { profile, session, accountId, roleName } = role;
  const credentials = await roleCredentials(role, { maySignIn: "never" }, context);
  const mark = storeOf(session, context).roleMark(role);
  const region = profile.settings["region"] ?? "";
  const { arn } = await getCallerIdentity(
    credentials,
    isRegion(region) ? region : session.region,
    serviceAccess(context, { profile: profile.name }),
  );
  context.signal.throwIfAborted();
  const isOfMark = mark?.expiration === credentials.expiration;
  return {
    profile: profile.name,
    session: session.name,
    accountId,
    roleName,
    sessionSeconds: isOfMark ? roleSessionSeconds(mark.obtainedAt, mark.expiration) : undefined,
    iamRole: reservedRoleOf(arn, session.region),
  };
}

/** What cannot be asked is a finding; that a sign-in is needed, others tell. */
async function attempted<T>(
  findings: Finding[],
  session: SsoSession,
  deed: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await deed();
  } catch (error) {
    if (!(error instanceof SsoxError)) throw error;
    if (error.code !== "LoginRequired") findings.push(failed(error, session));
    return undefined;
  }
}

function failed(error: SsoxError, { name }: SsoSession): Finding {
  const { message, hint = `ssox status --session ${shellWord(name)}`, isIntercepted } = error;
  const code = isIntercepted ? "ProxyIntercepts" : "ServiceUnreachable";
  return finding(code, { session: name, message, fix: hint });
}
