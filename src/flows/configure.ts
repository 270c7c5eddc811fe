import { type AwsConfig, readAwsConfig, type SsoSession } from "../aws/config.ts";
import type { PlannedConfig } from "../aws/config-edit.ts";
import type { Settings } from "../aws/config-section-edit.ts";
import { isRegion } from "../aws/config-session.ts";
import { resolveStartUrl } from "../aws/start-url-resolution.ts";
import type { Context } from "../context.ts";
import { DEFAULT_TEMPLATE, parseTemplate } from "../domain/profile-template.ts";
import { roleFilter } from "../domain/role-filter.ts";
import { shellWord } from "../domain/shell-word.ts";
import { isSameStartUrl } from "../domain/start-url.ts";
import { SsoxError } from "../errors.ts";
import { askPlace, askRegion, givenStartUrl, oldFormPlace } from "./configure-place.ts";
import { freeName, planSession, sessionNameFor } from "./configure-session.ts";
import { type HeldToken, heldToken } from "./held-token.ts";
import { serviceAccess } from "./service-access.ts";
import { chosenSession } from "./sessions.ts";
import { storeKindOf, storeOf } from "./stores/store-of.ts";
import { type WrittenSession, writtenSessions } from "./written-sessions.ts";

export interface ConfigureInput {
  /** Undefined: the one with that start URL, else the only one; a new one is named after the URL. */
  readonly session: string | undefined;
  /** As typed. Undefined: the section's. */
  readonly startUrl: string | undefined;
  /** Undefined: the one that the start URL names, else the section's. */
  readonly ssoRegion: string | undefined;
  /** Further keys of the section; an empty value takes the key out. */
  readonly more: Settings;
  /** Plans, and writes nothing. */
  readonly dryRun: boolean;
}

export interface ConfigureResult {
  /** As the file has it now. */
  readonly session: SsoSession;
  /** The section was not there before. */
  readonly isNew: boolean;
  /** Keys of the section whose value is another one now, or that came or went. */
  readonly changed: readonly string[];
  /** The command that comes next. */
  readonly next: string;
}

/**
 * Writes or amends an `[sso-session]` section: what is not given stays as it
 * is, as does every other byte of the file. Nobody is signed in.
 *
 * @throws SsoxError `Usage`, `UnknownSession`, `ConfigInvalid`, `WriteFailed`, `FileLocked`; of a
 * vanity start URL whose region is to be found, what `resolveStartUrl` throws
 */
export async function configure(
  input: ConfigureInput,
  context: Context,
): Promise<ConfigureResult & { readonly change: PlannedConfig }> {
  requireSensible(input.more);
  const config = readAwsConfig(context.paths.configFile);
  const present = await presentSession(config, input, context);
  const { startUrl, ssoRegion } = await placeOf(input, present, config, context);
  const name = present?.name ?? input.session ?? newName(startUrl, config);
  const more = input.more;
  const { session, change, write } = await planSession(
    { name, startUrl, ssoRegion, more },
    context,
  );
  if (!input.dryRun) await write(session.region);
  const changed = changedKeys(present?.settings ?? {}, session.settings);
  const isNew = present === undefined;
  return { session, change, isNew, changed, next: await nextCommand(session, changed, context) };
}

/**
 * What makes a value of a key senseless is told before it is written.
 * @throws SsoxError `Usage`
 */
function requireSensible(settings: Settings): void {
  for (const [key, value] of settings) {
    if (value === "") continue;
    if (key === "ssox_profile_template") requireTemplate(value);
    if (key === "ssox_include" || key === "ssox_exclude") roleFilter([value], []);
    if (key === "ssox_profile_region" && !isRegion(value)) {
      throw new SsoxError("Usage", `${JSON.stringify(value)} is no name of a region.`, {
        hint: "--region eu-west-1",
      });
    }
  }
}

function requireTemplate(text: string): void {
  try {
    parseTemplate(text);
  } catch (error) {
    if (!(error instanceof SsoxError)) throw error;
    throw new SsoxError(error.code, error.message, { hint: `--template '${DEFAULT_TEMPLATE}'` });
  }
}

