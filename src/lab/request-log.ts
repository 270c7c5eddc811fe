export type Service = "oidc" | "portal" | "sts" | "signin" | "page" | "unknown";

/** One request that the lab answered. Holds no secret. */
export interface LoggedRequest extends RequestDetails {
  /** Milliseconds since the epoch, of the lab's clock. */
  readonly time: number;
  readonly service: Service;
  /** The operation's AWS name; of a request that the lab does not know, method and path. */
  readonly operation: string;
  /** 0: no answer was sent. */
  readonly status: number;
  /** The error's AWS name, such as `InvalidGrantException`. */
  readonly error?: string;
}

/** What is added to the log as it is learnt. */
export interface RequestDetails {
  userAgent?: string;
  clientName?: string;
  grantType?: string;
  accountId?: string;
  roleName?: string;
  scopes?: readonly string[];
  /** The kind of fault that befell the request. */
  fault?: string;
}

/** A lab that runs for days forgets its oldest requests. */
const KEPT = 100_000;

export function logRequest(requests: LoggedRequest[], request: LoggedRequest): void {
  requests.push(request);
  // Many at once: each removal moves all that stay.
  if (requests.length > KEPT) requests.splice(0, KEPT / 10);
}
