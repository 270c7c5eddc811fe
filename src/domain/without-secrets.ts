/** Shorter pieces give nothing away, and turn up in other text by chance. */
const PIECE = 8;
const SHORTEST_SECRET = 4;

/**
 * The text with an ellipsis for every piece of a secret: an error of a service,
 * or of what answers in its place, may repeat what it was asked, in part too.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let kept = "";
  for (let at = 0; at < text.length; ) {
    const length = Math.max(0, ...secrets.map((secret) => lengthOfPiece(text, at, secret)));
    if (length === 0) kept += text.charAt(at);
    else if (!kept.endsWith("…")) kept += "…";
    at += Math.max(1, length);
  }
  return kept;
}

/** How much of the text, from there on, stands in the secret as well; 0 where that is too little. */
function lengthOfPiece(text: string, at: number, secret: string): number {
  const enough = Math.min(PIECE, secret.length);
  if (enough < SHORTEST_SECRET || at + enough > text.length) return 0;
  let length = enough;
  if (!secret.includes(text.slice(at, at + length))) return 0;
  while (at + length < text.length && secret.includes(text.slice(at, at + length + 1))) length += 1;
  return length;
}
