import { type Answer, jsonAnswer, type LabRequest } from "../exchange.ts";
import { isRecord } from "../json.ts";
import type { Service } from "../request-log.ts";
import { element, STS_NAMESPACE } from "../sts/xml.ts";
import type { FaultEffect } from "./fault.ts";

export type Echo = Extract<FaultEffect, { kind: "echo" }>;

/** An error answer that repeats the request, with its secrets, in the form of the service or as a page. */
export function echoed(service: Service, effect: Echo, request: LabRequest): Answer {
  const { status, place, error } = effect;
  const message = wholeOf(request);
  if (place === "page") {
    return textAnswer(status, "text/html", element("html", message).xml);
  }
  const name = (standard: string): string =>
    place === "name" ? valuesOf(request).join(" ") : (error ?? standard);
  switch (service) {
    case "oidc":
      return jsonAnswer(status, { error: name("invalid_request"), error_description: message });
    case "sts": {
      const parts = [element("Code", name("ValidationError")), element("Message", message)];
      const body = element("ErrorResponse", [element("Error", parts)], STS_NAMESPACE);
      return textAnswer(status, "text/xml", body.xml);
    }
    default:
      return jsonAnswer(status, { __type: name("InvalidRequestException"), message });
  }
}

function textAnswer(status: number, type: string, body: string): Answer {
  return { status, headers: { "Content-Type": `${type}; charset=utf-8` }, body };
}

function wholeOf({ method, path, rawQuery, headers, body }: LabRequest): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${path}?${rawQuery}`, ...lines, body].join(" ");
}

/** The texts of the body and the headers with a secret, longest first; clients cut names at these characters. */
function valuesOf({ headers, body }: LabRequest): string[] {
  const inHeaders = [headers["x-amz-sso_bearer_token"], headers["x-amz-security-token"]];
  return [...inHeaders, ...Object.values(documentOf(body))]
    .filter((value) => typeof value === "string")
    .filter((value) => !/[,:#]/.test(value))
    .sort((one, other) => other.length - one.length);
}

function documentOf(body: string): Record<string, unknown> {
  try {
    const document: unknown = JSON.parse(body);
    return isRecord(document) ? document : {};
  } catch {
    return {};
  }
}
