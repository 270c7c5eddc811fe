import type { Context } from "../context.ts";
import { type NamedEntry, pickKey } from "../domain/pick-entries.ts";
import { SsoxError } from "../errors.ts";
import { rememberPick } from "../state/recent-picks.ts";
import { chosenEntry } from "./chosen-entry.ts";
import { profileForRole } from "./profile-for-role.ts";

/**
 * Has a profile picked at a terminal. For a role that no profile names yet one
 * is written, once the user agrees.
 *
 * @throws SsoxError as {@link chosenEntry} and {@link profileForRole}
 */
export async function pick(context: Context): Promise<NamedEntry> {
  const entry = await chosenEntry("never", unasked, context);
  if (entry.profile !== undefined) return entry;
  const picked = { ...entry, profile: await profileForRole(entry, context) };
  rememberPick(context.paths.state, pickKey(picked));
  return picked;
}

function unasked(flags: string | undefined): SsoxError {
  const message = "A profile is picked at a terminal, and here nobody can be asked.";
  const hint = flags ? `pass ${flags} to the command that is to be it` : "ssox sync-profiles";
  return new SsoxError("Usage", message, { hint });
}
