import { readdirSync } from "node:fs";

/** What a folder holds, by name; nothing where it is missing, or may not be listed. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
