import type { SsoSession } from "../aws/config.ts";
import { SIGN_IN_FLOWS, type SignInFlow } from "../domain/sign-in-flow.ts";
import { oddSetting } from "./odd-setting.ts";

type Section = Pick<SsoSession, "name" | "settings">;

/** The value of the session's `ssox_login_flow`. @throws SsoxError `ConfigInvalid` for any other */
export function signInFlowOf(session: Section): SignInFlow {
  const value = session.settings["ssox_login_flow"] || "auto";
  const flow = SIGN_IN_FLOWS.find((one) => one === value);
  if (flow !== undefined) return flow;
  throw oddSetting(session, "ssox_login_flow", "auto, pkce or device");
}

/** The value of the session's `ssox_callback_port`. @throws SsoxError `ConfigInvalid` for any other */
export function callbackPortOf(session: Section): number | undefined {
  const port = session.settings["ssox_callback_port"];
  if (!port) return undefined;
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (number >= 1 && number <= 65_535) return number;
  throw oddSetting(session, "ssox_callback_port", "a port, 1 to 65535");
}
