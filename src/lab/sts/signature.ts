import { createHash, createHmac } from "node:crypto";
import type { LabRequest } from "../exchange.ts";

/** What a request says about its signature, in its Authorization header or in its query. */
export interface ClaimedSignature {
  readonly accessKeyId: string;
  /** `YYYYMMDD/REGION/SERVICE/aws4_request` */
  readonly scope: string;
  /** `YYYYMMDDTHHMMSSZ` */
  readonly time: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** Undefined without the header; an empty one is something else. */
  readonly sessionToken: string | undefined;
  /** Seconds that a presigned URL is good for; undefined for a signed request. */
  readonly expires: number | undefined;
}

/**
 * Computes the signature that the request should have: AWS Signature Version 4
 * (IAM User Guide, "Create a signed AWS API request").
 */
export function expectedSignature(
  request: LabRequest,
  claimed: ClaimedSignature,
  secretAccessKey: string,
): string {
  const canonical = [
    request.method,
    request.path,
    canonicalQuery(request.rawQuery),
    ...claimed.signedHeaders.map((name) => `${name}:${canonicalHeader(request, name)}`),
    "",
    claimed.signedHeaders.join(";"),
    sha256(request.body),
  ].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", claimed.time, claimed.scope, sha256(canonical)].join("\n");
  const key = claimed.scope
    .split("/")
    .reduce<string | Buffer>((parent, part) => hmac(parent, part), `AWS4${secretAccessKey}`);
  return hmac(key, toSign).toString("hex");
}

/** Sorted by name, then value, each percent-encoded anew as RFC 3986 has it. */
function canonicalQuery(rawQuery: string): string {
  return [...new URLSearchParams(rawQuery.replaceAll("+", "%2B"))]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .sort((one, other) => compare(one[0], other[0]) || compare(one[1], other[1]))
    .map((pair) => pair.join("="))
    .join("&");
}

/** By code unit, whatever the locale. */
function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function canonicalHeader(request: LabRequest, name: string): string {
  const value = request.headers[name] ?? "";
  return (typeof value === "string" ? value : value.join(",")).trim().replace(/ +/g, " ");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
