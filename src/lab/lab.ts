import { once } from "node:events";
import { SsoxError } from "../errors.ts";
import type { Clock } from "../system/clock.ts";
import { errnoOf, reasonOf } from "../system/files/errno.ts";
import { type Assignment, addFault, assign, configure, unassign } from "./changes.ts";
import type { Fault } from "./faults/fault.ts";
import { changed, DEFAULT_SETTINGS, type LabChanges, type LabOptions } from "./options.ts";
import type { Organisation } from "./organisation/organisation.ts";
import type { LoggedRequest } from "./request-log.ts";
import { type LabSecret, secretsOf } from "./secrets.ts";
import { createLabServer } from "./server.ts";
import { splitOptions } from "./start.ts";
import { createState, type LabState } from "./state.ts";
import { type Statistics, statisticsOf } from "./statistics.ts";
import { type IamUser, issueUserKeys, type UserKeys } from "./user-keys.ts";

/** An IAM Identity Center on this machine: SSO OIDC, the access portal, STS, and the console's sign-in. */
export interface Lab extends LabControls {
  /** `http://127.0.0.1:PORT`, the endpoint of all services. */
  readonly url: string;
  /** The first of {@link startUrls}. */
  readonly startUrl: string;
  readonly startUrls: readonly string[];
  /** Of the first start URL, as it was at the start. */
  readonly organisation: Organisation;
  /** Every request so far, oldest first; a live list. */
  readonly requests: readonly LoggedRequest[];
  /** Long-term keys, with which STS knows that user. */
  userKeys(user: IamUser): UserKeys;
  /** Ends all connections. May be called twice. */
  stop(): Promise<void>;
}

/** What may be changed and asked while it runs. */
export interface LabControls {
  /** @throws SsoxError `Usage`, and nothing has changed */
  configure(changes: LabChanges): void;
  /** Lets something go wrong, after all faults that wait already. */
  fault(fault: Fault): void;
  /** Nothing more goes wrong. */
  clearFaults(): void;
  /** Sessions that live do not see what is new. @throws SsoxError `Usage` */
  assign(assignment: Assignment): void;
  /** At once, for all sessions. @throws SsoxError `Usage` */
  unassign(assignment: Assignment): void;
  /** A copy of the numbers. */
  statistics(): Statistics;
  /** Every secret that was given out or shown so far, oldest first: what must turn up nowhere else. */
  secrets(): readonly LabSecret[];
}

/**
 * Starts a lab on 127.0.0.1.
 *
 * @param clock all lifetimes and rate limits follow it; only delays are real time
 * @throws SsoxError `Usage` for options that make no sense, or a port in use
 */
export async function startLab(options: LabOptions, clock: Clock): Promise<Lab> {
  const { start, changes } = splitOptions(options);
  const state = createState(start, changed(DEFAULT_SETTINGS, changes), clock);
  // Once more, now that it is known which users and start URLs there are.
  configure(state, changes);
  for (const fault of start.faults) addFault(state, fault);
  const server = createLabServer(state);
  await listening(server, start.port);
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : start.port;
  state.url = `http://127.0.0.1:${port}`;
  return {
    url: state.url,
    startUrl: start.first.startUrl,
    startUrls: [...state.instances.values()].map(({ startUrl }) => startUrl),
    organisation: start.first.organisation,
    requests: state.requests,
    userKeys: (user) => issueUserKeys(state, user),
    ...controlsOf(state),
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function controlsOf(state: LabState): LabControls {
  return {
    configure: (changes) => configure(state, changes),
    fault: (fault) => addFault(state, fault),
    clearFaults() {
      state.faults = [];
    },
    assign: (assignment) => assign(state, assignment),
    unassign: (assignment) => unassign(state, assignment),
    statistics: () => statisticsOf(state.counters),
    secrets: () => secretsOf(state),
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
