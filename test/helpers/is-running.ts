import { readFileSync } from "node:fs";

/** Whether that process is there, and no zombie, which is left where the first process reaps none. Linux alone. */
export function isRunning(pid: number | string): boolean {
  try {
    return !/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
