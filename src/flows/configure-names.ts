import type { SsoSession } from "../aws/config.ts";
import type { Settings } from "../aws/config-section-edit.ts";
import { isRegion } from "../aws/config-session.ts";
import { isWritableValue } from "../aws/config-writable.ts";
import type { Context } from "../context.ts";
import type { Inventory } from "../domain/inventory.ts";
import { type NamesPreview, namesPreview } from "../domain/names-preview.ts";
import { DEFAULT_TEMPLATE, parseTemplate } from "../domain/profile-template.ts";
import { roleFilter } from "../domain/role-filter.ts";
import { SsoxError } from "../errors.ts";

/** Shows what names a template makes. */
export type ShowNames = (preview: NamesPreview) => void;

/**
 * Asks for the template of the profiles' names until Enter takes the one whose
 * names are shown, and for their region.
 *
 * @param inventory what is assigned; undefined: nothing can be shown
 * @param options.isNew its section was just made: a region is proposed
 * @returns keys of the section that are to have another value; an empty one goes
 * @throws SsoxError `Usage` where the session's own filters are none
 */
export async function askNames(
  session: SsoSession,
  inventory: Inventory | undefined,
  { isNew, showNames }: { readonly isNew: boolean; readonly showNames: ShowNames },
  context: Context,
): Promise<Settings> {
  const { ssox_profile_template: template, ssox_profile_region: region = "" } = session.settings;
  const written = template || DEFAULT_TEMPLATE;
  const chosen = await askTemplate(written, session, inventory, showNames, context);
  const proposed = isNew ? session.region : region;
  const chosenRegion = await askProfileRegion(proposed, context);
  return [
    ...(chosen === written ? [] : [["ssox_profile_template", chosen] as const]),
    ...(chosenRegion === region ? [] : [["ssox_profile_region", chosenRegion] as const]),
  ];
}

async function askTemplate(
  written: string,
  { name, settings }: SsoSession,
  inventory: Inventory | undefined,
  showNames: ShowNames,
  { terminal, signal }: Context,
): Promise<string> {
  const { ssox_include: include = "", ssox_exclude: exclude = "" } = settings;
  const filter = roleFilter([include], [exclude]);
  for (let shown = written; ; ) {
    if (inventory) showNames(namesPreview(parseTemplate(shown), name, inventory, filter));
    const answer = await terminal.ask("Template of the profile names:", signal, {
      byDefault: shown,
      check: async (text) => templateFault(text),
    });
    if (answer === shown || inventory === undefined) return answer;
    shown = answer;
  }
}

function templateFault(text: string): string | undefined {
  try {
    parseTemplate(text);
  } catch (error) {
    if (error instanceof SsoxError) return error.message;
    throw error;
  }
  return isWritableValue(text) ? undefined : "Not every AWS client could read that in the file.";
}

async function askProfileRegion(byDefault: string, { terminal, signal }: Context): Promise<string> {
  return await terminal.ask("Region of the profiles (or none):", signal, {
    byDefault,
    check: async (answer) => {
      const isGood = answer === "" || isRegion(answer);
      return isGood ? undefined : `${JSON.stringify(answer)} is no name of a region.`;
    },
  });
}
