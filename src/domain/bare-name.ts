/** A name without what people and files put around one: quotes, spaces, a carriage return, the word that a header begins with. */
export function bareName(written: string): string {
  return written
    .trim()
    .replace(/^(["'])(.*)\1$/s, "$2")
    .replace(/^(?:profile|sso-session)\s+/, "");
}
