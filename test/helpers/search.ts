/** Something that must not turn up but where it belongs. */
export interface Secret {
  /** What it is, for the report: `refreshToken`, … */
  readonly kind: string;
  readonly value: string;
}

/** A place where a secret, or a piece of one, was found. */
export interface Finding {
  readonly kind: string;
  /** How it was written there. */
  readonly form: string;
  /** Where in the text it begins. */
  readonly at: number;
}

/** A piece of a secret is found from this length on: any sixteen characters in a row, of any of its forms. */
export const PIECE = 16;

/** Finds secrets in texts, as they are or encoded, whole or in pieces. */
export class SecretSearch {
  /** By piece: whose it is. */
  readonly #pieces = new Map<string, Omit<Finding, "at">>();

  constructor(secrets: Iterable<Secret>) {
    for (const { kind, value } of secrets) {
      if (value.length < PIECE) throw new Error(`${kind} is too short to be told from other text`);
      for (const [form, text] of formsOf(value)) {
        // The same text as it looks byte by byte.
        for (const view of new Set([text, Buffer.from(text).toString("latin1")])) {
          for (let at = 0; at + PIECE <= view.length; at += 1) {
            this.#pieces.set(view.slice(at, at + PIECE), { kind, form });
          }
        }
      }
    }
  }

  /** One finding for each kind and form. A buffer is looked at byte by byte. */
  findIn(content: string | Buffer): Finding[] {
    const text = typeof content === "string" ? content : content.toString("latin1");
    const found = new Map<string, Finding>();
    for (let at = 0; at + PIECE <= text.length; at += 1) {
      const piece = this.#pieces.get(text.slice(at, at + PIECE));
      const key = `${piece?.kind} ${piece?.form}`;
      if (piece && !found.has(key)) found.set(key, { ...piece, at });
    }
    return [...found.values()];
  }
}

/** Every way in which a program might write a secret by mistake. The pieces of a later one win. */
function formsOf(value: string): [form: string, text: string][] {
  const bytes = Buffer.from(value, "utf8");
  const percent = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  return [
    ...[0, 1, 2].flatMap((offset) => base64At(bytes, offset)),
    ["hex", bytes.toString("hex")],
    ["HEX", bytes.toString("hex").toUpperCase()],
    ["each byte percent-encoded", percent],
    ["each byte percent-encoded", percent.toUpperCase()],
    ["URL-encoded", encodeURIComponent(value)],
    ["URL-encoded", encodeURIComponent(value).replace(/%[0-9A-F]{2}/g, (one) => one.toLowerCase())],
    ["form-encoded", new URLSearchParams({ "": value }).toString().slice(1)],
    ["JSON", inJson(value)],
    ["JSON in JSON", inJson(inJson(value))],
    ["JSON with escaped slashes", inJson(value).replaceAll("/", "\\/")],
    ["JSON in ASCII", inJson(value).replace(/[^ -~]|[<>&'+=/]/g, unicodeEscape)],
    ["HTML", value.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)],
    ["raw", value],
  ];
}

/** What base64 makes of the secret behind so many bytes of other text: what belongs to the secret alone. */
function base64At(bytes: Buffer, offset: number): [string, string][] {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]);
  const whole = (form: "base64" | "base64url"): string => {
    const text = encoded.toString(form).replace(/=+$/, "");
    // A character at either end may hold bits of what stands beside the secret.
    return text.slice(offset === 0 ? 0 : offset + 1, encoded.length % 3 === 0 ? undefined : -1);
  };
  return [
    ["base64", whole("base64")],
    ["base64url", whole("base64url")],
  ];
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function unicodeEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
