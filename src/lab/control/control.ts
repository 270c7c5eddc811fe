import { SsoxError } from "../../errors.ts";
import { type Assignment, addFault, assign, assignments, configure, unassign } from "../changes.ts";
import { type Answer, jsonAnswer, type LabRequest } from "../exchange.ts";
import { secretsOf } from "../secrets.ts";
import type { LabState } from "../state.ts";
import { statisticsOf } from "../statistics.ts";
import { readFault } from "./read-fault.ts";
import { readSettings } from "./read-settings.ts";
import { members, number, ROOT, text, wrong } from "./readers.ts";

/** No AWS client asks for a path below `/lab`. */
export function isControl({ path }: LabRequest): boolean {
  return path === "/lab" || path.startsWith("/lab/");
}

/**
 * Answers whoever looks at the lab or changes it, in JSON. A page in a browser
 * may not: it names itself by Origin or Sec-Fetch-Site, or comes by a host name
 * that was made to point here.
 */
export function answerControl(request: LabRequest, state: LabState): Answer {
  if (isFromPage(request)) return failure(403, "The lab takes no orders from web pages.");
  const handlers = ROUTES.get(request.path);
  if (!handlers) return failure(404, `There is ${[...ROUTES.keys()].join(", ")}.`);
  const handler = handlers[request.method];
  if (!handler) return failure(405, `${request.path} takes ${Object.keys(handlers).join(", ")}.`);
  try {
    return jsonAnswer(200, handler(request, state));
  } catch (error) {
    if (error instanceof SsoxError) return failure(400, error.message);
    throw error;
  }
}

function isFromPage({ headers }: LabRequest): boolean {
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? "")) return true;
  const site = headers["sec-fetch-site"];
  // `none`: typed into the address bar.
  return headers.origin !== undefined || (site !== undefined && site !== "none");
}

function failure(status: number, error: string): Answer {
  return jsonAnswer(status, { error });
}

type Handlers = Readonly<Record<string, (request: LabRequest, state: LabState) => unknown>>;

const ROUTES: ReadonlyMap<string, Handlers> = new Map<string, Handlers>([
  ["/lab/settings", { GET: settings, PUT: putSettings }],
  ["/lab/faults", { GET: faults, POST: postFault, DELETE: deleteFaults }],
  ["/lab/assignments", { GET: listAssignments, POST: postAssignment, DELETE: deleteAssignment }],
  ["/lab/statistics", { GET: (_, { counters }) => statisticsOf(counters) }],
  ["/lab/requests", { GET: requests }],
  ["/lab/secrets", { GET: (_, state) => ({ secrets: secretsOf(state) }) }],
]);

function settings(_: LabRequest, state: LabState): unknown {
  return state.settings;
}

function putSettings(request: LabRequest, state: LabState): unknown {
  configure(state, readSettings(documentOf(request), ROOT));
  return state.settings;
}

function faults(_: LabRequest, state: LabState): unknown {
  return { faults: state.faults.map(({ fault, left }) => ({ ...fault, count: left })) };
}

function postFault(request: LabRequest, state: LabState): unknown {
  addFault(state, readFault(documentOf(request), ROOT));
  return faults(request, state);
}

function deleteFaults(request: LabRequest, state: LabState): unknown {
  state.faults = [];
  return faults(request, state);
}

function listAssignments(_: LabRequest, state: LabState): unknown {
  return { assignments: assignments(state) };
}

function postAssignment(request: LabRequest, state: LabState): unknown {
  const assignment = readAssignment(request);
  assign(state, assignment);
  return assignment;
}

function deleteAssignment(request: LabRequest, state: LabState): unknown {
  const assignment = readAssignment(request);
  unassign(state, assignment);
  return assignment;
}

function readAssignment(request: LabRequest): Assignment {
  const { accountId, roleName, ...rest } = assignment(documentOf(request), ROOT);
  if (accountId === undefined || roleName === undefined) {
    throw wrong(ROOT, "an object with accountId and roleName");
  }
  return { accountId, roleName, ...rest };
}

const assignment = members<Required<Assignment>>({
  accountId: text,
  roleName: text,
  user: text,
  startUrl: text,
  sessionSeconds: number,
});

/** `?operation=` picks, `?last=` takes so many of the newest. */
function requests({ query }: LabRequest, state: LabState): unknown {
  const operation = query.get("operation");
  const last = query.get("last") ?? "1000";
  if (!/^\d{1,6}$/.test(last)) throw wrong("last", "a number");
  const asked =
    operation === null
      ? state.requests
      : state.requests.filter((one) => one.operation === operation);
  return { requests: Number(last) === 0 ? [] : asked.slice(-Number(last)) };
}

function documentOf({ body }: LabRequest): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw wrong("The body", "JSON");
  }
}
