/** The items of one service in a keychain: texts by name. */
export interface Items {
  get(name: string): Promise<string | null>;
  set(name: string, text: string): Promise<void>;
  /** False when there was none. */
  delete(name: string): Promise<boolean>;
}

/** Credential Manager takes 2,560 bytes (wincred.h, CRED_MAX_CREDENTIAL_BLOB_SIZE), and the package writes UTF-16. */
export const CREDENTIAL_MANAGER_UNITS = 1_280;

/** Stands in the item itself when the text lies in parts: their set, and how many they are. */
const HEAD = /^ssox-parts ([ab]) (\d+)$/;

/**
 * Items of any length in a keychain that takes short ones only. A long text
 * lies in parts, and the item under its name says so. There are two sets of
 * parts: a new text goes into the one that is not in use, and counts once the
 * item itself is written, so that a reader never sees half of each.
 *
 * @param limit UTF-16 units
 */
export function splitItems(items: Items, limit: number): Items {
  const read = async (name: string): Promise<string | null> => {
    const text = await items.get(name);
    const [, set, count] = HEAD.exec(text ?? "") ?? [];
    if (set === undefined) return text;
    let whole = "";
    for (let part = 0; part < Number(count); part += 1) {
      const piece = await items.get(partName(name, set, part));
      if (piece === null) return null;
      whole += piece;
    }
    return whole;
  };
  const removeParts = async (name: string, set: string): Promise<void> => {
    for (let part = 0; await items.delete(partName(name, set, part)); ) part += 1;
  };
  return {
    // Written anew between two reads: the second one finds the new parts.
    get: async (name) => (await read(name)) ?? (await read(name)),
    async set(name, text) {
      const [, used] = HEAD.exec((await items.get(name)) ?? "") ?? [];
      const [set, other] = used === "a" ? ["b", "a"] : ["a", "b"];
      await removeParts(name, set);
      const pieces = text.length > limit ? piecesOf(text, limit) : [];
      for (const [part, piece] of pieces.entries()) {
        await items.set(partName(name, set, part), piece);
      }
      await items.set(name, pieces.length > 0 ? `ssox-parts ${set} ${pieces.length}` : text);
      await removeParts(name, other);
    },
    async delete(name) {
      const was = await items.delete(name);
      await removeParts(name, "a");
      await removeParts(name, "b");
      return was;
    },
  };
}

function partName(name: string, set: string, part: number): string {
  return `${name} ${set}${part}`;
}

/** No character is cut in two: half of one does not survive the way into the native library. */
function piecesOf(text: string, limit: number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const isCut = /[\ud800-\udbff]/.test(text.charAt(at + limit - 1));
    const end = at + limit - (isCut ? 1 : 0);
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}
