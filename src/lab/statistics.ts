/** What happened since the lab was started. Times are milliseconds since the epoch, of its clock. */
export interface Statistics {
  readonly startedAt: number;
  readonly requests: number;
  /** Requests that wait for their answer now. */
  readonly inFlight: number;
  /** The most that ever waited at once. */
  readonly peakInFlight: number;
  /** By AWS name; pages have names of their own, and all else is `unknown`. */
  readonly operations: Readonly<Record<string, OperationStatistics>>;
  /** CreateToken by grant type. */
  readonly createToken: Readonly<Record<string, GrantStatistics>>;
  /** How often a single-use refresh token came that had been used before. */
  readonly refreshTokenReuse: number;
  /** How often each kind of fault happened. */
  readonly faults: Readonly<Record<string, number>>;
}

export interface OperationStatistics {
  readonly requests: number;
  readonly inFlight: number;
  readonly peakInFlight: number;
  /** By HTTP status; `none`: no answer was sent. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly first: number;
  readonly last: number;
}

export interface GrantStatistics {
  readonly requests: number;
  readonly granted: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Load = Writable<Pick<OperationStatistics, "requests" | "inFlight" | "peakInFlight">>;
interface OperationCounters extends Load {
  readonly statuses: Record<string, number>;
  readonly first: number;
  last: number;
}

/** The numbers while they grow. */
export interface Counters extends Load {
  readonly startedAt: number;
  readonly operations: Map<string, OperationCounters>;
  readonly createToken: Map<string, Writable<GrantStatistics>>;
  refreshTokenReuse: number;
  readonly faults: Map<string, number>;
}

export function newCounters(now: number): Counters {
  return {
    startedAt: now,
    ...noLoad(),
    operations: new Map(),
    createToken: new Map(),
    refreshTokenReuse: 0,
    faults: new Map(),
  };
}

/** Counts a request that came; the function that is returned counts its end, once. */
export function countRequest(counters: Counters, operation: string, now: number): () => void {
  const own = operationCounters(counters, operation, now);
  own.last = now;
  for (const load of [counters, own]) {
    load.requests += 1;
    load.inFlight += 1;
    load.peakInFlight = Math.max(load.peakInFlight, load.inFlight);
  }
  let over = false;
  return () => {
    if (over) return;
    over = true;
    counters.inFlight -= 1;
    own.inFlight -= 1;
  };
}

/** How a request was answered. */
export interface Outcome {
  readonly operation: string;
  /** 0: not at all. */
  readonly status: number;
  readonly grantType: string | undefined;
  readonly fault: string | undefined;
}

export function countOutcome(counters: Counters, outcome: Outcome): void {
  const { operation, status, grantType, fault } = outcome;
  const own = counters.operations.get(operation);
  if (own) {
    const key = status === 0 ? "none" : String(status);
    own.statuses[key] = (own.statuses[key] ?? 0) + 1;
  }
  if (grantType !== undefined) {
    const grant = counters.createToken.get(grantType) ?? { requests: 0, granted: 0 };
    grant.requests += 1;
    if (status === 200) grant.granted += 1;
    counters.createToken.set(grantType, grant);
  }
  if (fault !== undefined) counters.faults.set(fault, (counters.faults.get(fault) ?? 0) + 1);
}

/** The numbers as they are now, on their own. */
export function statisticsOf(counters: Counters): Statistics {
  const { operations, createToken, faults } = counters;
  return structuredClone({
    ...counters,
    operations: Object.fromEntries(operations),
    createToken: Object.fromEntries(createToken),
    faults: Object.fromEntries(faults),
  });
}

function operationCounters(counters: Counters, name: string, now: number): OperationCounters {
  const known = counters.operations.get(name);
  if (known) return known;
  const fresh = { ...noLoad(), statuses: {}, first: now, last: now };
  counters.operations.set(name, fresh);
  return fresh;
}

function noLoad(): Load {
  return { requests: 0, inFlight: 0, peakInFlight: 0 };
}
