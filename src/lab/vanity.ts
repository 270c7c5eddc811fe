import type { Answer, Handler, LabRequest } from "./exchange.ts";
import { messagePage, redirectTo } from "./pages/pages.ts";
import type { LabState } from "./state.ts";

/** The start URL that a vanity host name stands for; undefined for any other host. */
export function vanityHostOf(host: string | undefined, state: LabState): string | undefined {
  return startUrlOf((host ?? "").replace(/:\d+$/, "").toLowerCase(), state);
}

/** Whether the request comes to a vanity name, as its Host or as `/vanity/NAME`. */
export function isVanity({ headers, path }: LabRequest, state: LabState): boolean {
  return path.startsWith(PREFIX) || vanityHostOf(headers.host, state) !== undefined;
}

/** `GET` and `HEAD` of a vanity name: one redirect, straight to the start URL. */
export const redirectVanity: Handler = ({ method, headers, path }, state): Answer => {
  const startUrl =
    vanityHostOf(headers.host, state) ?? startUrlOf(path.slice(PREFIX.length), state);
  if (startUrl === undefined) return messagePage(404, "Not found", "No such vanity name.");
  if (method === "GET" || method === "HEAD") return { ...redirectTo(startUrl), status: 302 };
  return messagePage(405, "Not allowed", "A vanity name answers GET and HEAD.");
};

const PREFIX = "/vanity/";

function startUrlOf(name: string, { settings }: LabState): string | undefined {
  return Object.hasOwn(settings.vanity, name) ? settings.vanity[name] : undefined;
}
