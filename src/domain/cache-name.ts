import { createHash } from "node:crypto";

/** The lower-case hex SHA-1 after which every AWS client names its cache files. */
export function cacheName(text: string): string {
  return createHash("sha1").update(text, "utf8").digest("hex");
}
