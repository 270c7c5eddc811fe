import type { SsoSession } from "../aws/config.ts";
import { SsoxError } from "../errors.ts";

/**
 * For a key of a session whose value makes no sense.
 * @param wanted continues "not …"
 */
export function oddSetting(
  { name, settings }: Pick<SsoSession, "name" | "settings">,
  key: string,
  wanted: string,
): SsoxError {
  const value = JSON.stringify(settings[key]);
  return new SsoxError("ConfigInvalid", `${key} of ${name} is ${value}, not ${wanted}.`, {
    hint: `edit ${key} in the [sso-session ${name}] section`,
  });
}
