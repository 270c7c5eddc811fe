import * as Flags from "@oclif/core/flags";
import { type ConsolePage, openConsoles } from "../flows/console.ts";
import { CONSOLE_IN } from "../flows/console-plan.ts";
import { jsonFlag, SsoxCommand } from "./base.ts";
import { loginFlag, selectionsOf, targetsFlags } from "./target-flags.ts";

export default class Console extends SsoxCommand {
  static override summary = "Open the AWS console in an account and role.";
  static override description =
    `By default with a link of the access portal, which has no secret in it and needs no sign-in of ssox:
the browser's own one counts. Without --service, --destination and --region it opens what a click in the
access portal opens.

With --federation the browser is signed in with the role's credentials: for chains of roles, and for browsers
that are not signed in to the access portal.`;
  static override usage = [
    "console [PROFILE … | --profile P … | --account A --role R [--session N]] [--service S | --destination URL] [--region R] [--federation] [--in PLACE] [--print [--json]] [--login]",
  ];
  static override examples = [
    {
      description: "Open the console as a role",
      command: "<%= config.bin %> console --profile sandbox.DeveloperAccess",
    },
    {
      description: "Two accounts at once, at a page of a service",
      command:
        "<%= config.bin %> console sandbox.DeveloperAccess production.ReadOnlyAccess --service logs",
    },
    {
      description: "The link alone, which has no secret in it",
      command: "<%= config.bin %> console --account sandbox --role ReadOnlyAccess --print",
    },
  ];
  static override strict = false;
  static override flags = {
    ...targetsFlags,
    service: Flags.string({
      description: "the service whose page is opened, in the profile's region: s3, ec2, logs, …",
      helpValue: "NAME",
      exclusive: ["destination"],
    }),
    destination: Flags.string({
      description: "the page of the console that is opened",
      helpValue: "URL",
    }),
    region: Flags.string({
      description: "the region, instead of the profile's",
      helpValue: "REGION",
    }),
    federation: Flags.boolean({
      description: "sign the browser in with the role's credentials, by AWS's federation endpoint",
    }),
    in: Flags.option({
      description: "where in the browser, so that several accounts are open side by side",
      options: CONSOLE_IN,
    })(),
    print: Flags.boolean({
      description: "print the URLs; with --federation each is a secret, good for 15 minutes",
    }),
    json: { ...jsonFlag, dependsOn: ["print"] },
    login: loginFlag,
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Console);
    const { service, destination, region, federation, print } = flags;
    const { pages, isOpened } = await openConsoles(
      {
        selections: selectionsOf(flags, argv.map(String)),
        service,
        destination,
        region,
        federation,
        in: flags.in,
        print,
        maySignIn: flags.login ? "now" : "ask",
      },
      this.context,
    );
    if (isOpened) return;
    if (flags.json) return this.printJson(pages.map(document));
    const { terminal } = this.context;
    if (!print) terminal.note("No browser can be opened here; open this yourself:");
    terminal.print(pages.map(({ url }) => url).join("\n"));
  }
}

function document({ role: { profile, accountId, roleName }, url }: ConsolePage) {
  return {
    ...(profile !== undefined && { profile }),
    ...(accountId !== undefined && { accountId }),
    ...(roleName !== undefined && { role: roleName }),
    url,
  };
}
