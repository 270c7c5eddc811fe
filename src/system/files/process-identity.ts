import { readFileSync, readlinkSync } from "node:fs";

/**
 * Which process this is, so that another one can tell whether it is gone. A
 * pid alone is not enough: it is used again, and it means another process in
 * another pid namespace (containers that share a home) or after a reboot.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from boot to the start of the process; "" where /proc is missing. */
  readonly startTime: string;
  /** The kernel's boot id; the host name where /proc is missing. */
  readonly bootId: string;
  /** The pid namespace; "" where /proc is missing. */
  readonly namespace: string;
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, startTime: statOf(process.pid)?.startTime ?? "", ...thisMachine() };
}

/** What {@link thisProcess} wrote as JSON; undefined for anything else. */
export function parseIdentity(json: Record<string, unknown>): ProcessIdentity | undefined {
  const { pid, startTime, bootId, namespace } = json;
  return typeof pid === "number" &&
    typeof startTime === "string" &&
    typeof bootId === "string" &&
    typeof namespace === "string"
    ? { pid, startTime, bootId, namespace }
    : undefined;
}

/**
 * True when the process is known to be gone (a zombie counts as gone); false
 * when it lives, or when that cannot be known from here.
 */
export function isGone(identity: ProcessIdentity): boolean {
  return isOfHere(identity) && !lives(identity);
}

/** True when it is another process than this one and known to live, stopped or not. */
export function isOtherAlive(identity: ProcessIdentity): boolean {
  return identity.pid !== process.pid && isOfHere(identity) && lives(identity);
}

/** Only of those can be told whether they live. */
function isOfHere(identity: ProcessIdentity): boolean {
  const here = thisMachine();
  return identity.bootId === here.bootId && identity.namespace === here.namespace;
}

function lives({ pid, startTime }: ProcessIdentity): boolean {
  if (startTime === "") return answersSignals(pid);
  const stat = statOf(pid);
  return stat !== undefined && stat.startTime === startTime && !"ZX".includes(stat.state);
}

function thisMachine(): Pick<ProcessIdentity, "bootId" | "namespace"> {
  try {
    return {
      bootId: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
      namespace: readlinkSync("/proc/self/ns/pid"),
    };
  } catch {
    return { bootId: `host:${process.getBuiltinModule("node:os").hostname()}`, namespace: "" };
  }
}

function statOf(pid: number): { state: string; startTime: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in brackets and may hold spaces
    // and brackets itself: fields are counted from the last bracket on.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "", startTime: fields[19] ?? "" };
  } catch {
    return undefined;
  }
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
