import { roleOf, sessionOf } from "../flows/target.ts";
import { whoami } from "../flows/whoami.ts";
import { facts } from "../views/table.ts";
import { formatTimestamp, timeLeft } from "../views/times.ts";
import { jsonFlag, SsoxCommand } from "./base.ts";
import { loginFlag, selectionOf, TARGET_USAGE, targetFlags } from "./target-flags.ts";

export default class WhoAmI extends SsoxCommand {
  static override summary = "Ask STS whose credentials a role gives.";
  static override description =
    "STS is asked with the credentials that any program would get, and tells whose they are.";
  static override usage = [`whoami ${TARGET_USAGE} [--login] [--json]`];
  static override examples = [
    {
      description: "Whose credentials a profile gives, and for how long",
      command: "<%= config.bin %> whoami --profile sandbox.DeveloperAccess",
    },
    {
      description: "The same for a role that has no profile",
      command: "<%= config.bin %> whoami --account sandbox --role ReadOnlyAccess",
    },
  ];
  static override flags = { ...targetFlags, login: loginFlag, json: jsonFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(WhoAmI);
    const found = await whoami(selectionOf(flags), flags.login ? "now" : "ask", this.context);
    const { target, identity, expiration, now } = found;
    const { profile } = target;
    const { roleName } = roleOf(target);
    const session = sessionOf(target)?.name;
    if (flags.json) {
      return this.printJson({
        accountId: identity.account,
        arn: identity.arn,
        userId: identity.userId,
        ...(roleName !== undefined && { role: roleName }),
        ...(session !== undefined && { session }),
        ...(profile !== undefined && { profile }),
        ...(expiration !== undefined && { expiresAt: formatTimestamp(expiration) }),
      });
    }
    const { terminal } = this.context;
    const rows: (readonly [string, string])[] = [["Account", identity.account]];
    if (roleName !== undefined) rows.push(["Role", roleName]);
    if (session !== undefined) rows.push(["Session", session]);
    if (expiration !== undefined) rows.push(["Left", timeLeft(expiration, now)]);
    rows.push(["User id", identity.userId], ["ARN", identity.arn]);
    terminal.print(facts(rows));
  }
}
