import { CONTROL_CHARACTERS } from "./control-characters.ts";
import type { Inventory } from "./inventory.ts";

/**
 * The names of a listing as lines that a shell reads without a parser, for
 * completion:
 *
 * - `session NAME`
 * - `account ID NAME`, without a name that is no use on a command line: one that
 *   two accounts have, whatever the case, or that cannot be shown on a line
 * - `role NAME`, each once
 * - `role-of ID NAME`
 */
export function namesList(session: string, { accounts }: Inventory): string {
  const count = new Map<string, number>();
  for (const { name = "" } of accounts) {
    count.set(name.toLowerCase(), (count.get(name.toLowerCase()) ?? 0) + 1);
  }
  const isUseful = (name: string) => isPlain(name) && count.get(name.toLowerCase()) === 1;
  const named = accounts.filter(({ id }) => isPlain(id));
  const roles = new Set(named.flatMap((account) => account.roles.filter(isPlain)));
  const lines = [
    ...(isPlain(session) ? [`session ${session}`] : []),
    ...named.map(({ id, name = "" }) => `account ${id}${isUseful(name) ? ` ${name}` : ""}`),
    ...[...roles].map((role) => `role ${role}`),
    ...named.flatMap(({ id, roles }) => {
      return roles.filter(isPlain).map((role) => `role-of ${id} ${role}`);
    }),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** Neither empty nor with a character that a terminal obeys, or that ends a line. */
function isPlain(name: string): boolean {
  return name !== "" && name.search(CONTROL_CHARACTERS) === -1;
}
