import type { CredentialsUnavailable } from "../aws/container-endpoint.ts";
import { masked } from "../domain/masked.ts";
import { isPassing, SsoxError } from "../errors.ts";

/** A failed renewal as an error that can be shown. */
export function expected(error: unknown): SsoxError {
  if (error instanceof SsoxError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new SsoxError("Unexpected", masked(message), { cause: error });
}

/** Time alone does not mend it. */
export function needsPerson(failure: SsoxError): boolean {
  return !isPassing(failure) && failure.code !== "FileLocked";
}

export function withHint({ message, hint }: SsoxError): string {
  return hint === undefined ? message : `${message} → ${hint}`;
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
