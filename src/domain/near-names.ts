/**
 * Which names may have been meant by one that is none of them: none, where
 * nothing is near, and at most three. Best is a name that differs in capital
 * letters alone, then one with few letters wrong, missing, added or swapped,
 * then one that begins with what was written or the other way round, then one
 * that has its letters in that order. Only the best kind is given.
 */
export function nearNames(wanted: string, names: Iterable<string>): readonly string[] {
  const written = wanted.toLowerCase();
  if (written.length < 2 || written.length > LONGEST) return [];
  let best = FAR;
  let found: string[] = [];
  for (const name of new Set(names)) {
    const distance = distanceOf(written, name.toLowerCase(), Math.min(best, mostWrong(written)));
    if (distance > best || distance === FAR) continue;
    if (distance < best) found = [];
    best = distance;
    found.push(name);
  }
  return found.slice(0, MOST_TOLD);
}

const MOST_TOLD = 3;
/** No name of AWS's is longer; it would take its time. */
const LONGEST = 200;

/** Beyond every number of letters that may be wrong. */
const [BEGINNING, LETTERS, FAR] = [100, 101, 102];

function distanceOf(written: string, name: string, most: number): number {
  if (written === name) return 0;
  const wrong = lettersWrong(written, name, most);
  if (wrong <= most) return wrong;
  const [short, long] = written.length < name.length ? [written, name] : [name, written];
  if (short.length > 1 && long.startsWith(short)) return BEGINNING;
  return written.length > 2 && name[0] === written[0] && hasInOrder(name, written) ? LETTERS : FAR;
}

/** One in a short word, three in a long one. */
function mostWrong({ length }: string): number {
  return length < 3 ? 0 : length < 6 ? 1 : length < 10 ? 2 : 3;
}

/**
 * How many letters are wrong, missing, too many, or swapped with the next one
 * (the distance that is called optimal string alignment).
 *
 * @returns some number above `most` where it is above that
 */
function lettersWrong(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let [before, last]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let at = 1; at <= b.length; at += 1) {
      const isSame = a[row - 1] === b[at - 1];
      const isSwapped = row > 1 && a[row - 1] === b[at - 2] && a[row - 2] === b[at - 1];
      current[at] = Math.min(
        numberAt(last, at) + 1,
        numberAt(current, at - 1) + 1,
        numberAt(last, at - 1) + (isSame ? 0 : 1),
        isSwapped ? numberAt(before, at - 2) + 1 : FAR,
      );
    }
    if (Math.min(...current) > most) return most + 1;
    [before, last] = [last, current];
  }
  return numberAt(last, b.length);
}

function numberAt(numbers: readonly number[] | undefined, at: number): number {
  return numbers?.[at] ?? FAR;
}

function hasInOrder(text: string, letters: string): boolean {
  let at = 0;
  for (const letter of letters) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
