import type { SsoSession } from "../aws/config.ts";
import { serializeToken, type Token } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import { isUnavailable, SsoxError } from "../errors.ts";
import { withLock } from "../system/files/lock.ts";
import { heldToken } from "./held-token.ts";
import { loginCommand } from "./login-required.ts";
import { purgeRoleCredentials } from "./purge.ts";
import type { SecretStore } from "./stores/secret-store.ts";
import { formerStoreOf, storeOf } from "./stores/store-of.ts";

/**
 * Brings a session's secrets to where its `ssox_store` says, after that key
 * was changed. What is moved is read back and compared before it is removed
 * from where it was. Role credentials are removed: they are fetched anew.
 *
 * @throws SsoxError `KeychainUnavailable`, `WriteFailed`, `CacheInvalid`, `FileLocked`
 */
export async function moveSecrets(session: SsoSession, context: Context): Promise<void> {
  const former = formerStoreOf(session, context);
  if (former === undefined) return;
  const store = storeOf(session, context);
  try {
    await move(session, former, store, context);
  } catch (error) {
    // The keychain was given up, perhaps for this very reason.
    if (!isUnavailable(error) || former.kind !== "keychain") throw error;
    context.terminal.note(`${error.message} What lies there stays there.`);
  }
}

async function move(
  session: SsoSession,
  former: SecretStore,
  store: SecretStore,
  context: Context,
): Promise<void> {
  const isEmpty = former.kind === "file" && (await former.readToken()).kind === "missing";
  // Without a token nobody can have fetched them since: they are from before the change.
  if (isEmpty) await purgeRoleCredentials(session, former, context);
  else await moveUnderLocks(session, former, store, context);
  // The next sign-in registers anew, unseen.
  await former.forgetRegistrations();
}

async function moveUnderLocks(
  session: SsoSession,
  former: SecretStore,
  store: SecretStore,
  context: Context,
): Promise<void> {
  // The same order in both directions: two moves never wait for each other.
  const [first, second] = former.kind === "file" ? [former, store] : [store, former];
  const { signal } = context;
  await withLock(first.tokenLock, { signal }, async () => {
    await withLock(second.tokenLock, { signal }, async () => {
      await context.processes.critical(async () => {
        await moveToken(session, former, store, context);
      });
    });
  });
}

async function moveToken(
  session: SsoSession,
  former: SecretStore,
  store: SecretStore,
  context: Context,
): Promise<void> {
  const { signal } = context;
  const left = await heldToken(former, session, signal);
  if (left === undefined) return;
  const present = await heldToken(store, session, signal);
  // A sign-in by another program after the move: its file is not for ssox to take away.
  if (present && !isSame(present.token, left.token)) return;
  const mark = former.marks.of(left.fingerprint);
  if (present === undefined) {
    const place = await store.reserveToken(signal);
    try {
      await place.commit(left.token);
    } finally {
      place.discard();
    }
  }
  const moved = await heldToken(store, session);
  if (moved === undefined || !isSame(moved.token, left.token)) throw notKept(session, store);
  if (mark) store.marks.moved(moved.fingerprint, mark);
  await former.removeToken();
  await purgeRoleCredentials(session, former, context);
  context.terminal.note(`The secrets of ${session.name} were moved to the ${store.kind} store.`);
}

function isSame(one: Token, other: Token): boolean {
  return serializeToken(one) === serializeToken(other);
}

function notKept(session: SsoSession, { kind }: SecretStore): SsoxError {
  const code = kind === "keychain" ? "KeychainUnavailable" : "WriteFailed";
  const message = `The ${kind} store did not give back what it was given for ${session.name}; nothing was removed.`;
  return new SsoxError(code, message, { hint: loginCommand(session) });
}
