import { type ConfigDocument, type ConfigSection, parseConfigDocument } from "./config-document.ts";
import { type Splice, spliced } from "./config-splice.ts";

/**
 * Looks whether splices change more than the lines that they replace: a key
 * that comes under another header, a value that goes on in the next line.
 *
 * @param splices in the order of places, each of whole lines
 * @returns the first section of `before` that would mean something else; undefined when all is well
 */
export function harmedSection(
  before: ConfigDocument,
  splices: readonly Splice[],
): ConfigSection | undefined {
  const after = parseConfigDocument(spliced(before.text, splices));
  const byStart = new Map(after.sections.map((section) => [section.start, section]));
  const moved = movedBy(splices);
  let current: ConfigSection | undefined;
  for (const section of before.sections) {
    const at = moved(section.start);
    // Its header is replaced: what is left of it stands in the section that is there now.
    current = at === undefined ? headerIn(after, section, splices) : byStart.get(at);
    const isSame = at === undefined || isAlike(current, section);
    if (!isSame || !keepsEntries(section, current, moved)) return section;
  }
  const known = before.problems.some(({ fatal }) => fatal);
  const isRejected = after.problems.some(({ fatal }) => fatal);
  return isRejected && !known ? before.sections[0] : undefined;
}

/** Where an offset of the old text is in the new one; undefined for one that is replaced. */
type Moved = (offset: number) => number | undefined;

function movedBy(splices: readonly Splice[]): Moved {
  let index = 0;
  let shift = 0;
  let seen = -1;
  return (offset) => {
    // Offsets mostly come in order; a step back begins anew.
    if (offset < seen) [index, shift] = [0, 0];
    seen = offset;
    for (let next = splices[index]; next && next.end <= offset; next = splices[index]) {
      shift += next.text.length - (next.end - next.start);
      index += 1;
    }
    const next = splices[index];
    return next && next.start <= offset && offset < next.end ? undefined : offset + shift;
  };
}

function headerIn(
  after: ConfigDocument,
  section: ConfigSection,
  splices: readonly Splice[],
): ConfigSection | undefined {
  let shift = 0;
  for (const { start, end, text } of splices) {
    if (start <= section.start && section.start < end) {
      const from = start + shift;
      return after.sections.findLast(
        (each) => from <= each.start && each.start < from + text.length,
      );
    }
    shift += text.length - (end - start);
  }
  return undefined;
}

function isAlike(found: ConfigSection | undefined, section: ConfigSection): boolean {
  return found?.kind === section.kind && found.name === section.name;
}

/** Every key that is not replaced is where it was, with its value, and none has come by itself. */
function keepsEntries(
  section: ConfigSection,
  found: ConfigSection | undefined,
  moved: Moved,
): boolean {
  const entries = new Map(found?.entries.map((entry) => [entry.start, entry]));
  return section.entries.every((entry) => {
    const at = moved(entry.start);
    if (at === undefined) return true;
    const now = entries.get(at);
    return now !== undefined && meaning(now) === meaning(entry);
  });
}

function meaning({ key, value, nested }: ConfigSection["entries"][number]): string {
  return JSON.stringify([key, nested ?? value]);
}
