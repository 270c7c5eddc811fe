/** Compares two texts by their UTF-8 bytes, for lists whose order no locale may change. */
export function byByteOrder(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));
}
