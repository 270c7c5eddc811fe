import { didYouMean } from "../did-you-mean.ts";
import { durationWords } from "../duration.ts";
import type { InventoryAccount } from "../inventory.ts";
import { shellWord } from "../shell-word.ts";
import type { Severity } from "./codes.ts";
import { type Facts, type ProfileFacts, type SessionFacts, sessionNameOf } from "./facts.ts";
import { type Finding, finding } from "./finding.ts";

const DAY = 24 * 3_600_000;

/** Whether the roles that profiles name are assigned, as far as the last listing tells. */
export function roleFindings(facts: Facts): readonly Finding[] {
  const { sessions, profiles } = facts;
  return profiles.flatMap((profile) => {
    const { settings } = profile;
    if (!settings["sso_role_name"] || !settings["sso_account_id"]) return [];
    const session = sessions.find(({ name }) => name === sessionNameOf(settings));
    return ofProfile(profile, session);
  });
}

function ofProfile(profile: ProfileFacts, session: SessionFacts | undefined): Finding[] {
  const { name, settings, keyPlaces, configLines } = profile;
  const roleName = settings["sso_role_name"] ?? "";
  const about = { profile: name, ...(session && { session: session.name }) };
  const place = keyPlaces["sso_role_name"];
  const set = (value: string) =>
    `aws configure set sso_role_name ${shellWord(value)} --profile ${shellWord(name)}`;
  const line = configLines["sso_role_name"];
  const mend = (value: string) =>
    line === undefined
      ? {}
      : { mend: { kind: "lines", lines: [{ kind: "value", line, value }] } as const };
  const meant = permissionSetOf(roleName);
  if (meant !== undefined) {
    const message = `${place}: ${JSON.stringify(roleName)} is an IAM role; sso_role_name takes the permission set, ${JSON.stringify(meant)}.`;
    return [
      finding("RoleNameIsIamRole", {
        ...about,
        message,
        fix: set(meant),
        ...(isWritable(meant) && mend(meant)),
      }),
    ];
  }
  const path = /[:/]/.test(roleName) ? (roleName.split(/[:/]/).at(-1) ?? "") : undefined;
  if (path !== undefined) return ofPath(path, profile, session, { set, mend });
  const { inventory, now = 0 } = session ?? {};
  const accountId = settings["sso_account_id"] ?? "";
  if (inventory === undefined || session === undefined || inventory.failed.includes(accountId))
    return [];
  const age = now - inventory.listedAt;
  // What is old may have changed.
  const severity = age > DAY ? "warning" : "error";
  const listed = `as listed ${durationWords(age)} ago`;
  const account = inventory.accounts.find(({ id }) => id === accountId);
  if (account === undefined) {
    return [
      finding("AccountNotAssigned", {
        severity,
        ...about,
        message: `${keyPlaces["sso_account_id"]}: you have no role in account ${accountId} (${listed}).`,
        fix: `ssox accounts --session ${shellWord(session.name)} --refresh`,
      }),
    ];
  }
  return ofAccount(roleName, account, {
    about,
    place,
    set,
    mend,
    severity,
    listed,
    session: session.name,
  });
}

/** What a path or ARN ends with is the permission set only where one of that name is assigned. */
function ofPath(
  last: string,
  { name, settings, keyPlaces }: ProfileFacts,
  session: SessionFacts | undefined,
  {
    set,
    mend,
  }: {
    readonly set: (value: string) => string;
    readonly mend: (value: string) => Pick<Finding, "mend">;
  },
): Finding[] {
  const { sso_role_name: roleName = "", sso_account_id: accountId = "" } = settings;
  const account = session?.inventory?.accounts.find(({ id }) => id === accountId);
  const isAssigned = account?.roles.includes(last) === true;
  const ofSession = session === undefined ? "" : ` --session ${shellWord(session.name)}`;
  return [
    finding("RoleNameIsIamRole", {
      profile: name,
      ...(session && { session: session.name }),
      message: `${keyPlaces["sso_role_name"]}: ${JSON.stringify(roleName)} is a path or an ARN; sso_role_name takes the name of a permission set, which holds no slash and no colon.`,
      fix: isAssigned ? set(last) : `ssox roles${ofSession} --account ${shellWord(accountId)}`,
      ...(isAssigned && mend(last)),
    }),
  ];
}

function ofAccount(
  roleName: string,
  account: InventoryAccount,
  {
    about,
    place,
    set,
    mend,
    severity,
    listed,
    session,
  }: {
    readonly about: Pick<Finding, "profile" | "session">;
    readonly place: string | undefined;
    readonly set: (value: string) => string;
    readonly mend: (value: string) => Pick<Finding, "mend">;
    readonly severity: Severity;
    readonly listed: string;
    readonly session: string;
  },
): Finding[] {
  if (account.roles.includes(roleName)) return [];
  const near = account.roles.find((role) => role.toLowerCase() === roleName.toLowerCase());
  if (near !== undefined) {
    const message = `${place}: the permission set is ${JSON.stringify(near)}, not ${JSON.stringify(roleName)}: capital letters count.`;
    return [finding("RoleNameCase", { ...about, message, fix: set(near), ...mend(near) })];
  }
  const { only } = didYouMean(roleName, account.roles);
  const list = `ssox roles --session ${shellWord(session)} --account ${account.id} --refresh`;
  return [
    finding("RoleNotAssigned", {
      severity,
      ...about,
      message: `${place}: the role ${JSON.stringify(roleName)} in account ${account.id} is not assigned to you (${listed}).`,
      fix: only === undefined ? list : set(only),
    }),
  ];
}

/** A permission set may have that name (IAM Identity Center API, CreatePermissionSet). */
function isWritable(roleName: string): boolean {
  return /^[\w+=,.@-]{1,32}$/.test(roleName);
}

/** The permission set behind what was pasted from an ARN or from IAM; undefined for a name that may be one. */
function permissionSetOf(roleName: string): string | undefined {
  const last = roleName.split("/").find((part) => part.startsWith("AWSReservedSSO_"));
  return /^AWSReservedSSO_(.+?)(?:_[0-9a-f]{16})?$/.exec(last ?? roleName)?.[1];
}
