import { once } from "node:events";
import { SsoxError } from "../errors.ts";
import type { Clock } from "../system/clock.ts";
import { errnoOf, reasonOf } from "../system/files/errno.ts";
import { type LabOptions, settingsOf } from "./options.ts";
import type { Organisation } from "./organisation/organisation.ts";
import type { LoggedRequest } from "./request-log.ts";
import { createLabServer } from "./server.ts";
import { createState } from "./state.ts";

/** An IAM Identity Center on this machine: SSO OIDC, the access portal, and STS. */
export interface Lab {
  /** `http://127.0.0.1:PORT`, the endpoint of all three services. */
  readonly url: string;
  readonly startUrl: string;
  readonly organisation: Organisation;
  /** Every request so far, oldest first; a live list. */
  readonly requests: readonly LoggedRequest[];
  /** Ends all connections. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts a lab on 127.0.0.1.
 *
 * @param clock all lifetimes follow it; only `latency` is real time
 * @throws SsoxError `Usage` for options that make no sense, or a port in use
 */
export async function startLab(options: LabOptions, clock: Clock): Promise<Lab> {
  const settings = settingsOf(options);
  const state = createState(settings, clock);
  const server = createLabServer(state);
  await listening(server, settings.port);
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : settings.port;
  state.url = `http://127.0.0.1:${port}`;
  return {
    url: state.url,
    startUrl: settings.startUrl,
    organisation: settings.organisation,
    requests: state.requests,
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listening(server: ReturnType<typeof createLabServer>, port: number): Promise<void> {
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch (error) {
    const why = errnoOf(error) === "EADDRINUSE" ? "it is in use" : reasonOf(error);
    throw new SsoxError("Usage", `The lab cannot listen on port ${port}: ${why}.`, {
      hint: "ssox lab --port 0",
      cause: error,
    });
  }
}
