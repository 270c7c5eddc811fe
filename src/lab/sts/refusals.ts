import { type Answer, Refusal } from "../exchange.ts";
import { element, STS_NAMESPACE } from "./xml.ts";

/** The errors of STS, with the HTTP status that each is sent with (API reference, common errors). */
const ERRORS = {
  ValidationError: 400,
  InvalidAction: 400,
  IncompleteSignature: 400,
  MissingAuthenticationToken: 403,
  InvalidClientTokenId: 403,
  SignatureDoesNotMatch: 403,
  ExpiredToken: 403,
  AccessDenied: 403,
} as const;

export class StsRefusal extends Refusal {
  constructor(name: keyof typeof ERRORS, message: string) {
    super(name, ERRORS[name], message);
  }
}

export function stsErrorAnswer({ name, status, message }: Refusal, requestId: string): Answer {
  const error = element("Error", [
    element("Type", status < 500 ? "Sender" : "Receiver"),
    element("Code", name),
    element("Message", message),
  ]);
  const body = element("ErrorResponse", [error, element("RequestId", requestId)], STS_NAMESPACE);
  return { status, headers: { "Content-Type": "text/xml" }, body: body.xml, error: name };
}
