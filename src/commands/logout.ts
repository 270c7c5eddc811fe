import * as Flags from "@oclif/core/flags";
import { exitStatusOf } from "../errors.ts";
import { type LogoutResult, logout } from "../flows/logout.ts";
import { type LogoutAllResult, logoutAll } from "../flows/logout-all.ts";
import { chosenSession } from "../flows/sessions.ts";
import { printableLine } from "../views/printable.ts";
import { stillValidLines } from "../views/still-valid.ts";
import { formatTimestamp } from "../views/times.ts";
import { jsonFlag, SsoxCommand, sessionFlag } from "./base.ts";

export default class Logout extends SsoxCommand {
  static override summary = "Sign out, and remove the token and role credentials.";
  static override description =
    `Role credentials that were issued stay valid at AWS until they expire:
nothing can take them back. Those that this machine knew of are named.`;
  static override usage = ["logout [--session NAME | --all] [--json]"];
  static override examples = [
    { description: "At the end of the day", command: "<%= config.bin %> logout" },
    {
      description: "Before you give the machine away",
      command: "<%= config.bin %> logout --all",
    },
  ];
  static override flags = {
    session: sessionFlag,
    all: Flags.boolean({
      description: "every session, every token and all role credentials of SSO on this machine",
      exclusive: ["session"],
    }),
    json: jsonFlag,
  };

  async run(): Promise<number> {
    const { flags } = await this.parse(Logout);
    if (flags.all) return this.#printAll(await logoutAll(this.context), flags.json);
    const session = await chosenSession(flags.session, this.context);
    const result = await logout(session, this.context);
    this.#noteFailure(result);
    if (flags.json) {
      this.printJson(document([session.name], result.stillValid));
      return 0;
    }
    this.context.terminal.print(outcome(session.name, result));
    this.#noteValid(result.stillValid);
    return 0;
  }

  #printAll({ sessions, others, stillValid, failed }: LogoutAllResult, json: boolean): number {
    const { terminal } = this.context;
    const results = [...sessions];
    for (const [, result] of results) this.#noteFailure(result);
    const told = this.noteFailed(failed);
    const valid = [...results.flatMap(([, result]) => result.stillValid), ...stillValid];
    if (json) {
      const partly = told.length > 0 && { failed: told };
      this.printJson({ ...document([...sessions.keys()], valid), ...partly });
    } else {
      for (const [name, result] of results) terminal.print(outcome(name, result));
      if (others > 0) terminal.print(`Signed out of ${others} more, found on this machine.`);
      this.#noteValid(valid);
    }
    return told.length > 0 ? exitStatusOf("Partial") : 0;
  }

  #noteFailure({ serviceFailure }: LogoutResult): void {
    if (!serviceFailure) return;
    const { message } = serviceFailure;
    this.context.terminal.note(`${message} The session may live on there; it is gone here.`);
  }

  #noteValid(stillValid: LogoutResult["stillValid"]): void {
    const { terminal, clock } = this.context;
    const lines = stillValidLines(stillValid, clock.now(), terminal.columns);
    for (const line of lines) terminal.note(line);
  }
}

function document(sessions: readonly string[], stillValid: LogoutResult["stillValid"]) {
  return {
    sessions,
    stillValid: stillValid.map(({ accountId, roleName, expiration }) => ({
      ...(accountId !== undefined && { accountId }),
      ...(roleName !== undefined && { role: roleName }),
      expiresAt: formatTimestamp(expiration),
    })),
  };
}

function outcome(session: string, { wasSignedIn }: LogoutResult): string {
  const name = printableLine(session);
  return wasSignedIn ? `Signed out of ${name}.` : `You were not signed in to ${name}.`;
}
