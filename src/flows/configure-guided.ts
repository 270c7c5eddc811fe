import { readAwsConfig, type SsoSession } from "../aws/config.ts";
import { isWritableName } from "../aws/config-writable.ts";
import type { Context } from "../context.ts";
import type { Inventory } from "../domain/inventory.ts";
import { shellWord } from "../domain/shell-word.ts";
import { isSameStartUrl } from "../domain/start-url.ts";
import { SsoxError } from "../errors.ts";
import { type ConfigureResult, changedKeys } from "./configure.ts";
import { askNames, type ShowNames } from "./configure-names.ts";
import { askPlace, oldFormPlace, type Place } from "./configure-place.ts";
import { freeName, planSession, sessionNameFor } from "./configure-session.ts";
import { offerSignIn } from "./configure-sign-in.ts";
import { currentInventory } from "./inventory.ts";
import { type SyncInput, syncProfiles } from "./sync-profiles.ts";
import type { SyncResult } from "./sync-profiles-write.ts";
import type { MaySignIn } from "./token.ts";
import { type WrittenSession, writtenSessions } from "./written-sessions.ts";

/** What is shown between the questions. */
export interface GuideViews {
  readonly showNames: ShowNames;
  /** What a sync would change. */
  showChanges(planned: SyncResult): void;
  /** What a sync changed. */
  showWritten(written: SyncResult): void;
}

/**
 * Sets a session up by questions. Where there is an answer already, Enter
 * leaves it; whenever the user ends it, the config file is whole.
 *
 * @param given the section's name, where the user said it
 * @throws SsoxError as `configure`, `login` and `syncProfiles`; Interrupted on Ctrl-C
 */
export async function configureGuided(
  given: string | undefined,
  views: GuideViews,
  context: Context,
): Promise<ConfigureResult> {
  const config = readAwsConfig(context.paths.configFile);
  const sections = writtenSessions(config);
  const chosen = await askWhich(given, sections, context);
  const place = await askPlace(chosen ? placeOf(chosen) : oldFormPlace(config), context);
  const name = chosen?.name ?? given ?? (await askName(place, sections, context));
  const before = named(name, sections);
  const isNew = before === undefined;

  const { session, isSignedIn } = await offerSignIn(name, place, context);
  const inventory = await listing(session, isSignedIn, context);
  const more = await askNames(session, inventory, { isNew, showNames: views.showNames }, context);
  const planned = await planSession(
    { name, startUrl: session.startUrl, ssoRegion: session.region, more },
    context,
  );
  await planned.write(session.region);
  const hasNewTemplate = more.some(([key]) => key === "ssox_profile_template");
  const next = inventory && (await offerSync(name, hasNewTemplate, views, context));
  return {
    session: planned.session,
    isNew,
    changed: changedKeys(before?.settings ?? {}, planned.session.settings),
    next: next ?? `ssox sync-profiles --session ${shellWord(name)}`,
  };
}

/** The section to amend; undefined for a new one. */
async function askWhich(
  given: string | undefined,
  sections: readonly WrittenSession[],
  { terminal }: Context,
): Promise<WrittenSession | undefined> {
  if (given !== undefined) {
    const found = named(given, sections);
    if (found || isWritableName(given)) return found;
    throw new SsoxError("Usage", `${JSON.stringify(given)} cannot be the name of a session.`, {
      hint: "choose a --session of letters, digits and . _ - / @",
    });
  }
  if (sections.length === 0) return undefined;
  return await terminal.choose<WrittenSession | undefined>("Which session?", [
    ...sections.map((value) => ({ cells: [`amend ${titleOf(value)}`], value })),
    { cells: ["a new one"], value: undefined },
  ]);
}

function titleOf({ name, settings }: WrittenSession): string {
  return `${name} (${settings["sso_start_url"] || "no start URL"})`;
}

function placeOf({ settings }: WrittenSession): Partial<Place> {
  const { sso_start_url: startUrl, sso_region: region } = settings;
  return { ...(startUrl && { startUrl }), ...(region && { region }) };
}

async function askName(
  { startUrl }: Place,
  sections: readonly WrittenSession[],
  { terminal, signal }: Context,
): Promise<string> {
  /** Whose start URL another session has, it would take that one's sign-in. */
  const isTaken = (name: string): boolean => {
    const other = named(name, sections)?.settings["sso_start_url"];
    return other ? !isSameStartUrl(startUrl, other) : false;
  };
  const usual = sessionNameFor(new URL(startUrl));
  return await terminal.ask("Name of the session:", signal, {
    byDefault: isTaken(usual) ? freeName(usual, sections) : usual,
    check: async (name) => {
      if (!isWritableName(name)) return "A name is made of letters, digits and . _ - / @";
      return isTaken(name) ? `There is a session ${name} with another start URL.` : undefined;
    },
  });
}

function named(name: string, sections: readonly WrittenSession[]): WrittenSession | undefined {
  return sections.find((section) => section.name === name);
}

/**
 * What is assigned: as it is now, or for who is not signed in as it was last
 * listed. Only the service knows whether it still takes a token: where it does
 * not, the user may sign in after all.
 */
async function listing(
  session: SsoSession,
  isSignedIn: boolean,
  context: Context,
): Promise<Inventory | undefined> {
  const list = async (maySignIn: MaySignIn) => {
    const options = { maySignIn, refresh: isSignedIn };
    const { inventory, failed } = await currentInventory(session, options, context);
    for (const { accountId, message } of failed) {
      context.terminal.note(`${accountId}: ${message}`);
    }
    return inventory;
  };
  try {
    return await list("never").catch((error: unknown) => {
      if (!isSignedIn || !isLoginRequired(error)) throw error;
      return list("ask");
    });
  } catch (error) {
    if (!(error instanceof SsoxError)) throw error;
    if (!isLoginRequired(error)) context.terminal.note(`${error.message} No names can be shown.`);
    return undefined;
  }
}

function isLoginRequired(error: unknown): boolean {
  return error instanceof SsoxError && error.code === "LoginRequired";
}

/** @returns the command that uses a profile; undefined where none was written */
async function offerSync(
  session: string,
  hasNewTemplate: boolean,
  views: GuideViews,
  context: Context,
): Promise<string | undefined> {
  const planned = await syncProfiles({ ...SYNC, session, dryRun: true }, context);
  views.showChanges(planned);
  if (hasNewTemplate && planned.managed > 0) {
    context.terminal.note(
      `Profiles that are there keep their names (ssox sync-profiles --session ${shellWord(session)} --rename).`,
    );
  }
  const { edits, unchanged, created } = planned.plan;
  const what = edits.length === 1 ? "this profile" : `these ${edits.length} profiles`;
  if (edits.length > 0) {
    if (!(await context.terminal.confirm(`Write ${what}?`, true))) return undefined;
    views.showWritten(await syncProfiles({ ...SYNC, session, dryRun: false }, context));
  }
  const names = [...created, ...unchanged];
  // Whoever tries a command out should not do so as an administrator.
  const name = names.find((each) => /(read|view)-?only/i.test(each)) ?? names[0];
  return name && `ssox exec --profile ${shellWord(name)} -- aws s3 ls`;
}

/** From what was listed a moment ago, as the session's section says. */
const SYNC: Omit<SyncInput, "session" | "dryRun"> = {
  all: false,
  template: undefined,
  region: undefined,
  include: undefined,
  exclude: undefined,
  credentialProcess: undefined,
  adopt: false,
  rename: false,
  prune: false,
  cached: true,
  maySignIn: "never",
  yes: false,
};
