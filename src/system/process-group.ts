import { readFileSync } from "node:fs";

/** What the kernel says of a process and its terminal; only where there is /proc. */
interface ProcessStat {
  readonly state: string;
  readonly group: string;
  /** "0" without a controlling terminal. */
  readonly terminal: string;
  /** The group in that terminal's foreground. */
  readonly foreground: string;
}

/**
 * This process is in the foreground group of its controlling terminal. Redirected
 * streams say nothing about that, so they are asked only where there is no /proc.
 */
export function isInForeground(): boolean {
  const own = statOf("self");
  if (own === undefined)
    return [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  return own.terminal !== "0" && own.group === own.foreground;
}

/** That process has left this one's group, as a shell with job control does. */
export function isInAnotherGroup(pid: number): boolean {
  const [own, other] = [statOf("self"), statOf(pid)];
  return own !== undefined && other !== undefined && own.group !== other.group;
}

/** That process of this one's group is stopped. */
export function isStopped(pid: number): boolean {
  return statOf(pid)?.state === "T" && !isInAnotherGroup(pid);
}

/**
 * That shell, which has the terminal for itself and its jobs, has stopped itself:
 * `suspend`.
 */
export function isSuspended(shell: number): boolean {
  const [own, other] = [statOf("self"), statOf(shell)];
  if (own === undefined || other?.state !== "T" || own.group === other.group) return false;
  // Some shells give the terminal back first.
  return [own.group, other.group].includes(other.foreground);
}

function statOf(pid: number | "self"): ProcessStat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name, which may hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state = "", , group = "", , terminal = "", foreground = ""] = fields;
    return { state, group, terminal, foreground };
  } catch {
    return undefined;
  }
}
