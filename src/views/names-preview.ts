import type { NamesPreview } from "../domain/names-preview.ts";
import { table } from "./table.ts";
import { wrapped } from "./wrapped.ts";

/**
 * What a template makes of some roles, the longest name, and how many are alike.
 * @param columns as for {@link table}
 */
export function namesPreview(preview: NamesPreview, columns?: number): string {
  const { samples, longest, count, crowded } = preview;
  if (longest === undefined)
    return "No role is assigned to you, or none that the filters let through.";
  const isShown = samples.some(({ name }) => name === longest.name);
  const rows = [...samples, ...(isShown ? [] : [longest])].map(({ name, role }) => [
    name,
    role.accountName ?? role.accountId,
    role.roleName,
  ]);
  const alike =
    crowded === 0
      ? "no two alike"
      : `${crowded} of them with the account's id behind, since they would be alike`;
  const summary = `${count} ${count === 1 ? "name" : "names"}, ${alike}; the longest has ${longest.name.length} characters.`;
  return [table(["PROFILE", "ACCOUNT", "ROLE"], rows, columns), ...wrapped(summary, columns)].join(
    "\n",
  );
}
