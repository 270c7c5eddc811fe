import type { SsoSession } from "../aws/config.ts";
import type { Registration } from "../aws/oidc.ts";
import type { Context } from "../context.ts";
import { SsoxError } from "../errors.ts";
import type { RegistrationKey } from "../state/registrations.ts";
import { serviceNow } from "./service-time.ts";
import { storeOf } from "./stores/store-of.ts";

/** The client that ssox is to a session's service, for one flow. */
export interface ClientRegistration {
  /** Without scopes the service gives a token that lasts for hours and cannot be refreshed. */
  readonly scopes: readonly string[] | undefined;
  /** The one from before, while it is good. */
  readonly kept: Registration | undefined;
  keep(registration: Registration): Promise<Registration>;
  forget(): Promise<void>;
}

const DEFAULT_SCOPES = ["sso:account:access"];

/** Finds the registration that serves this session and flow, and says where the next one goes. */
export async function clientFor(
  session: SsoSession,
  flow: RegistrationKey["flow"],
  context: Context,
): Promise<ClientRegistration> {
  const store = storeOf(session, context);
  const key = registrationKey(session, flow);
  const traced = (what: string) => (error: unknown) => {
    if (!(error instanceof SsoxError)) throw error;
    context.terminal.trace(`the registration ${what}: ${error.message}`);
  };
  return {
    scopes: key.scopes,
    kept: await store.readRegistration(key, serviceNow(store, context)),
    async keep(registration) {
      // It serves this sign-in; the next one costs another.
      await store.keepRegistration(key, registration).catch(traced("is not kept"));
      return registration;
    },
    forget: async () => await store.forgetRegistrations().catch(traced("stays")),
  };
}

function registrationKey(session: SsoSession, flow: RegistrationKey["flow"]): RegistrationKey {
  // Clients never refresh an old-form token, so it must be one that lasts.
  const fallback = session.kind === "legacy" && flow === "device" ? undefined : DEFAULT_SCOPES;
  const scopes = session.scopes?.length ? session.scopes : fallback;
  const { name: sessionName, startUrl, region } = session;
  return { sessionName, startUrl, region, scopes, flow };
}
