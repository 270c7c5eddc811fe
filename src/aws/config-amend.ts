import { type ConfigDocument, type ConfigSection, parseConfigDocument } from "./config-document.ts";
import { lastOfEach } from "./config-model.ts";
import type { SectionEdit } from "./config-section-edit.ts";
import { amendment, endsLine, newSection, removal } from "./config-section-splices.ts";
import { inOrder, type SectionSplice, type Splice, spliced } from "./config-splice.ts";
import { cannotAmend, requireAccepted, requireWritable } from "./config-writable.ts";

export type { SectionEdit } from "./config-section-edit.ts";

export interface Amendment {
  /** The new text; the old one when all is as it should be. */
  readonly text: string;
  /** What makes it of the old one, in the order of places. */
  readonly splices: readonly SectionSplice[];
}

/**
 * Gives sections their settings: in a section that is there a changed value
 * replaces its line, a key to be removed loses it, and a new key goes behind the last one; new sections go to
 * the end of the file, in the order given. Every other byte stays.
 *
 * @param edits no two for the same section
 * @param gone names of profiles that are taken out; their comments stay
 * @throws SsoxError `Usage` for a name or value that not every AWS client could
 * read; `ConfigInvalid` when botocore rejects the file, and when a section is written in a way that cannot be
 * amended without changing what else stands there
 */
export function amendSections(
  document: ConfigDocument,
  edits: readonly SectionEdit[],
  gone: readonly string[] = [],
): Amendment {
  requireAccepted(document);
  if (edits.length === 0 && gone.length === 0) return { text: document.text, splices: [] };
  const plan = sectionsOf(document, edits, gone);
  for (const edit of edits) requireWritable(edit, plan.edited.get(edit));
  const created = edits.filter((edit) => !plan.edited.has(edit));
  const inside = [
    ...[...plan.gone].flatMap((section) => named(section.name, removal(document, section))),
    ...[...plan.edited].flatMap(([edit, section]) =>
      named(edit.newName ?? edit.name, amendment(document, section, edit)),
    ),
  ];
  const added = additions(document, spliced(document.text, inside), created);
  const splices = inOrder([...inside, ...added]);
  const text = spliced(document.text, splices);
  if (text !== document.text) requireAmended(document, { ...plan, created }, text);
  return { text, splices };
}

/** Which sections of a document an amendment is about. */
interface Plan {
  /** Edits of sections that are there. */
  readonly edited: ReadonlyMap<SectionEdit, ConfigSection>;
  readonly gone: ReadonlySet<ConfigSection>;
}

function sectionsOf(
  document: ConfigDocument,
  edits: readonly SectionEdit[],
  goneNames: readonly string[],
): Plan {
  const shared = new Set<string>();
  const sections = new Map<string, ConfigSection>();
  for (const section of [
    ...lastOfEach(document, "profile"),
    ...lastOfEach(document, "sso-session"),
  ]) {
    sections.set(`${section.kind} ${section.name}`, section);
  }
  for (const section of document.sections) {
    const name = `${section.kind} ${section.name}`;
    if (sections.get(name) !== section) shared.add(name);
  }
  const take = (name: string): ConfigSection | undefined => {
    const section = sections.get(name);
    // Of two sections with one name the other would come to light.
    if (section && shared.has(name)) throw cannotAmend(section.line);
    sections.delete(name);
    return section;
  };
  const gone = goneNames.flatMap((name) => take(`profile ${name}`) ?? []);
  const edited = new Map<SectionEdit, ConfigSection>();
  // A name that one section gives up may be another one's from now on.
  for (const edit of edits.toSorted((a, b) => isRenaming(b) - isRenaming(a))) {
    const name = `${edit.kind} ${edit.name}`;
    const section = isRenaming(edit) === 1 ? take(name) : sections.get(name);
    if (section) edited.set(edit, section);
  }
  return { edited, gone: new Set(gone) };
}

function isRenaming({ newName }: SectionEdit): 0 | 1 {
  return newName === undefined ? 0 : 1;
}

/** @param before the text behind which the new sections go */
function additions(
  document: ConfigDocument,
  before: string,
  created: readonly SectionEdit[],
): readonly SectionSplice[] {
  const at = document.text.length;
  return created.map((edit, index) => {
    const gap = index === 0 ? gapBehind(before, document.eol) : document.eol;
    const text = gap + newSection(document, edit);
    return { section: edit.name, start: at, end: at, text };
  });
}

function named(section: string, splices: readonly Splice[]): readonly SectionSplice[] {
  return splices.map((splice) => ({ section, ...splice }));
}

/** An empty line, which the end of the file may have already. */
function gapBehind(text: string, eol: string): string {
  if (text === "") return "";
  if (!endsLine(text)) return eol + eol;
  return /(^|\n|\r(?!\n))[ \t]*(\r\n|\n|\r)$/.test(text) ? "" : eol;
}

/** Reads the new text and compares: what was asked for is there, and all else is as it was. */
function requireAmended(
  before: ConfigDocument,
  { edited, gone, created }: Plan & { readonly created: readonly SectionEdit[] },
  text: string,
): void {
  const after = parseConfigDocument(text);
  const byEdit = new Map([...edited].map(([edit, section]) => [section, edit]));
  const kept = before.sections.filter((section) => !gone.has(section));
  const wanted = [
    ...kept.map((section) => meaning(section, byEdit.get(section))),
    ...created.map((edit) => meaning({ ...edit, entries: [] }, edit)),
  ];
  const got = after.sections.map((section) => meaning(section));
  const odd = wanted.findIndex((section, index) => section !== got[index]);
  const fatal = after.problems.find((problem) => problem.fatal);
  if (odd === -1 && got.length === wanted.length && !fatal) return;
  throw cannotAmend(kept[odd]?.line ?? 1);
}

function meaning(
  { kind, name, entries }: Pick<ConfigSection, "kind" | "name" | "entries">,
  edit?: SectionEdit,
): string {
  const values = new Map<string, unknown>();
  for (const { key, value, nested } of entries) values.set(key, nested ?? value);
  for (const key of edit?.removed ?? []) values.delete(key);
  for (const [key, value] of edit?.settings ?? []) values.set(key, value);
  const sorted = [...values].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([kind, edit?.newName ?? name, sorted]);
}
