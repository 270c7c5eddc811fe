export type Service = "oidc" | "portal" | "sts" | "page" | "unknown";

/** One request that the lab answered. Holds no secret. */
export interface LoggedRequest extends RequestDetails {
  /** Milliseconds since the epoch, of the lab's clock. */
  readonly time: number;
  readonly service: Service;
  /** The operation's AWS name; of a request that the lab does not know, method and path. */
  readonly operation: string;
  readonly status: number;
  /** The error's AWS name, such as `InvalidGrantException`. */
  readonly error?: string;
}

/** What handlers add to the log as they learn it. */
export interface RequestDetails {
  userAgent?: string;
  clientName?: string;
  grantType?: string;
  accountId?: string;
  roleName?: string;
  scopes?: readonly string[];
}

/** A lab that runs for days forgets its oldest requests. */
const KEPT = 100_000;

export function logRequest(requests: LoggedRequest[], request: LoggedRequest): void {
  requests.push(request);
  if (requests.length > KEPT) requests.shift();
}
