import type { SsoSession } from "../aws/config.ts";
import type { Registration } from "../aws/oidc.ts";
import type { Context } from "../context.ts";
import { SsoxError } from "../errors.ts";
import {
  forgetRegistration,
  keepRegistration,
  keptRegistration,
  type RegistrationKey,
} from "../state/registrations.ts";

/** The client that ssox is to a session's service, for one flow. */
export interface ClientRegistration {
  /** Without scopes the service gives a token that lasts for hours and cannot be refreshed. */
  readonly scopes: readonly string[] | undefined;
  /** The one from before, while it is good. */
  readonly kept: Registration | undefined;
  keep(registration: Registration): Registration;
  forget(): void;
}

const DEFAULT_SCOPES = ["sso:account:access"];

/** Finds the registration that serves this session and flow, and says where the next one goes. */
export function clientFor(
  session: SsoSession,
  flow: "device" | "pkce",
  context: Context,
): ClientRegistration {
  const { state } = context.paths;
  // Clients never refresh an old-form token, so it must be one that lasts.
  const fallback = session.kind === "legacy" && flow === "device" ? undefined : DEFAULT_SCOPES;
  const scopes = session.scopes?.length ? session.scopes : fallback;
  const { name: sessionName, startUrl, region } = session;
  const key: RegistrationKey = { sessionName, startUrl, region, scopes, flow };
  return {
    scopes,
    kept: keptRegistration(state, key, context.clock.now()),
    keep(registration) {
      try {
        keepRegistration(state, key, registration);
      } catch (error) {
        if (!(error instanceof SsoxError)) throw error;
        // It serves this sign-in; the next one costs another.
        context.terminal.trace(`the registration is not kept: ${error.message}`);
      }
      return registration;
    },
    forget: () => forgetRegistration(state, key),
  };
}
