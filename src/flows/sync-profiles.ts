import { findSession, parseAwsConfig, type SsoSession } from "../aws/config.ts";
import { amendSections } from "../aws/config-amend.ts";
import { amendConfig } from "../aws/config-edit.ts";
import { isRegion } from "../aws/config-session.ts";
import { readConfigText } from "../aws/config-text.ts";
import type { Context } from "../context.ts";
import { credentialProcessLine } from "../domain/credential-process-line.ts";
import type { Inventory } from "../domain/inventory.ts";
import { DEFAULT_TEMPLATE, parseTemplate } from "../domain/profile-template.ts";
import { roleFilter } from "../domain/role-filter.ts";
import { shellWord } from "../domain/shell-word.ts";
import { planSync, type SyncPlan, type SyncRules } from "../domain/sync-plan.ts";
import { SsoxError } from "../errors.ts";
import { listInventory } from "./inventory.ts";
import { chosenSession } from "./sessions.ts";
import { storeKindOf } from "./stores/store-of.ts";
import type { MaySignIn } from "./token.ts";

/** What was given on the command line; undefined: the session's own key, then the default. */
export interface SyncChoices {
  readonly template: string | undefined;
  readonly region: string | undefined;
  readonly include: readonly string[] | undefined;
  readonly exclude: readonly string[] | undefined;
  /** Plans, and writes nothing. */
  readonly dryRun: boolean;
}

export interface SyncResult {
  readonly plan: SyncPlan;
  readonly file: string;
  /** The config file's text before and after. */
  readonly before: string;
  readonly after: string;
}

/**
 * Makes the AWS config file hold one profile for each account and role that is
 * assigned in a session.
 *
 * @throws SsoxError `Usage`, `UnknownSession`, `ConfigInvalid`, `WriteFailed`,
 * `FileLocked`, and what listing throws
 */
export async function syncProfiles(
  input: SyncChoices & { readonly session: string | undefined; readonly maySignIn: MaySignIn },
  context: Context,
): Promise<SyncResult> {
  const session = await chosenSession(input.session, context);
  // What is wrong with the choices shows before anyone is asked to sign in.
  rulesOf(session, input, context);
  const inventory = await listInventory(session, input.maySignIn, context);
  return await writeProfiles(session.name, inventory, input, context);
}

/**
 * Brings the profiles of a session in line with what is assigned. The file is
 * read here: listing took its time.
 *
 * @throws SsoxError `Usage`, `UnknownSession`, `ConfigInvalid`, `WriteFailed`, `FileLocked`
 */
export async function writeProfiles(
  sessionName: string,
  inventory: Inventory,
  choices: SyncChoices,
  context: Pick<Context, "paths" | "processes" | "signal" | "terminal">,
): Promise<SyncResult> {
  const file = context.paths.configFile;
  const planned = (text: string): SyncResult => {
    const config = parseAwsConfig(file, text);
    const rules = rulesOf(findSession(config, sessionName), choices, context);
    const plan = planSync(inventory, config.profiles.values(), rules);
    const edits = plan.edits.map((edit) => ({ kind: "profile", ...edit }) as const);
    return { plan, file, before: text, after: amendSections(config.document, edits) };
  };
  if (choices.dryRun) return planned(readConfigText(file));
  const onWait = (): void => context.terminal.note(`Waiting for another program to write ${file}.`);
  return await amendConfig(file, { onWait, signal: context.signal }, planned);
}

function rulesOf(
  session: SsoSession,
  choices: SyncChoices,
  { processes }: Pick<Context, "processes">,
): SyncRules {
  if (session.kind === "legacy") throw needsSection(session);
  const { settings } = session;
  const region = choices.region ?? settings["ssox_profile_region"];
  if (region && !isRegion(region)) {
    throw new SsoxError("Usage", `${JSON.stringify(region)} is no name of a region.`, {
      hint: "--region eu-west-1, or ssox_profile_region in the section of the session",
    });
  }
  return {
    session: session.name,
    template: parseTemplate(
      choices.template ?? (settings["ssox_profile_template"] || DEFAULT_TEMPLATE),
    ),
    region: region || undefined,
    filter: roleFilter(
      choices.include ?? [settings["ssox_include"] ?? ""],
      choices.exclude ?? [settings["ssox_exclude"] ?? ""],
    ),
    // No SDK finds a token in the keychain by itself.
    ...(storeKindOf(session) === "keychain" && {
      credentialProcess: (role: { accountId: string; roleName: string }) =>
        credentialProcessLine(processes.program, { ...role, session: session.name }),
    }),
  };
}

function needsSection({ startUrl, region }: SsoSession): SsoxError {
  const message = `Profiles are written for an [sso-session], and ${startUrl} is named by profiles of the old form alone.`;
  return new SsoxError("Usage", message, {
    hint: `ssox login --start-url ${shellWord(startUrl)} --sso-region ${region}`,
  });
}
