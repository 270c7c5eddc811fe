import { AsyncLocalStorage } from "node:async_hooks";
import { Command } from "@oclif/core/command";
import * as Flags from "@oclif/core/flags";
import type { Context } from "../context.ts";
import type { FailedSession } from "../flows/failed-session.ts";
import { shownDiff, type TextChange, unifiedDiff } from "../views/diff.ts";
import { printableLine } from "../views/printable.ts";

/** oclif makes the command objects itself: this carries Context past it. */
export const contextOfRun = new AsyncLocalStorage<Context>();

/** What every command has: the common flags, and Context. */
export abstract class SsoxCommand extends Command {
  // oclif would fill a missing argument from piped stdin, which belongs to the child.
  static override baseFlags = {
    "no-input": Flags.boolean({
      description: "never ask; fail and name the flag to pass",
      helpGroup: "GLOBAL",
    }),
    debug: Flags.boolean({ description: "trace to stderr, without secrets", helpGroup: "GLOBAL" }),
  };

  protected get context(): Context {
    const context = contextOfRun.getStore();
    if (!context) throw new Error("a command ran outside main");
    return context;
  }

  /** Prints a document as the whole of stdout. */
  protected printJson(document: unknown): void {
    this.context.terminal.print(JSON.stringify(document, null, 2));
  }

  /** Prints what would change in a file: for people where it is coloured, and else for `patch`. */
  protected printDiff(change: TextChange): void {
    const { terminal } = this.context;
    const diff = unifiedDiff(change);
    if (diff === "") return;
    const style: Parameters<typeof shownDiff>[1] = (name, text) =>
      terminal.style("out", name, text);
    const isShown = terminal.isInteractive || style("red", "-") !== "-";
    terminal.print(isShown ? shownDiff(diff, style) : diff);
  }

  /** Tells what failed while the rest was done, and gives it for the document. */
  protected noteFailed(failed: readonly FailedSession[]): readonly object[] {
    return failed.map(({ session, error: { code, message, hint } }) => {
      const which = session === undefined ? "" : `${session}: `;
      this.context.terminal.note(printableLine(`${which}${message} → ${hint}`));
      return { ...(session !== undefined && { session }), code, message };
    });
  }

  /** Errors become text in main, and nowhere else. */
  protected override async catch(error: Error): Promise<never> {
    throw error;
  }
}

export const jsonFlag = Flags.boolean({ description: "one JSON document on stdout" });
export const sessionFlag = Flags.string({
  description: "the [sso-session], where there are several",
  helpValue: "NAME",
});
