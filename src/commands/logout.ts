import { logout } from "../flows/logout.ts";
import { chosenSession } from "../flows/sessions.ts";
import { formatTimestamp, timeOfDay } from "../views/times.ts";
import { jsonFlag, SsoxCommand, sessionFlag } from "./base.ts";

export default class Logout extends SsoxCommand {
  static override summary = "Sign out at the service, and remove the token and role credentials.";
  static override description =
    `Role credentials that were issued stay valid at AWS until they expire:
nothing can take them back. Those that this machine knew of are named.`;
  static override flags = { session: sessionFlag, json: jsonFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(Logout);
    const { terminal, clock } = this.context;
    const session = await chosenSession(flags.session, this.context);
    const { wasSignedIn, serviceFailure, stillValid } = await logout(session, this.context);
    if (serviceFailure) {
      terminal.note(`${serviceFailure.message} The session may live on there; it is gone here.`);
    }
    if (flags.json) {
      return this.printJson({
        sessions: [session.name],
        stillValid: stillValid.map(({ accountId, roleName, expiration }) => ({
          accountId,
          ...(roleName !== undefined && { role: roleName }),
          expiresAt: formatTimestamp(expiration),
        })),
      });
    }
    terminal.print(
      wasSignedIn ? `Signed out of ${session.name}.` : `You were not signed in to ${session.name}.`,
    );
    for (const { accountId, roleName = "a role", expiration } of stillValid) {
      const until = timeOfDay(expiration, clock.now());
      terminal.note(`Credentials of ${roleName} in ${accountId} stay valid at AWS until ${until}.`);
    }
  }
}
