/** A file's text as it was read; undefined where there is none, or none that can be read. */
export interface SourceText {
  readonly text: string;
  /** False where bytes were replaced. */
  readonly isUtf8: boolean;
}

export interface SourceTexts {
  readonly config: SourceText | undefined;
  readonly credentials: SourceText | undefined;
}

export type MutableSettings = Record<string, string>;

/** Without a prototype: names and keys come from elsewhere. */
export function noSettings(): MutableSettings {
  return Object.create(null);
}

/** The keys of both, the second one's before those of the first. */
export function merged(
  config: ReadonlyMap<string, MutableSettings>,
  credentials: ReadonlyMap<string, MutableSettings>,
): Map<string, MutableSettings> {
  const all = new Map(config);
  for (const [name, settings] of credentials) {
    all.set(name, Object.assign(noSettings(), config.get(name), settings));
  }
  return all;
}

/** What is found under that name, made where it is not there. */
export function sectionIn(sections: Map<string, MutableSettings>, name: string): MutableSettings {
  const found = sections.get(name) ?? noSettings();
  sections.set(name, found);
  return found;
}

/** A client stops at a line. */
export class RejectedLine extends Error {
  readonly line: number;

  /** @param why without capital letter and full stop */
  constructor(line: number, why: string) {
    super(why);
    this.line = line;
  }
}

/** @param source is no UTF-8 */
export function notUtf8({ text }: SourceText): RejectedLine {
  // The byte order mark of UTF-16, in either order, and every other byte of what follows.
  if (text.startsWith("\ufffd\ufffd") && text.includes("\0"))
    return new RejectedLine(1, "it is UTF-16, as PowerShell writes files, and not UTF-8");
  return new RejectedLine(
    text.slice(0, text.indexOf("\ufffd")).split("\n").length,
    "it is not UTF-8",
  );
}
