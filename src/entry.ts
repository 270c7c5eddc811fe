import { createContext } from "./context.ts";
import { isOfLostTerminal } from "./system/lost-terminal.ts";

/**
 * The program: what `bin/ssox.js` calls. The exit status is left in
 * `process.exitCode`, so that streams and handles end by themselves; but for
 * `exec`, which ends with its program, and for a run that a signal ended.
 *
 * @param argv the words behind `ssox`
 * @param root the folder of package.json
 */
export async function run(argv: readonly string[], root: string): Promise<void> {
  // First of all the signal handlers, which come with Context: without one, SIGUSR1 opens Node's inspector.
  const context = createContext(argv, root);
  // After Context has taken its copy of the environment: no child of `exec` inherits it.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  // DEBUG is meant for programs of the user's: oclif would trace to stderr, which `credential_process` keeps clean.
  delete process.env["DEBUG"];
  // Without it oclif asks the user database, which fails for a bare uid in a container.
  process.env["HOME"] ??= "";
  const { main, report } = await import("./main.ts");
  // Thrown where nobody waited for it. Node would print it with all that it holds.
  process.on("uncaughtException", (error) => {
    // The prompt itself ends what waits for it.
    if (!isOfLostTerminal(error)) process.exit(report(error, false, context));
  });
  process.exitCode = await main(argv, root, context);
  context.processes.endAfterRun();
  // A credential_process, and a provider of the SDK, know no signal: who ended the wait for them waits no longer.
  if (context.signal.aborted) process.exit();
}
