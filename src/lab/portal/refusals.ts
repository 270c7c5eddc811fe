import { type Answer, jsonAnswer, Refusal } from "../exchange.ts";

/**
 * The errors of the access portal API and their HTTP status. ForbiddenException
 * stands in no service model; the service answers it nevertheless.
 */
const ERRORS = {
  InvalidRequestException: 400,
  UnauthorizedException: 401,
  ForbiddenException: 403,
  ResourceNotFoundException: 404,
  TooManyRequestsException: 429,
} as const;

export type PortalError = keyof typeof ERRORS;

export class PortalRefusal extends Refusal {
  constructor(name: PortalError, message: string) {
    super(name, ERRORS[name], message);
  }
}

/** The error as the service writes it; `__type` as seen in answers of the real portal. */
export function portalErrorAnswer({ name, status, message }: Refusal): Answer {
  const __type = `com.amazonaws.switchboard.portal#${name}`;
  const answer = jsonAnswer(status, { message, __type });
  return { ...answer, headers: { ...answer.headers, "x-amzn-ErrorType": name }, error: name };
}
