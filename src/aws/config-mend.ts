import type { LineMend } from "../domain/findings/mend.ts";
import { holdsSecrets } from "../domain/secret-lines.ts";
import type { ConfigDocument, ConfigSection } from "./config-document.ts";
import { harmedSection } from "./config-foreign.ts";
import { cutInlineComment, linesOf, parseOption, stripEnd } from "./config-grammar.ts";
import { commentOf } from "./config-section-splices.ts";
import { inOrder, type SectionSplice } from "./config-splice.ts";

/**
 * What mends lines of a config file. Lines with secrets stay as they are, and
 * so do whole sections of which a mended line would make something else.
 *
 * @returns splices of whole lines, in the order of places; none where botocore rejects the file
 */
export function mendLines(
  document: ConfigDocument,
  mends: readonly LineMend[],
): readonly SectionSplice[] {
  if (document.problems.some(({ fatal }) => fatal)) return [];
  const byLine = new Map<number, LineMend[]>();
  for (const mend of mends) byLine.set(mend.line, [...(byLine.get(mend.line) ?? []), mend]);
  let bySection = document.sections.map((section) => ({
    section,
    splices: section.entries.flatMap((entry) =>
      mended(document, section, entry, byLine.get(entry.line) ?? []),
    ),
  }));
  for (;;) {
    const splices = inOrder(bySection.flatMap((each) => each.splices));
    const harmed = splices.length === 0 ? undefined : harmedSection(document, splices);
    if (harmed === undefined) return splices;
    const left = bySection.filter(({ section }) => section !== harmed);
    if (left.length === bySection.length) return [];
    bySection = left;
  }
}

type Entry = ConfigSection["entries"][number];

function mended(
  document: ConfigDocument,
  section: ConfigSection,
  entry: Entry,
  mends: readonly LineMend[],
): SectionSplice[] {
  const { start, end, indent } = entry;
  const [line] = linesOf(document.text.slice(start, end));
  const option = parseOption(line?.text ?? "");
  if (mends.length === 0 || !line || !option || entry.multiline || entry.nested) return [];
  const ending = document.text.slice(start + line.text.length, end);
  const comment = commentOf(document, entry);
  const at = (text: string): SectionSplice[] => [{ section: section.name, start, end, text }];
  const kinds = new Set(mends.map(({ kind }) => kind));
  const value = mends.find((mend) => mend.kind === "value")?.value;
  // A credential_process that is given a value is one of ssox's.
  if (value === undefined && holdsSecrets(line.text)) return [];
  if (kinds.has("remove")) return at(comment);
  const key = kinds.has("lower-case") ? option.key.toLowerCase() : option.key;
  if (value !== undefined) return at(`${comment}${indent}${key} = ${value}${ending}`);
  const above = kinds.has("comment-above") ? comment : "";
  const kept = above === "" ? line.text : stripEnd(cutInlineComment(line.text));
  return at(`${above}${indent}${key}${kept.slice(indent.length + option.key.length)}${ending}`);
}
