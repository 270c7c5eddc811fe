import { Flags } from "@oclif/core";

import { login } from "../flows/login.ts";
import { DEFAULT_TIMEOUT_SECONDS } from "../flows/sign-in-attempt.ts";
import { formatTimestamp, timeOfDay } from "../views/times.ts";
import { jsonFlag, SsoxCommand, sessionFlag } from "./base.ts";

export default class Login extends SsoxCommand {
  static override summary = "Sign in, and cache the token where the AWS CLI and SDKs look.";
  static override description = `A token that is valid or can be refreshed needs no browser.
With --start-url and --sso-region the session is also written to the AWS config file.`;
  static override examples = [
    "<%= config.bin %> login --start-url https://d-1234567890.awsapps.com/start --sso-region eu-west-1",
    "<%= config.bin %> login --session acme --flow device --no-browser",
  ];
  static override flags = {
    session: sessionFlag,
    "start-url": Flags.string({
      description: "the AWS access portal's URL",
      helpValue: "URL",
      dependsOn: ["sso-region"],
    }),
    "sso-region": Flags.string({
      description: "the region of IAM Identity Center",
      helpValue: "REGION",
      dependsOn: ["start-url"],
    }),
    flow: Flags.option({
      description: "how to sign in: in a browser that is redirected here, or with a code",
      options: ["auto", "pkce", "device"] as const,
    })(),
    "callback-port": Flags.integer({
      description: "the port on 127.0.0.1 to which the browser is redirected",
      helpValue: "N",
      min: 1,
      max: 65_535,
    }),
    "no-browser": Flags.boolean({ description: "open no browser; show the URL only" }),
    timeout: Flags.integer({
      description: "how many seconds the sign-in may take",
      helpValue: "S",
      default: DEFAULT_TIMEOUT_SECONDS,
      min: 1,
    }),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Login);
    const { terminal, clock } = this.context;
    const { session, held, signedIn } = await login(
      {
        session: flags.session,
        startUrl: flags["start-url"],
        ssoRegion: flags["sso-region"],
        flow: flags.flow,
        callbackPort: flags["callback-port"],
        noBrowser: flags["no-browser"],
        timeoutSeconds: flags.timeout,
      },
      this.context,
    );
    const { expiresAt } = held.token;
    if (flags.json) {
      return this.printJson({
        session: session.name,
        startUrl: session.startUrl,
        region: session.region,
        expiresAt: formatTimestamp(expiresAt),
        signedIn,
      });
    }
    const renewal = held.token.refreshToken ? "renewed as needed" : "not renewable";
    const until = `token until ${timeOfDay(expiresAt, clock.now())}, ${renewal}`;
    terminal.print(
      `${signedIn ? "Signed in" : "Already signed in"} to ${session.name} (${until}).`,
    );
  }
}
