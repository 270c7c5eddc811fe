import { AWS_OPERATIONS } from "./aws-operations.ts";
import { unusable } from "./options.ts";
import type { RateLimit } from "./rate-limits.ts";

/**
 * Rate limits as they are typed: `20`, `20/40`, `GetRoleCredentials=0.5/3`; the
 * burst is the rate, but at least 1, when it is not given.
 * @throws SsoxError `Usage`
 */
export function rateLimitsFrom(
  typed: readonly string[],
  retryAfter: boolean,
): Record<string, RateLimit> {
  return Object.fromEntries(
    typed.map((text) => {
      const [, operation = "*", rate, burst] = RATE_LIMIT.exec(text) ?? [];
      if (rate === undefined || !isOperation(operation)) throw unusable("rate limit", text);
      const perSecond = Number(rate);
      const least = Math.max(1, Math.floor(perSecond));
      const limit = { perSecond, burst: burst === undefined ? least : Number(burst), retryAfter };
      return [operation, limit];
    }),
  );
}

/**
 * Vanity names as they are typed: `sso.example.com`, `sso.example.com=START_URL`.
 * @param standard the start URL of a name without one
 */
export function vanityFrom(typed: readonly string[], standard: string): Record<string, string> {
  return Object.fromEntries(
    typed.map((text) => {
      const [, name = "", startUrl = standard] = /^([^=]+)(?:=(.+))?$/.exec(text) ?? [];
      return [name, startUrl];
    }),
  );
}

const RATE_LIMIT = /^(?:([A-Za-z*]+)=)?(\d+(?:\.\d+)?)(?:\/(\d+))?$/;

function isOperation(name: string): boolean {
  return name === "*" || AWS_OPERATIONS.includes(name);
}
