import { spawnSync } from "node:child_process";

/**
 * Runs a program to its end.
 * @param job its `command`, `args` and `env`; `before` is not part of the time
 * @returns milliseconds
 */
export function runJob({ name, command, args, env, before }) {
  before?.();
  const started = performance.now();
  const { status, stderr, error } = spawnSync(command, args, { env, encoding: "utf8" });
  const took = performance.now() - started;
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${error ?? stderr}`);
  return took;
}

export function median(all) {
  return [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];
}
