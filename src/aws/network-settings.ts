import { OVERLAY_PROFILE } from "../domain/overlay-profile.ts";
import type { AwsConfig } from "./config.ts";
import { lastOfEach } from "./config-model.ts";
import { invalid } from "./config-text.ts";

/** What decides how AWS is reached: endpoints, FIPS and dual-stack, proxies, certificates. */
export interface NetworkSettings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the profile that was chosen; the environment beats it, key by key. */
  readonly profile?: ProfileNetwork | undefined;
}

/** What a call of a service needs from outside. */
export interface ServiceAccess extends NetworkSettings {
  /** Takes one line for `--debug`; never a secret. */
  trace(line: string): void;
  /** Ends calls that are under way, but for those whose answer must not be lost. */
  readonly signal?: AbortSignal;
  /** For those: from then on a first connection gets a second at most, as nothing was sent yet. */
  readonly hurry?: AbortSignal;
  /** Learns the service's own time from each of its answers; milliseconds since the epoch. */
  onDate?(date: number): void;
  /** No answer came to a request that was sent, or none that can be used: it may have taken effect. */
  onSilence?(): void;
  /** What the calls send: no error that they throw holds a piece of it. */
  readonly secrets?: readonly string[];
}

export interface ProfileNetwork {
  readonly name: string;
  /** Every key of the profile but nested blocks. */
  readonly settings: Readonly<Record<string, string>>;
  /** `endpoint_url` by service (`sso_oidc`), from the `[services]` section that the profile names. */
  readonly endpoints: ReadonlyMap<string, string>;
}

/** A setting, and where it stands, in words for the user. */
export interface Setting {
  readonly value: string;
  readonly source: string;
}

/** The variable's value, else the profile's; one that is empty counts as unset. */
export function networkSetting(
  { env, profile }: NetworkSettings,
  variable: string,
  key: string,
): Setting | undefined {
  const fromEnvironment = env[variable];
  if (fromEnvironment) return { value: fromEnvironment, source: variable };
  const value = profile?.settings[key];
  return value ? { value, source: sourceIn(profile, key) } : undefined;
}

/** Of a switch: on for `true` in any case, and for nothing else. */
export function isOn(network: NetworkSettings, variable: string, key: string): boolean {
  return networkSetting(network, variable, key)?.value.toLowerCase() === "true";
}

export function sourceIn({ name }: ProfileNetwork, key: string): string {
  return `${key} of the profile ${JSON.stringify(name)}`;
}

/**
 * What a profile says of the network.
 *
 * @param name the profile that led here; without it AWS_PROFILE, else `default`
 * @returns undefined when the file has no such profile
 * @throws SsoxError `ConfigInvalid` when it names a `[services]` section that is not there
 */
export function profileNetwork(
  config: AwsConfig,
  name: string | undefined,
  env: NetworkSettings["env"],
): ProfileNetwork | undefined {
  const profile = config.profiles.get(name ?? chosenProfile(env));
  if (profile === undefined) return undefined;
  const { settings, line } = profile;
  const wanted = settings["services"];
  if (!wanted) return { name: profile.name, settings, endpoints: new Map() };
  const section = lastOfEach(config.document, "services").find((each) => each.name === wanted);
  if (section === undefined) {
    const what = `names a [services ${wanted}] that is not in the file`;
    throw invalid(config.file, line, `the profile ${JSON.stringify(profile.name)} ${what}`);
  }
  const endpoints = section.entries.flatMap(({ key, nested = [] }): [string, string][] => {
    const found = nested.find((entry) => entry.key === "endpoint_url");
    return found ? [[key, found.value]] : [];
  });
  return { name: profile.name, settings, endpoints: new Map(endpoints) };
}

/** Inside `ssox exec` AWS_PROFILE may name a profile of the overlay, which stands for another one. */
function chosenProfile({ AWS_PROFILE, SSOX_PROFILE }: NetworkSettings["env"]): string {
  const named = AWS_PROFILE && OVERLAY_PROFILE.test(AWS_PROFILE) ? SSOX_PROFILE : AWS_PROFILE;
  return named || "default";
}
