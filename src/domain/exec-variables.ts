import { isOfExec } from "./child-environment.ts";
import { OVERLAY_PROFILE } from "./overlay-profile.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What `exec` or `shell` has set there to make its program one role: none of it
 * may stand beside another one's keys, nor without its own.
 *
 * @returns the names; none where neither of them has started the program
 */
export function variablesOfExec(env: Environment): readonly string[] {
  const own = Object.keys(env).filter((name) => env[name] !== undefined && isOfExec(name));
  if (own.length === 0) return [];
  const { AWS_PROFILE: profile = "", AWS_ACCOUNT_ID: accountId } = env;
  const hasProfile = OVERLAY_PROFILE.test(profile) || profile === env["SSOX_PROFILE"];
  return [
    ...own,
    ...(hasProfile ? ["AWS_PROFILE"] : []),
    ...(accountId && accountId === env["SSOX_ACCOUNT_ID"] ? ["AWS_ACCOUNT_ID"] : []),
    ...(isServed(env) ? OF_ENDPOINT : []),
  ];
}

/** There AWS_CONFIG_FILE is an overlay, unless the program has set it to something else. */
export function isServed(env: Environment): boolean {
  return Boolean(env["SSOX_AWS_CONFIG_FILE"]);
}

const OF_ENDPOINT = ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN"];
