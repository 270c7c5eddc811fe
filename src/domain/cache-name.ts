import { hash } from "node:crypto";

/** The lower-case hex SHA-1 after which every AWS client names its cache files. */
export function cacheName(text: string): string {
  return hash("sha1", text);
}
