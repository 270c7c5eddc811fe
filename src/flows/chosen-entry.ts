import type { SsoSession } from "../aws/config.ts";
import type { Context } from "../context.ts";
import { durationWords } from "../domain/duration.ts";
import { type PickEntry, pickKey } from "../domain/pick-entries.ts";
import { shellWord } from "../domain/shell-word.ts";
import { SsoxError } from "../errors.ts";
import type { KeptInventory } from "../state/inventory-cache.ts";
import { rememberPick } from "../state/recent-picks.ts";
import { currentInventory, isOfPresentSignIn } from "./inventory.ts";
import { type ListingOfSession, type Pickable, pickable } from "./pickable.ts";
import { chosenSession } from "./sessions.ts";
import type { MaySignIn } from "./token.ts";

/**
 * Has a profile or a role picked at a terminal, and remembers which. Shows what
 * the files tell at once; only where they tell nothing are the roles listed first.
 *
 * @param unasked makes the error where there is no terminal, of the flags to pass instead
 * @throws SsoxError that one; `Usage` where there is nothing to pick; what listing throws
 */
export async function chosenEntry(
  maySignIn: MaySignIn,
  unasked: (flags: string | undefined) => SsoxError,
  context: Context,
): Promise<PickEntry> {
  const { terminal, paths } = context;
  const known = pickable(context);
  if (!terminal.canAsk) throw unasked(flagsForFirst(known.entries));
  const { entries, sessions } = known.entries.length > 0 ? known : await list(maySignIn, context);
  const hasSessions = new Set(entries.flatMap(({ session }) => session ?? [])).size > 1;
  const choices = entries.map((value) => ({ cells: cellsOf(value, hasSessions), value }));
  const entry = await terminal.choose("Which role?", choices, noteOf(sessions, context));
  rememberPick(paths.state, pickKey(entry));
  return entry;
}

function flagsForFirst(entries: readonly PickEntry[]): string | undefined {
  const entry = entries.find(({ profile }) => profile !== undefined) ?? entries[0];
  if (entry === undefined) return undefined;
  if (entry.profile !== undefined) return `--profile ${shellWord(entry.profile)}`;
  const { accountId, role, session } = entry;
  return `--account ${accountId} --role ${shellWord(role)} --session ${shellWord(session)}`;
}

/** @throws SsoxError `Usage` where nothing is assigned; what listing throws */
async function list(maySignIn: MaySignIn, context: Context): Promise<Pickable> {
  const session = await chosenSession(undefined, context);
  await currentInventory(session, { maySignIn, refresh: false }, context);
  const listed = pickable(context);
  if (listed.entries.length > 0) return listed;
  const message = `There is no profile, and ${session.name} assigns no role to you.`;
  throw new SsoxError("Usage", message, {
    hint: `ssox roles --session ${shellWord(session.name)} --refresh`,
  });
}

function cellsOf(entry: PickEntry, hasSessions: boolean): readonly string[] {
  const { profile = "", accountName = "", accountId = "", role = "", session = "" } = entry;
  return [profile, accountName, accountId, role, ...(hasSessions ? [session] : [])];
}

/** How old it is what is shown, and what would be newer. */
function noteOf(sessions: readonly ListingOfSession[], context: Context): string | undefined {
  const now = context.clock.now();
  const notes = sessions.flatMap(({ session, listed }) => {
    const which = sessions.length > 1 ? `${session.name} ` : "";
    const command = `ssox roles --session ${shellWord(session.name)}`;
    if (listed === undefined) return `${which}not listed yet: ${command}`;
    const age = `${which}listed ${ageWords(now - listed.listedAt)} ago`;
    if (isBeforeSignIn(listed, session, context)) {
      return `${age}, under another sign-in: ${command}`;
    }
    return now - listed.listedAt > DAY_MS ? `${age}: ${command} --refresh` : age;
  });
  return notes.length > 0 ? notes.join(", ") : undefined;
}

/** What is wrong with one session keeps nobody from picking a role of another. */
function isBeforeSignIn(listed: KeptInventory, session: SsoSession, context: Context): boolean {
  try {
    return !isOfPresentSignIn(listed, session, context);
  } catch (error) {
    if (error instanceof SsoxError) return false;
    throw error;
  }
}

function ageWords(age: number): string {
  return age < 2 * DAY_MS ? durationWords(age) : `${Math.floor(age / DAY_MS)} days`;
}

const DAY_MS = 24 * 3_600_000;
