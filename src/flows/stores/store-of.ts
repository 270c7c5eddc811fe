import type { SsoSession } from "../../aws/config.ts";
import type { Context } from "../../context.ts";
import { KeychainIndex } from "../../state/keychain-index.ts";
import { oddSetting } from "../odd-setting.ts";
import { fileStore } from "./file-store.ts";
import { keychainStore } from "./keychain-store.ts";
import type { SecretStore } from "./secret-store.ts";

type Edges = Pick<Context, "paths" | "keychain">;

/** The store that the session's `ssox_store` names. @throws SsoxError `ConfigInvalid` */
export function storeOf(session: SsoSession, context: Edges): SecretStore {
  return storeKindOf(session) === "keychain"
    ? keychainStore(session, context)
    : fileStore(session, context);
}

/** The value of the session's `ssox_store`. @throws SsoxError `ConfigInvalid` for any other */
export function storeKindOf(session: SsoSession): SecretStore["kind"] {
  const kind = session.settings["ssox_store"] || "file";
  if (kind === "file" || kind === "keychain") return kind;
  throw oddSetting(session, "ssox_store", "file or keychain");
}

/**
 * The store that the session's secrets lay in before its key was changed;
 * undefined when there is nothing in the keychain that could have been left.
 */
export function formerStoreOf(session: SsoSession, context: Edges): SecretStore | undefined {
  if (storeKindOf(session) === "keychain") return fileStore(session, context);
  const isLeft = KeychainIndex.of(context.paths.state, session.name).all().length > 0;
  return isLeft ? keychainStore(session, context) : undefined;
}
