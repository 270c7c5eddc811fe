import type { CredentialsUnavailable } from "../aws/container-endpoint.ts";
import { durationWords } from "../domain/duration.ts";
import { masked } from "../domain/masked.ts";
import { isPassing, SsoxError } from "../errors.ts";

/** A failed renewal as an error that can be shown. */
export function expected(error: unknown): SsoxError {
  if (error instanceof SsoxError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new SsoxError("Unexpected", `${masked(message)} (a bug in ssox)`, {
    hint: "run it again with --debug and report what it prints",
    cause: error,
  });
}

/** Time alone does not mend it. */
export function needsPerson(failure: SsoxError): boolean {
  return !isPassing(failure) && failure.code !== "FileLocked";
}

function withHint({ message, hint }: SsoxError): string {
  return `${message} → ${hint}`;
}

/** That of an attempt which took too long. */
export function unanswered(): SsoxError {
  return new SsoxError("NetworkError", "No answer came in time.", {
    hint: "check the network",
  });
}

/** What a program is answered meanwhile. */
export function unavailable(failure: SsoxError | undefined): CredentialsUnavailable {
  if (failure === undefined) {
    const message = "The credentials have expired and are being renewed.";
    return { kind: "temporary", code: "ServiceUnavailable", message };
  }
  const isDenied = ["LoginRequired", "AccessDenied"].includes(failure.code);
  return {
    kind: isDenied ? "denied" : "temporary",
    code: failure.code,
    message: withHint(failure),
  };
}

/** What the user is told. @param left milliseconds until the credentials end, where there are any that do */
export function notRenewed(failure: SsoxError, left: number | undefined): string {
  const lasting = left === undefined ? "" : ` (they last ${durationWords(left)} more)`;
  return `cannot renew the credentials${lasting}: ${withHint(failure)}`;
}
