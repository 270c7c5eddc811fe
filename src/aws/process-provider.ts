import { AsyncLocalStorage } from "node:async_hooks";
import { type ExecException, exec } from "node:child_process";
import type { fromProcess } from "@aws-sdk/credential-providers";

type Provider = ReturnType<typeof fromProcess>;
type ProfileOfProcess = NonNullable<Parameters<typeof fromProcess>[0]>;

export interface RunOfProcess {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** After so many milliseconds it is ended; without it nobody hurries it. */
  readonly timeout?: number | undefined;
  /** Once it is aborted nobody waits for the program. */
  readonly signal?: AbortSignal | undefined;
  /** Ends the program then, and what it has started. */
  end(pid: number, why: unknown): void;
}

/**
 * The AWS SDK's provider for a profile's `credential_process`, which runs it like
 * that. The provider itself knows no other environment than that of this process,
 * and several may run at once.
 */
export async function processProvider(
  profile: ProfileOfProcess,
  run: RunOfProcess,
): Promise<Provider> {
  const { fromProcess } = await import("@aws-sdk/credential-providers");
  const { externalDataInterceptor } = await import("@smithy/core/config");
  // Where the SDK looks for another `exec` than Node's (@aws-sdk/credential-provider-process).
  externalDataInterceptor.interceptToken("exec", execForRun);
  const provide = fromProcess(profile);
  return () => currentRun.run(run, provide);
}

const currentRun = new AsyncLocalStorage<RunOfProcess>();

/** The SDK makes a promise of it, which has the one value that is handed to the callback. */
function execForRun(
  command: string,
  done: (error: Error | null, output: { stdout: string; stderr: string }) => void,
): void {
  const { env, timeout, signal, end } = currentRun.getStore() ?? {};
  const child = exec(command, { env, timeout }, (error, stdout, stderr) => {
    signal?.removeEventListener("abort", abandon);
    done(error && failureOf(error, timeout), { stdout, stderr });
  });
  const abandon = () => child.pid !== undefined && end?.(child.pid, signal?.reason);
  signal?.addEventListener("abort", abandon, { once: true });
}

/** Node ends it when the time is over, and says no more than that it failed. */
function failureOf(error: ExecException, timeout = 0): Error {
  return error.killed ? new Error(`it gave none within ${timeout / 1000} s`) : error;
}
