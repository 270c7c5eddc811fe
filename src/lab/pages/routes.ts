import type { Handler } from "../exchange.ts";
import { authorize, decideAuthorization } from "../oidc/authorize.ts";
import { showConsole } from "./console-page.ts";
import { decideDevice, showDevice } from "./device-page.ts";
import { fromOwnPage } from "./same-origin.ts";
import { showStart } from "./start-page.ts";

/** What browsers ask for: method and path, the page's name in the log, and who answers. */
export const PAGES: readonly (readonly [request: string, name: string, handler: Handler])[] = [
  ["GET /authorize", "Authorize", authorize],
  ["POST /authorize", "DecideAuthorization", fromOwnPage(decideAuthorization)],
  ["GET /device", "Device", showDevice],
  ["POST /device", "DecideDevice", fromOwnPage(decideDevice)],
  ["GET /start", "Start", showStart],
  ["GET /start/", "Start", showStart],
  ["GET /console", "Console", showConsole],
];
