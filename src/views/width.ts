/**
 * How many columns of a terminal the text takes: two for wide East Asian
 * letters (Unicode Standard Annex 11: W and F) and for emoji (UTS 51), of which
 * a sequence is one; none for what has no width of its own.
 */
export function widthOf(text: string): number {
  // Most names are ASCII, and tables may be long.
  if (!BEYOND_LATIN.test(text)) return text.length;
  let width = 0;
  for (const [cluster] of text.matchAll(CLUSTER)) width += widthOfCluster(cluster);
  return width;
}

/** The text, or as much of its beginning as fits into so many columns, with `…` behind it. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = "";
  let left = columns - 1;
  for (const [cluster] of text.matchAll(CLUSTER)) {
    left -= widthOfCluster(cluster);
    if (left < 0) break;
    kept += cluster;
  }
  return columns > 0 ? `${kept}…` : "";
}

function widthOfCluster(cluster: string): number {
  if (EMOJI.test(cluster) || WIDE.test(cluster)) return 2;
  return NO_WIDTH.test(cluster) ? 0 : 1;
}

const BEYOND_LATIN = /[^\u0020-\u007e\u00a0-\u00ac\u00ae-\u02ff]/;

const ONE_EMOJI = String.raw`\p{Extended_Pictographic}\ufe0f?\p{Emoji_Modifier}?`;

/**
 * What a terminal keeps together, but for scripts whose letters join: a flag,
 * a keycap, emoji that are joined to one, and any other character with its marks.
 */
const CLUSTER = new RegExp(
  String.raw`\p{Regional_Indicator}{2}|[#*\d]\ufe0f?\u20e3|${ONE_EMOJI}[\u{e0020}-\u{e007f}]*(?:\u200d${ONE_EMOJI})*|.[\p{Mn}\p{Me}\u200b-\u200d\u2060\ufe0f]*`,
  "gsu",
);

/** Shown as an emoji by itself, or made one by the selector U+FE0F. */
const EMOJI = /^(?:\p{Emoji_Presentation}|\p{Regional_Indicator}{2}|.\ufe0f)/u;

const NO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff\u200b-\u200d\u2060\ufeff]/u;

/** Blocks whose assigned letters are all wide; emoji have a property of their own. */
const WIDE =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u3247\u3250-\u4dbf\u4e00-\ua4c6\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u;