/** The section that is to be amended; undefined for a new one. */
async function presentSession(
  config: AwsConfig,
  { session, startUrl }: ConfigureInput,
  context: Context,
): Promise<WrittenSession | undefined> {
  const written = writtenSessions(config);
  if (session !== undefined) return written.find(({ name }) => name === session);
  if (startUrl === undefined) {
    if (written.length <= 1) return written[0];
    const { name } = await chosenSession(undefined, context, config);
    return written.find((each) => each.name === name);
  }
  const wanted = givenStartUrl(startUrl, context);
  const same = written.filter(({ settings }) =>
    isSameStartUrl(wanted, settings["sso_start_url"] ?? ""),
  );
  const [first, second] = same;
  if (first === undefined || second === undefined) return first;
  const names = same.map(({ name }) => JSON.stringify(name)).join(", ");
  throw new SsoxError("Usage", `Which session? ${names} have that start URL.`, {
    hint: `--session ${shellWord(first.name)}`,
  });
}

/** What is neither given nor written is asked for, where somebody can be asked. */
async function placeOf(
  input: ConfigureInput,
  present: WrittenSession | undefined,
  config: AwsConfig,
  context: Context,
): Promise<{ readonly startUrl: string; readonly ssoRegion: string | undefined }> {
  const { terminal } = context;
  const { sso_start_url: written, sso_region: region } = present?.settings ?? {};
  const startUrl = startUrlOf(input.startUrl, written, context);
  const ssoRegion = input.ssoRegion || region || undefined;
  if (startUrl === undefined) {
    const old = oldFormPlace(config);
    if (!terminal.canAsk) throw withoutStartUrl(present, input.session, old.startUrl);
    const asked = await askPlace({ ...old, ...(ssoRegion && { region: ssoRegion }) }, context);
    return { startUrl: asked.startUrl, ssoRegion: asked.region };
  }
  if (ssoRegion !== undefined || !terminal.canAsk) return { startUrl, ssoRegion };
  const portal = await resolveStartUrl(startUrl, serviceAccess(context));
  return { startUrl, ssoRegion: await askRegion(portal, undefined, context) };
}

/** The one that is written stays as it is where the other means the same. */
function startUrlOf(
  typed: string | undefined,
  written: string | undefined,
  context: Context,
): string | undefined {
  if (typed === undefined) return written || undefined;
  const startUrl = givenStartUrl(typed, context);
  if (written && isSameStartUrl(startUrl, written)) return written;
  if (startUrl !== typed) context.terminal.note(`--start-url is taken as ${startUrl}`);
  return startUrl;
}

function withoutStartUrl(
  present: WrittenSession | undefined,
  session: string | undefined,
  old: string | undefined,
): SsoxError {
  const given = session === undefined ? "" : ` ${JSON.stringify(session)}`;
  const what = present
    ? `The session ${JSON.stringify(present.name)} has no start URL`
    : `There is no session${given}, and a new one needs its start URL`;
  return new SsoxError("Usage", `${what}.`, {
    hint: `--start-url ${shellWord(old ?? "https://d-1234567890.awsapps.com/start")}`,
  });
}

/** @throws SsoxError `Usage` where a session of another start URL has that name */
function newName(startUrl: string, config: AwsConfig): string {
  const name = sessionNameFor(new URL(startUrl));
  const free = freeName(name, writtenSessions(config));
  if (free === name) return name;
  const message = `A session ${JSON.stringify(name)} with another start URL is there already.`;
  throw new SsoxError("Usage", message, { hint: `--session ${shellWord(free)}` });
}

/** In the order of the section. */
export function changedKeys(
  before: WrittenSession["settings"],
  after: WrittenSession["settings"],
): readonly string[] {
  const keys = new Set([...Object.keys(after), ...Object.keys(before)]);
  return [...keys].filter((key) => before[key] !== after[key]);
}

async function nextCommand(
  session: SsoSession,
  changed: readonly string[],
  context: Context,
): Promise<string> {
  const word = shellWord(session.name);
  // Only a sign-in moves the secrets; and the keychain is not unlocked for a hint.
  const isMoved = changed.includes("ssox_store") || storeKindOf(session) === "keychain";
  if (isMoved) return `ssox login --session ${word}`;
  const held = await presentToken(session, context);
  if (held === undefined) return `ssox login --session ${word}`;
  // Other AWS clients take the region of the config file for it.
  if (held.token.region !== session.region) return `ssox login --session ${word} --force`;
  return `ssox sync-profiles --session ${word}`;
}

/** What keeps it from being read is for the next command to tell. */
async function presentToken(session: SsoSession, context: Context): Promise<HeldToken | undefined> {
  try {
    return await heldToken(storeOf(session, context), session, context.signal);
  } catch (error) {
    if (error instanceof SsoxError) return undefined;
    throw error;
  }
}
