/** A piece of a text, and what is to stand in its place. */
export interface Splice {
  /** Offset of the first character. */
  readonly start: number;
  /** Offset behind the last character. */
  readonly end: number;
  readonly text: string;
}

/** A splice within one section. */
export interface SectionSplice extends Splice {
  /** The section's name, the new one where it changes. */
  readonly section: string;
}

/** The text with each piece replaced; pieces at one place keep their order. */
export function spliced(text: string, splices: readonly Splice[]): string {
  let result = "";
  let done = 0;
  for (const splice of inOrder(splices)) {
    result += text.slice(done, splice.start) + splice.text;
    done = splice.end;
  }
  return result + text.slice(done);
}

/** By place; of two at one place the one that was given first. None may overlap. */
export function inOrder<T extends Splice>(splices: readonly T[]): readonly T[] {
  return splices.toSorted((a, b) => a.start - b.start || a.end - b.end);
}
