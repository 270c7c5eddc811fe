import { setMaxListeners } from "node:events";
import { type EndingSignal, Interrupted } from "../errors.ts";
import { endWithoutTerminal } from "./lost-terminal.ts";

const ENDING: readonly EndingSignal[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];

/** Mean nothing to this program, but would end it or open its inspector. */
const IGNORED: readonly NodeJS.Signals[] = ["SIGUSR1", "SIGUSR2"];

/** What the program does with the signals that ask it to end. */
export interface Signals {
  /** Aborted with an {@link Interrupted} by the first ending signal. */
  readonly ended: AbortSignal;
  /**
   * Runs `body` to its end whatever signal comes: the time between an exchange
   * that cannot be repeated and the rename that keeps its result.
   */
  critical<T>(body: () => Promise<T>): Promise<T>;
  /**
   * Hands every one of `names` to `handler` instead of ending the program, as
   * long as a child of `exec` runs; SIGTSTP then stops this program all the same,
   * once it is dealt with. Returns the function that ends this.
   */
  route(
    names: readonly NodeJS.Signals[],
    handler: (name: NodeJS.Signals) => Promise<void> | void,
  ): () => void;
}

/**
 * Installs the handlers. SIGUSR1 gets one too: without it Node opens its
 * inspector on 127.0.0.1:9229 when the signal comes, to whoever is on this machine.
 */
export function handleSignals(): Signals {
  const controller = new AbortController();
  // Every request and connection that is under way listens; Node 20 warns of more than ten.
  setMaxListeners(0, controller.signal);
  const routes: { names: readonly NodeJS.Signals[]; handler: (name: NodeJS.Signals) => unknown }[] =
    [];
  let critical = 0;
  let continued = 0;
  const routeOf = (name: NodeJS.Signals) => routes.findLast((route) => route.names.includes(name));

  for (const name of ENDING) {
    process.on(name, () => {
      const route = routeOf(name);
      if (route) {
        route.handler(name);
        return;
      }
      // Every wait ends with the first signal; a second one is for a program that hangs.
      if (controller.signal.aborted && critical === 0)
        process.exit(new Interrupted(name).exitStatus);
      controller.abort(new Interrupted(name));
    });
  }
  // Who handles SIGHUP is still there when the terminal is not.
  endWithoutTerminal();
  for (const name of IGNORED) process.on(name, () => routeOf(name)?.handler(name));
  // Not at once: the event loop has yet to see the signal, and would open it again.
  setImmediate(closeUncalledInspector);

  return {
    ended: controller.signal,
    async critical(body) {
      critical += 1;
      try {
        return await body();
      } finally {
        critical -= 1;
      }
    },
    route(names, handler) {
      const route = { names, handler };
      routes.push(route);
      const extra = names.filter((name) => !IGNORED.includes(name) && !isEnding(name));
      const listener = async (name: NodeJS.Signals) => {
        if (name === "SIGCONT") continued += 1;
        const before = continued;
        await handler(name);
        // What came meanwhile has undone it; of two, the first stops for both.
        if (name !== "SIGTSTP" || continued !== before || !routes.includes(route)) return;
        continued += 1;
        stopWithout(listener);
      };
      for (const name of extra) process.on(name, listener);
      return () => {
        routes.splice(routes.indexOf(route), 1);
        for (const name of extra) process.off(name, listener);
      };
    },
  };
}

/** What `node:inspector` closes its inspector with; to load that module takes as long as `ssox status` has for its files. */
interface InspectedProcess extends NodeJS.Process {
  _debugEnd?(): void;
}

/** Of a SIGUSR1 that came while Node itself was starting. */
function closeUncalledInspector(): void {
  const isCalledFor = [...process.execArgv, process.env["NODE_OPTIONS"]].some((option) =>
    option?.includes("--inspect"),
  );
  if (!isCalledFor) (process as InspectedProcess)._debugEnd?.();
}

/** By the signal's own effect, which the shell tells its user, and which orphans are spared. */
function stopWithout(listener: (name: NodeJS.Signals) => Promise<void>): void {
  process.off("SIGTSTP", listener);
  process.kill(process.pid, "SIGTSTP");
  // It goes on here when it is continued.
  process.on("SIGTSTP", listener);
}

function isEnding(name: NodeJS.Signals): boolean {
  return (ENDING as readonly string[]).includes(name);
}
