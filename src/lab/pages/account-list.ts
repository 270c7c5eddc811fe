import type { AssignedAccount } from "./visitor.ts";

/** Accounts on one page. */
const PAGE_SIZE = 100;

/**
 * Accounts and roles that have every word of the filter in the account's name,
 * id or email address, or in the role's name; upper and lower case are alike.
 * An empty filter finds all.
 */
export function findAccounts(
  assigned: readonly AssignedAccount[],
  filter: string,
): readonly AssignedAccount[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return assigned;
  return assigned.flatMap((one) => {
    const { id, name = "", email = "" } = one.account;
    const text = `${name}\n${id}\n${email}`.toLowerCase();
    const rest = words.filter((word) => !text.includes(word));
    if (rest.length === 0) return [one];
    const roles = one.roles.filter((role) => hasAll(role.name.toLowerCase(), rest));
    return roles.length === 0 ? [] : [{ ...one, roles }];
  });
}

export interface ListPage<T> {
  readonly items: readonly T[];
  /** From 1. */
  readonly number: number;
  /** At least 1. */
  readonly count: number;
}

/** The page of that number; of one that is not there, the nearest. */
export function listPage<T>(items: readonly T[], asked: string | null): ListPage<T> {
  const count = Math.max(1, Math.ceil(items.length / PAGE_SIZE));
  const wanted = /^\d{1,9}$/.test(asked ?? "") ? Number(asked) : 1;
  const number = Math.min(Math.max(wanted, 1), count);
  return { items: items.slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE), number, count };
}

function hasAll(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word));
}
