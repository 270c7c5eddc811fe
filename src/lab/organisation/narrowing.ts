/** Says which place of a document is wrong, and what it must be. */
export type Fail = (place: string, wanted: string) => never;

export function arrayOf(value: unknown, place: string, fail: Fail): readonly unknown[] {
  return Array.isArray(value) ? value : fail(place, "an array");
}

export function optionalText(value: unknown, place: string, fail: Fail): string | undefined {
  return value === undefined || typeof value === "string" ? value : fail(place, "a string");
}

export function firstTwice(values: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (const value of values) {
    if (seen.has(value)) return value;
    seen.add(value);
  }
  return undefined;
}
