import { exitStatusOf } from "../errors.ts";
import { noteEndpointOverrides } from "../flows/endpoint-notice.ts";
import { type SessionStatus, type Status, status } from "../flows/status.ts";
import { shownTable } from "../views/table.ts";
import { formatTimestamp, timeLeft } from "../views/times.ts";
import { jsonFlag, SsoxCommand, sessionFlag } from "./base.ts";

export default class StatusCommand extends SsoxCommand {
  static override summary = "Show sessions and cached role credentials, offline.";
  static override description = [
    "STATE is valid, refreshable (the next command renews the token without you), expired or signed-out. TOKEN says how long the access token lasts, LEFT how long the session does, where that is known.",
    "With --session, the exit status is 3 unless that session can be used without a sign-in.",
  ].join("\n\n");
  static override usage = ["status [--session NAME] [--json]"];
  static override examples = [
    {
      description: "Where you are signed in, and for how long",
      command: "<%= config.bin %> status",
    },
    {
      description: "In a script: sign in when that is needed",
      command: "<%= config.bin %> status --session acme || <%= config.bin %> login --session acme",
    },
  ];
  static override flags = { session: sessionFlag, json: jsonFlag };

  async run(): Promise<number> {
    const { flags } = await this.parse(StatusCommand);
    const found = await status(flags.session, this.context);
    const failed = this.noteFailed(found.failed);
    if (flags.json) this.printJson({ ...document(found), ...(failed.length > 0 && { failed }) });
    else this.#print(found);
    const odd = noteEndpointOverrides(this.context, found.config);
    if (odd) this.context.terminal.note(odd.message);
    if (failed.length > 0) return exitStatusOf("Partial");
    const [only] = flags.session === undefined ? [] : found.sessions;
    if (only === undefined || only.state === "valid" || only.state === "refreshable") return 0;
    return exitStatusOf("LoginRequired");
  }

  #print({ sessions, roleCredentials }: Status): void {
    const { terminal, paths } = this.context;
    if (sessions.length === 0) {
      terminal.note(`${paths.configFile} has no session. → ${FIRST_LOGIN}`);
      return;
    }
    const left = (moment: number | undefined, now: number) =>
      moment === undefined ? "-" : timeLeft(moment, now);
    terminal.print(
      shownTable(
        ["SESSION", "STATE", "TOKEN", "LEFT", "START URL"],
        sessions.map(({ session, now, state, expiresAt, sessionEnd }) => {
          const [token, end] = [left(expiresAt, now), left(sessionEnd?.at, now)];
          return [session.name, state, token, end, session.startUrl];
        }),
        terminal,
      ),
    );
    if (roleCredentials.length === 0) return;
    terminal.print("");
    terminal.print(
      shownTable(
        ["ACCOUNT", "ROLE", "SESSION", "LEFT"],
        roleCredentials.map(({ accountId, roleName, session, now, expiresAt }) => {
          return [accountId, roleName, session, left(expiresAt, now)];
        }),
        terminal,
      ),
    );
  }
}

const FIRST_LOGIN = "ssox login --start-url URL --sso-region REGION";

function document({ sessions, roleCredentials }: Status) {
  return {
    sessions: sessions.map(sessionDocument),
    roleCredentials: roleCredentials.map(({ accountId, roleName, session, expiresAt }) => ({
      accountId,
      role: roleName,
      session,
      expiresAt: formatTimestamp(expiresAt),
    })),
  };
}

function sessionDocument(found: SessionStatus) {
  const { session, state, expiresAt, registrationExpiresAt, signedInAt, sessionEnd, store } = found;
  const time = (key: string, moment: number | undefined) =>
    moment === undefined ? {} : { [key]: formatTimestamp(moment) };
  return {
    name: session.name,
    startUrl: session.startUrl,
    region: session.region,
    state,
    ...time("expiresAt", expiresAt),
    ...time("registrationExpiresAt", registrationExpiresAt),
    ...time("signedInAt", signedInAt),
    ...time("sessionEndsAt", sessionEnd?.at),
    ...(sessionEnd && { sessionEndBasis: sessionEnd.basis }),
    store,
  };
}
