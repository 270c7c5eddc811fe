import type { Handler, LabRequest } from "../exchange.ts";
import { messagePage } from "./pages.ts";

/**
 * Answers a form only when it stood on a page of the lab itself. Programs
 * that are no browsers send neither header, and have no page to be misled by.
 */
export function fromOwnPage(handler: Handler): Handler {
  return (request, state) =>
    isFromOwnPage(request)
      ? handler(request, state)
      : messagePage(403, "Not accepted", "This form did not come from a page of the lab.");
}

function isFromOwnPage({ headers }: LabRequest): boolean {
  const site = headers["sec-fetch-site"] ?? "same-origin";
  // `none` is the user's own doing, such as a form sent again by reloading.
  if (site !== "same-origin" && site !== "none") return false;
  const { origin, host } = headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
