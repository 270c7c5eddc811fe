import type { LabState } from "../state.ts";
import { PortalRefusal } from "./refusals.ts";

export interface Page<T> {
  readonly items: readonly T[];
  /** Null on the last page, as on the wire. */
  readonly nextToken: string | null;
}

/**
 * One page of a list, as `max_result` and `next_token` ask for it.
 *
 * @param list names the list: a token of another list is refused
 * @throws PortalRefusal `InvalidRequestException`
 */
export function pageOf<T>(
  items: readonly T[],
  list: string,
  query: URLSearchParams,
  state: LabState,
): Page<T> {
  const size = sizeOf(query.get("max_result"), state.settings.pageSize);
  const start = startOf(query.get("next_token"), list);
  const end = start + size;
  return {
    items: items.slice(start, end),
    nextToken: end < items.length ? tokenOf(list, end) : null,
  };
}

/** 1 to 100 (service model). */
function sizeOf(asked: string | null, standard: number): number {
  if (asked === null) return standard;
  const size = /^\d{1,3}$/.test(asked) ? Number(asked) : 0;
  if (size >= 1 && size <= 100) return size;
  throw new PortalRefusal("InvalidRequestException", "max_result must be between 1 and 100");
}

function startOf(token: string | null, list: string): number {
  if (token === null) return 0;
  const [, offset] = Buffer.from(token, "base64url").toString().split(" ");
  const start = Number(offset);
  if (Number.isSafeInteger(start) && tokenOf(list, start) === token) return start;
  throw new PortalRefusal("InvalidRequestException", "Invalid next_token");
}

function tokenOf(list: string, offset: number): string {
  return Buffer.from(`${list} ${offset}`).toString("base64url");
}
