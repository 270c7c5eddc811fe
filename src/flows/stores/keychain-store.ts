import { createHash } from "node:crypto";
import path from "node:path";
import type { SsoSession } from "../../aws/config.ts";
import {
  parseRoleCredentials,
  roleCacheFile,
  serializeRoleCredentials,
} from "../../aws/role-cache.ts";
import { parseToken, serializeToken, type Token, tokenFile } from "../../aws/token-cache.ts";
import type { Context } from "../../context.ts";
import { cacheName } from "../../domain/cache-name.ts";
import { type IndexedItem, KeychainIndex } from "../../state/keychain-index.ts";
import {
  parseRegistration,
  type RegistrationKey,
  registrationName,
  serializeRegistration,
} from "../../state/registrations.ts";
import { SessionMarks } from "../../state/session-marks.ts";
import type { PurgedRole, Role, SecretStore } from "./secret-store.ts";

/**
 * One item for each token, registration and role, under the names of the files
 * that they would be. On the disk lie locks, marks, and a list of the items.
 */
export function keychainStore(
  session: SsoSession,
  { paths, keychain }: Pick<Context, "paths" | "keychain">,
): SecretStore {
  const file = tokenFile(paths.tokenCache, session);
  const marks = new SessionMarks(paths.state, file);
  const index = KeychainIndex.of(paths.state, session.name);
  const tokenItem = `${TOKEN}${cacheName(session.name)}`;
  const roleFile = (role: Role): string => roleCacheFile(paths.roleCache, { session, ...role });
  const roleItem = (role: Role): string => `role/${path.basename(roleFile(role), ".json")}`;
  const registrationItem = (key: RegistrationKey): string =>
    `registration/${registrationName(key)}`;
  const lockOf = (of: string): string =>
    path.join(paths.locks, `${path.basename(of, ".json")}.lock`);
  const write = async (item: IndexedItem, text: string): Promise<void> => {
    index.add(item);
    await keychain.set(item.name, text);
  };
  const remove = async (names: readonly string[]): Promise<void> => {
    await keychain.remove(names);
    for (const name of names) index.remove(name);
  };
  return {
    kind: "keychain",
    marks,
    isShared: false,
    tokenLock: lockOf(file),
    async readToken(signal) {
      const text = await keychain.get(tokenItem, signal);
      const token = text === undefined ? undefined : parseToken(text);
      if (text === undefined || token === undefined) return { kind: "missing" };
      return { kind: "token", token, fingerprint: fingerprintOf(text) };
    },
    async reserveToken(signal) {
      await keychain.prove(signal);
      let isUnused = index.get(tokenItem) === undefined;
      if (isUnused) index.add({ name: tokenItem });
      return {
        async commit(token) {
          const text = serializeToken(token);
          // Removed meanwhile, where the former session was given up for this one.
          if (index.get(tokenItem) === undefined) index.add({ name: tokenItem });
          await keychain.set(tokenItem, text);
          isUnused = false;
          return fingerprintOf(text);
        },
        discard() {
          if (isUnused) index.remove(tokenItem);
        },
      };
    },
    removeToken: async () => await remove([tokenItem]),
    async holds({ fingerprint }) {
      const text = await keychain.get(tokenItem);
      return text !== undefined && fingerprintOf(text) === fingerprint;
    },
    // Nobody else writes the token: its mark holds as long as it is one of this store's.
    signInMark() {
      const mark = marks.read();
      return mark?.tokenFile.startsWith(FINGERPRINT) ? mark : undefined;
    },
    roleLock: (role) => lockOf(roleFile(role)),
    async readRole(role, signal) {
      const name = roleItem(role);
      const text = index.get(name) && (await keychain.get(name, signal));
      return text === undefined ? undefined : parseRoleCredentials(text);
    },
    async keepRole({ accountId, roleName }, credentials) {
      const role = { accountId, roleName };
      const { expiration } = credentials;
      const item = { name: roleItem(role), role, expiration };
      await write(item, serializeRoleCredentials(credentials));
    },
    roleMark: (role) => marks.roleMark(roleFile(role)),
    markRole({ accountId, roleName }, mark) {
      const role = { accountId, roleName };
      marks.markRole(roleFile(role), { ...mark, role });
    },
    roleExpirations: (roles) =>
      roles.flatMap((role) => {
        const expiration = index.get(roleItem(role))?.expiration;
        return expiration === undefined ? [] : [[role, expiration] as const];
      }),
    removeRole: async (role) => await remove([roleItem(role)]),
    async removeRoles() {
      const held = index.all().filter(({ name }) => name.startsWith("role/"));
      await remove(held.map(({ name }) => name));
      return { purged: held.flatMap(purgedRole), left: [] };
    },
    async readRegistration(key, now) {
      const name = registrationItem(key);
      const text = index.get(name) && (await keychain.get(name));
      return text === undefined ? undefined : parseRegistration(text, now);
    },
    keepRegistration: async (key, kept) =>
      await write({ name: registrationItem(key) }, serializeRegistration(key, kept)),
    async forgetRegistrations() {
      const held = index.all().filter(({ name }) => name.startsWith("registration/"));
      await remove(held.map(({ name }) => name));
    },
  };
}

/** What lies in the keychain for a session that may stand in no config file any more. */
export interface KeychainRest {
  tokens(): Promise<Token[]>;
  /** Removes it, registrations included. */
  remove(): Promise<PurgedRole[]>;
}

/** Whatever ssox put into the keychain and did not take out. */
export function keychainRests({
  paths,
  keychain,
}: Pick<Context, "paths" | "keychain">): KeychainRest[] {
  return KeychainIndex.everyOne(paths.state).map((index) => ({
    async tokens() {
      const tokens: Token[] = [];
      for (const { name } of index.all().filter(({ name }) => name.startsWith(TOKEN))) {
        const token = parseToken((await keychain.get(name)) ?? "");
        if (token) tokens.push(token);
      }
      return tokens;
    },
    async remove() {
      const items = index.all();
      await keychain.remove(items.map(({ name }) => name));
      for (const { name } of items) index.remove(name);
      return items.flatMap(purgedRole);
    },
  }));
}

/** What the index says of role credentials that were taken out. */
function purgedRole({ role, expiration }: IndexedItem): PurgedRole[] {
  return role && expiration !== undefined ? [{ ...role, expiration }] : [];
}

/** What the fingerprint of a token file never begins with. */
const FINGERPRINT = "sha256:";
const TOKEN = "token/";

function fingerprintOf(text: string): string {
  return FINGERPRINT + createHash("sha256").update(text, "utf8").digest("hex");
}
