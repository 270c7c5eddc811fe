export const STS_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";

/** A piece of XML that is escaped already. */
export interface Xml {
  readonly xml: string;
}

/** An element around text, which is escaped, or around other elements. */
export function element(name: string, content: string | readonly Xml[], namespace?: string): Xml {
  const inner =
    typeof content === "string" ? escapeXml(content) : content.map(({ xml }) => xml).join("");
  const attribute = namespace === undefined ? "" : ` xmlns="${namespace}"`;
  return { xml: `<${name}${attribute}>${inner}</${name}>` };
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
