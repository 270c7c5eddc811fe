import type { LabRequest } from "../exchange.ts";
import { isRecord } from "../json.ts";
import { OidcRefusal } from "./refusals.ts";

/** The JSON body of an OIDC request, read member by member. */
export interface Members {
  /** @throws OidcRefusal `InvalidRequestException` when it is absent, empty or no string. */
  required(name: string): string;
  /** @throws OidcRefusal `InvalidRequestException` when it is there and no list of strings. */
  list(name: string): readonly string[];
}

/** @throws OidcRefusal `InvalidRequestException` when the body is no JSON object. */
export function membersOf(request: LabRequest): Members {
  const document = parse(request.body);
  return {
    required(name) {
      const value = document[name];
      if (typeof value === "string" && value !== "") return value;
      throw new OidcRefusal("InvalidRequestException", `Missing or invalid member: ${name}`);
    },
    list(name) {
      const value = document[name] ?? [];
      if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
      throw new OidcRefusal("InvalidRequestException", `Not a list of strings: ${name}`);
    },
  };
}

function parse(body: string): Record<string, unknown> {
  try {
    const document: unknown = JSON.parse(body);
    if (isRecord(document)) return document;
  } catch {
    // Said below, as for any other body that is no object.
  }
  throw new OidcRefusal("InvalidRequestException", "The body is not a JSON object");
}
