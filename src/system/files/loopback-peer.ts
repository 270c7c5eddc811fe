import { readFileSync } from "node:fs";

/** The two ports of a connection on 127.0.0.1, seen from the end that listens. */
interface LoopbackConnection {
  readonly localPort?: number | undefined;
  readonly remotePort?: number | undefined;
}

/**
 * Whether a program of another user is at the other end of a connection on 127.0.0.1,
 * or nobody knows whose. Root's counts as this user's. False where the kernel does not
 * tell: only Linux has the tables.
 */
export function isOfOtherUser({ localPort = 0, remotePort = 0 }: LoopbackConnection): boolean {
  const table = tableOfKernel("tcp");
  if (table === "") return false;
  const user =
    userOf(`${IPV4}:${hex(remotePort)} ${IPV4}:${hex(localPort)}`, table) ??
    // A program may reach 127.0.0.1 by a socket of IPv6.
    userOf(`${MAPPED}:${hex(remotePort)} ${MAPPED}:${hex(localPort)}`, tableOfKernel("tcp6"));
  return user !== 0 && user !== process.geteuid?.();
}

/** 127.0.0.1 and ::ffff:127.0.0.1 in the byte order of the machines that Node runs on. */
const IPV4 = "0100007F";
const MAPPED = "0000000000000000FFFF00000100007F";

function hex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, "0");
}

function userOf(ends: string, table: string): number | undefined {
  for (const line of table.split("\n")) {
    // sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid …
    const [, local, remote, , , , , uid] = line.trim().split(/\s+/);
    if (`${local} ${remote}` === ends) return Number(uid);
  }
  return undefined;
}

function tableOfKernel(name: "tcp" | "tcp6"): string {
  try {
    return readFileSync(`/proc/self/net/${name}`, "latin1");
  } catch {
    return "";
  }
}
