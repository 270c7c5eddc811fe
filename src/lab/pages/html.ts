/** HTML whose text is escaped already. Only this file makes it from strings. */
export interface Html {
  readonly html: string;
}

/** What a template may hold: text, which is escaped, or HTML. */
type Part = string | number | Html | readonly Html[];

/** A piece of HTML. Attributes stand in double quotes: the text in them is escaped as any other. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: String.raw({ raw: literals }, ...parts.map(written)) };
}

/** Nothing at all, where a part is not always there. */
export const NOTHING: Html = { html: "" };

/** What a form says besides what the user enters; empty values are left out. */
export function hiddenFields(fields: Readonly<Record<string, string>>): readonly Html[] {
  return Object.entries(fields)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
}

/**
 * A name or value from outside, fit for people: isolated, so that its direction
 * does not turn what stands around it; characters that cannot be seen are
 * written as `U+202E`; and cut when it is very long.
 * @param longest in code points
 */
export function shown(text: string, longest = LONGEST): Html {
  const points = Array.from(text);
  const rest = points.length - longest;
  if (rest <= 0) return html`<bdi>${visible(text)}</bdi>`;
  const start = visible(points.slice(0, longest).join(""));
  return html`<bdi>${start}</bdi>&hellip; <span class="note">(${rest} more characters)</span>`;
}

/** More than twice what AWS allows the name of an account: 50. */
const LONGEST = 120;

/**
 * Controls, formats, separators and halves of surrogate pairs, and spaces at
 * either end. The joiners are left alone: emoji and several scripts need them.
 */
const UNSEEN = /(^ +| +$|(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}])/u;

function visible(text: string): readonly Html[] {
  return text
    .split(UNSEEN)
    .map((piece, index) =>
      index % 2 === 0 ? html`${piece}` : html`<span class="unseen">${codePoints(piece)}</span>`,
    );
}

function codePoints(text: string): string {
  return Array.from(text, (char) => {
    const point = char.codePointAt(0) ?? 0;
    return `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
  }).join(" ");
}

function written(part: Part): string {
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return escapeHtml(part.toLocaleString("en-US"));
  return "html" in part ? part.html : part.map(written).join("");
}

/** For an element's content, and for an attribute in quotes. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
