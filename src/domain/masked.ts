/**
 * The text with an ellipsis for all that may be a secret: sixteen characters or
 * more of base64 or hex in a row, with a digit among them. For texts of which
 * nobody knows what is in them.
 */
export function masked(text: string): string {
  return text.replace(/[\w+/=~-]{16,}/g, (run) => (/\d/.test(run) ? "…" : run));
}
