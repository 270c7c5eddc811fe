import type * as Core from "@inquirer/core";

/**
 * A hook of every prompt: when the user comes back from Ctrl-Z, its line is
 * shown again, and goes on. Node's readline pauses its input then, and leaves
 * the rest to who made it.
 */
export function useContinued({ useEffect, useState }: typeof Core): void {
  const [, show] = useState({});
  useEffect((readline) => {
    const goOn = (): void => {
      readline.resume();
      // Node sets raw mode after this: what is typed at a line that shows before would be lost.
      process.nextTick(show, {});
    };
    readline.on("SIGCONT", goOn);
    return () => void readline.removeListener("SIGCONT", goOn);
  }, []);
}
