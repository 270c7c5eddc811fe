import type { SsoSession } from "../aws/config.ts";
import { isRegion } from "../aws/config-session.ts";
import type { Context } from "../context.ts";
import { credentialProcessLine } from "../domain/credential-process-line.ts";
import type { ProfileForm } from "../domain/profile-edit.ts";
import type { FateRules } from "../domain/profile-fates.ts";
import { DEFAULT_TEMPLATE, parseTemplate } from "../domain/profile-template.ts";
import { roleFilter } from "../domain/role-filter.ts";
import { shellWord } from "../domain/shell-word.ts";
import type { SyncRules } from "../domain/sync-plan.ts";
import { SsoxError } from "../errors.ts";
import { storeKindOf } from "./stores/store-of.ts";

/** What was given on the command line; undefined: the session's own key, then the default. */
export interface SyncChoices {
  readonly template: string | undefined;
  readonly region: string | undefined;
  readonly include: readonly string[] | undefined;
  readonly exclude: readonly string[] | undefined;
  /** Profiles name ssox as their `credential_process`, or no longer; undefined leaves them as they are. */
  readonly credentialProcess: boolean | undefined;
  readonly adopt: boolean;
  readonly rename: boolean;
  readonly prune: boolean;
}

/** The rules but those that depend on what was listed and on other files. */
export type ChosenRules = Omit<SyncRules, keyof FateRules | "reserved" | "divided"> &
  Pick<SyncRules, "session">;

/**
 * What the command line and the session's section ask for.
 * @throws SsoxError `Usage`; `ConfigInvalid` when ssox lies where no `credential_process` can name it
 */
export function syncRules(
  session: SsoSession,
  choices: SyncChoices,
  { processes }: Pick<Context, "processes">,
): ChosenRules {
  if (session.kind === "legacy") throw needsSection(session);
  const { name, settings } = session;
  const region = choices.region ?? settings["ssox_profile_region"];
  if (region && !isRegion(region)) {
    throw new SsoxError("Usage", `${JSON.stringify(region)} is no name of a region.`, {
      hint:
        choices.region === undefined
          ? `edit ssox_profile_region in the [sso-session ${name}] section`
          : "--region eu-west-1",
    });
  }
  return {
    session: name,
    portal: { startUrl: session.startUrl, region: session.region },
    template: parseTemplate(
      choices.template ?? (settings["ssox_profile_template"] || DEFAULT_TEMPLATE),
    ),
    region: region || undefined,
    filter: roleFilter(
      choices.include ?? [settings["ssox_include"] ?? ""],
      choices.exclude ?? [settings["ssox_exclude"] ?? ""],
    ),
    form: formOf(session, choices),
    credentialProcess: (role) =>
      credentialProcessLine(processes.program, { ...role, session: name }),
    adopt: choices.adopt,
    rename: choices.rename,
  };
}

function formOf(session: SsoSession, choices: SyncChoices): ProfileForm | undefined {
  // No SDK finds a token in the keychain by itself.
  if (storeKindOf(session) === "keychain" || choices.credentialProcess) {
    return "credential-process";
  }
  return choices.credentialProcess === false ? "sso-keys" : undefined;
}

function needsSection({ startUrl, region }: SsoSession): SsoxError {
  const message = `Profiles are written for an [sso-session], and ${startUrl} is named by profiles of the old form alone.`;
  return new SsoxError("Usage", message, {
    hint: `ssox login --start-url ${shellWord(startUrl)} --sso-region ${region}`,
  });
}
