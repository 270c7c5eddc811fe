/** A link within the lab; empty values are left out. */
export function href(path: string, query: Readonly<Record<string, string>>): string {
  const given = Object.entries(query).filter(([, value]) => value !== "");
  return `${path}?${new URLSearchParams(given)}`;
}
