import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { onTestFinished, type TestContext } from "vitest";
import { requireOrSkip } from "./witness.ts";

/** Of util-linux. */
const UNSHARE = "unshare";

/** Namespaces of their own for mounts and process ids, as a container has them. */
export interface Container {
  /** Words before a command that make it run inside. */
  readonly inside: readonly string[];
  /** The root of its files, as seen from outside. */
  readonly root: string;
}

/** Words before a command that make it the first process of a container; skips as {@link openContainer}. */
export function asFirstProcess(test: TestContext): string[] {
  const flags = [
    ...(process.getuid?.() === 0 ? [] : ["--map-root-user"]),
    ...["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"],
  ];
  const isPossible = spawnSync(UNSHARE, [...flags, "true"]).status === 0;
  requireOrSkip(isPossible || undefined, "unshare with namespaces for mounts and processes", test);
  return [UNSHARE, ...flags];
}

/**
 * Opens a container that shares all files with this machine but for what
 * `setup` mounts; ends with the test, and everything in it. Where the kernel
 * gives none the test is skipped, and fails with SSOX_REQUIRE_ALL=1.
 *
 * @param setup shell commands, run as (its) root
 */
export async function openContainer(setup: string, test: TestContext): Promise<Container> {
  const [, ...flags] = asFirstProcess(test);
  const script = `set -e\n${setup}\necho ready\nexec sleep 3600`;
  const child = spawn(UNSHARE, [...flags, "sh", "-c", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(async () => {
    const end = once(child, "close");
    child.kill("SIGKILL");
    await end;
  });
  await once(child.stdout, "data");
  const of = (name: string) => `/proc/${child.pid}/ns/${name}`;
  const user = flags.includes("--map-root-user")
    ? [`--user=${of("user")}`, "--preserve-credentials"]
    : [];
  return {
    inside: ["nsenter", ...user, `--mount=${of("mnt")}`, `--pid=${of("pid_for_children")}`, "--"],
    root: `/proc/${child.pid}/root`,
  };
}
