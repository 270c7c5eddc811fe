import { flagValue } from "./call-of-ssox.ts";
import type { ExistingProfile } from "./profile-edit.ts";

/** A profile that has its credentials from another one. */
export interface Reference {
  /** The profile that says so. */
  readonly by: string;
  readonly key: "source_profile" | "credential_process";
  /** The name of the one that it needs. */
  readonly to: string;
}

/** Which profiles these need, by way of `source_profile` or of any program that is told a `--profile`. */
export function referencesIn(profiles: Iterable<ExistingProfile>): readonly Reference[] {
  const found: Reference[] = [];
  for (const { name: by, settings } of profiles) {
    const process = flagValue("profile", settings["credential_process"] ?? "");
    const all = [
      { by, key: "source_profile", to: settings["source_profile"] },
      { by, key: "credential_process", to: process },
    ] as const;
    // One that names itself has keys of its own.
    for (const { to, ...rest } of all) if (to && to !== by) found.push({ ...rest, to });
  }
  return found;
}

/**
 * Of profiles that are to go those that others need, which stay; a profile that
 * goes itself needs none.
 *
 * @returns by name what names it
 */
export function stillNeeded(
  going: Iterable<string>,
  references: readonly Reference[],
): ReadonlyMap<string, Reference> {
  const gone = new Set(going);
  const needed = new Map<string, Reference>();
  const ofGone = new Map<string, Reference[]>();
  for (const reference of references) {
    if (!gone.has(reference.by)) continue;
    ofGone.set(reference.by, [...(ofGone.get(reference.by) ?? []), reference]);
  }
  const counting = references.filter(({ by }) => !gone.has(by));
  // What one that stays after all needs stays as well: the list grows under way.
  for (const reference of counting) {
    if (!gone.delete(reference.to)) continue;
    needed.set(reference.to, reference);
    counting.push(...(ofGone.get(reference.to) ?? []));
  }
  return needed;
}
