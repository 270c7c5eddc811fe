/** A profile that is to have another name. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/**
 * The moves that can be made at once: none leads to a name that stays taken.
 * Profiles may change names with each other.
 *
 * @param names of all profiles that there are
 * @param moves no two from one name, none to its own
 */
export function possibleMoves<T extends Move>(
  names: Iterable<string>,
  moves: readonly T[],
): readonly T[] {
  const taken = new Set(names);
  let possible = moves;
  // A move that is given up leaves its name taken, which may stop another one.
  for (;;) {
    for (const { from } of possible) taken.delete(from);
    const left = possible.filter(({ to }) => !taken.has(to));
    if (left.length === possible.length) return possible;
    for (const { from } of possible) taken.add(from);
    possible = left;
  }
}
