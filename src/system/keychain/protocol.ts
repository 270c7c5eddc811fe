/** What the helper process is asked, as JSON on its stdin. */
export type Request = { readonly limit: number } & Deed;

export type Deed =
  | { readonly do: "get"; readonly name: string }
  | { readonly do: "set"; readonly name: string; readonly value: string }
  | { readonly do: "remove"; readonly names: readonly string[] }
  /** Writes and removes an item, to see whether that can be done. */
  | { readonly do: "prove" };

/** What it answers, as JSON on its stdout. `value` is null where there is none. */
export type Answer = { readonly value: string | null } | { readonly error: string };

/** @throws Error for anything that this program does not send */
export function parseRequest(text: string): Request {
  const json: unknown = JSON.parse(text);
  const deed = member(json, "do");
  const limit = member(json, "limit");
  const name = member(json, "name");
  const value = member(json, "value");
  const names = member(json, "names");
  if (typeof limit === "number") {
    if (deed === "prove") return { limit, do: deed };
    if (deed === "get" && typeof name === "string") return { limit, do: deed, name };
    if (deed === "set" && typeof name === "string" && typeof value === "string")
      return { limit, do: deed, name, value };
    if (deed === "remove" && Array.isArray(names) && names.every(isString))
      return { limit, do: deed, names };
  }
  throw new Error("no request of ssox");
}

/** Undefined for anything that the helper does not answer. */
export function parseAnswer(text: string): Answer | undefined {
  try {
    const json: unknown = JSON.parse(text);
    const value = member(json, "value");
    if (typeof value === "string" || value === null) return { value };
    const error = member(json, "error");
    return typeof error === "string" ? { error } : undefined;
  } catch {
    return undefined;
  }
}

function member(json: unknown, key: string): unknown {
  if (typeof json !== "object" || json === null) return undefined;
  return new Map<string, unknown>(Object.entries(json)).get(key);
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}
