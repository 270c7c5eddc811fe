import { readFileSync } from "node:fs";
import type { AwsConfig, SsoSession } from "../../aws/config.ts";
import { lastOfEach, settingsOf } from "../../aws/config-model.ts";
import { sessionFault } from "../../aws/config-session.ts";
import { type Token, tokenFile } from "../../aws/token-cache.ts";
import type { Context } from "../../context.ts";
import { tokenState } from "../../domain/expiry.ts";
import {
  type ProfileFacts,
  type SessionFacts,
  sessionNameOf,
  type TokenFacts,
} from "../../domain/findings/facts.ts";
import { parseJsonObject, stringIn } from "../../domain/json.ts";
import { SsoxError } from "../../errors.ts";
import { keptInventory } from "../../state/inventory-cache.ts";
import { serviceNow } from "../service-time.ts";
import { sessionEndOf } from "../session-outlook.ts";
import type { SecretStore } from "../stores/secret-store.ts";
import { storeOf } from "../stores/store-of.ts";
import { absentPrograms } from "./programs.ts";
import { oddSettings } from "./settings.ts";

/** What files and keychain say of each session: no call, no lock, nothing written. */
export async function sessionFacts(
  model: AwsConfig,
  profiles: readonly ProfileFacts[],
  context: Context,
): Promise<readonly SessionFacts[]> {
  const found: SessionFacts[] = [];
  for (const section of lastOfEach(model.document, "sso-session")) {
    const settings = settingsOf(section);
    const place = `${model.file}, line ${section.line}`;
    const about = { name: section.name, kind: "session" as const, place, settings };
    const session = model.sessions.get(section.name);
    found.push(await facts(about, session, profiles, context));
  }
  for (const session of model.legacySessions.values()) {
    const { name, startUrl, region } = session;
    const settings = { sso_start_url: startUrl, sso_region: region };
    const first = profiles.find((profile) => profile.settings["sso_start_url"] === startUrl);
    const about = { name, kind: "legacy" as const, place: first?.place ?? model.file, settings };
    found.push(await facts(about, session, profiles, context));
  }
  return found;
}

type About = Pick<SessionFacts, "name" | "kind" | "place" | "settings">;

async function facts(
  about: About,
  session: SsoSession | undefined,
  profiles: readonly ProfileFacts[],
  context: Context,
): Promise<SessionFacts> {
  const now = context.clock.now();
  const startUrl = about.settings["sso_start_url"] ?? "";
  const nothing = {
    ...{ startUrl, fault: undefined, token: undefined, failure: undefined, inventory: undefined },
    ...{ now, skew: 0, cachedForOther: [] },
    oddSettings: oddSettings(about),
    absentBrowser: absentPrograms(context)(about.settings["ssox_browser"] ?? ""),
  };
  if (session === undefined)
    return { ...about, ...nothing, fault: sessionFault(about.settings)?.what };
  const kept = keptInventory(context.paths.cache, session);
  const inventory = kept && {
    listedAt: kept.listedAt,
    accounts: kept.inventory.accounts,
    failed: kept.failed.map(({ accountId }) => accountId),
  };
  try {
    const store = storeOf(session, context);
    const serviceTime = serviceNow(store, context);
    const token = await tokenFacts(store, session, serviceTime, context);
    const cachedForOther = await ofOthers(store, session, profiles, serviceTime, context);
    // The two were not read in one moment.
    const skew = Math.round((serviceTime - now) / 1000) * 1000;
    return { ...about, ...nothing, inventory, token, now: serviceTime, skew, cachedForOther };
  } catch (error) {
    if (!(error instanceof SsoxError)) throw error;
    const { message, hint } = error;
    return { ...about, ...nothing, inventory, failure: { message, hint } };
  }
}

async function tokenFacts(
  store: SecretStore,
  session: SsoSession,
  now: number,
  { paths, signal }: Context,
): Promise<TokenFacts> {
  const file = store.kind === "file" ? tokenFile(paths.tokenCache, session) : undefined;
  try {
    const read = await store.readToken(signal);
    if (read.kind === "missing") return read;
    const where = file ?? `the keychain's item of ${JSON.stringify(session.name)}`;
    if (read.kind === "damaged") {
      return {
        kind: "damaged",
        what: `${where} is cut, or holds no token that every client reads.`,
      };
    }
    const mark = store.marks.of(read.fingerprint);
    return {
      kind: "token",
      file,
      startUrl: read.token.startUrl,
      state: tokenState(read.token, now),
      isRefused: mark?.rejected === true || isOver(read.token, mark?.refused, now),
      hasRefreshToken: read.token.refreshToken !== undefined,
      registrationExpiresAt: read.token.registrationExpiresAt,
      sessionEndsAt: sessionEndOf(session, read, mark)?.at,
      expiresAt: file && writtenExpiry(file),
    };
  } catch (error) {
    if (!(error instanceof SsoxError) || error.code !== "CacheInvalid") throw error;
    return { kind: "unreadable", what: error.message, mend: error.hint };
  }
}

/** The service refused to renew it, and its own time is over. */
function isOver(token: Token, refused: boolean | undefined, now: number): boolean {
  return refused === true && token.expiresAt <= now;
}

/** As it is written, for clients are particular about it. */
function writtenExpiry(file: string): string | undefined {
  try {
    return stringIn(parseJsonObject(readFileSync(file, "utf8")) ?? {}, "expiresAt");
  } catch {
    return undefined;
  }
}

/** Role credentials that ssox fetched under another sign-in than the one whose token lies there. */
async function ofOthers(
  store: SecretStore,
  session: SsoSession,
  profiles: readonly ProfileFacts[],
  now: number,
  { signal }: Context,
) {
  if (store.kind !== "file") return [];
  const read = await store.readToken(signal).catch(() => undefined);
  const mark = read?.kind === "token" ? store.marks.of(read.fingerprint) : undefined;
  if (mark === undefined) return [];
  const roles = profiles.flatMap(({ settings }) => {
    const { sso_account_id: accountId, sso_role_name: roleName } = settings;
    const isOf = sessionNameOf(settings) === session.name;
    return isOf && accountId && roleName ? [{ accountId, roleName }] : [];
  });
  const known = new Map(roles.map((role) => [`${role.accountId} ${role.roleName}`, role]));
  return store.roleExpirations([...known.values()]).flatMap(([role, expiresAt]) => {
    const fetched = store.roleMark(role);
    const isOther = fetched !== undefined && fetched.signInId !== mark.signInId;
    return expiresAt > now && isOther ? [role] : [];
  });
}
