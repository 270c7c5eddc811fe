import * as Flags from "@oclif/core/flags";
import { exitStatusOf } from "../errors.ts";
import { type LoginInput, type LoginResult, login } from "../flows/login.ts";
import { type LoginAllResult, loginAll } from "../flows/login-all.ts";
import { DEFAULT_TIMEOUT_SECONDS } from "../flows/sign-in-attempt.ts";
import { printableLine } from "../views/printable.ts";
import { formatTimestamp, timeOfDay } from "../views/times.ts";
import { jsonFlag, SsoxCommand, sessionFlag } from "./base.ts";
import { signInFlags } from "./sign-in-flags.ts";

export default class Login extends SsoxCommand {
  static override summary = "Sign in; the AWS CLI and SDKs find the token.";
  static override description = `A token that is valid or can be refreshed needs no browser.
With --start-url the session is then also written to the AWS config file.`;
  static override usage = [
    "login [--session NAME | --all] [--flow auto|pkce|device] [--callback-port N] [--no-browser] [--qr] [--force] [--timeout S] [--json]",
    "login --start-url URL [--sso-region REGION] [--session NAME] [FLAGS]",
  ];
  static override examples = [
    {
      description: "The first time, with the address of your access portal",
      command:
        "<%= config.bin %> login --start-url https://d-1234567890.awsapps.com/start --sso-region eu-west-1",
    },
    { description: "From then on", command: "<%= config.bin %> login" },
    {
      description: "On a machine without a browser, with a code to be entered elsewhere",
      command: "<%= config.bin %> login --session acme --flow device --no-browser",
    },
    {
      description: "Before a long job, for a session of full length",
      command: "<%= config.bin %> login --force",
    },
  ];
  static override flags = {
    session: sessionFlag,
    all: Flags.boolean({
      description: "every session of the AWS config file, those of old-form profiles too",
      exclusive: ["session", "start-url", "sso-region"],
    }),
    ...signInFlags,
    "sso-region": { ...signInFlags["sso-region"], dependsOn: ["start-url"] },
    "callback-port": Flags.integer({
      description: "the port on 127.0.0.1 to which the browser is redirected",
      helpValue: "N",
      min: 1,
      max: 65_535,
    }),
    "no-browser": Flags.boolean({ description: "open no browser; show the URL only" }),
    qr: Flags.boolean({ description: "show the URL of the device page as a QR code, too" }),
    force: Flags.boolean({
      description: "end the session at the service first, so that the new one has its full length",
    }),
    timeout: Flags.integer({
      description: "how many seconds the sign-in may take",
      helpValue: "S",
      default: DEFAULT_TIMEOUT_SECONDS,
      min: 1,
    }),
    json: jsonFlag,
  };

  async run(): Promise<number> {
    const { flags } = await this.parse(Login);
    const input: LoginInput = {
      session: flags.session,
      startUrl: flags["start-url"],
      ssoRegion: flags["sso-region"],
      flow: flags.flow,
      callbackPort: flags["callback-port"],
      noBrowser: flags["no-browser"],
      qr: flags.qr,
      force: flags.force,
      timeoutSeconds: flags.timeout,
    };
    if (flags.all) return this.#printAll(await loginAll(input, this.context), flags.json);
    const result = await login(input, this.context);
    if (flags.json) this.printJson(document(result));
    else this.#print(result);
    return 0;
  }

  #printAll({ done, failed }: LoginAllResult, json: boolean): number {
    const told = this.noteFailed(failed);
    const items = done.map(document);
    if (json) this.printJson(failed.length > 0 ? { items, failed: told } : items);
    else for (const result of done) this.#print(result);
    return failed.length > 0 ? exitStatusOf("Partial") : 0;
  }

  #print({ session, held, signedIn }: LoginResult): void {
    const { terminal, clock } = this.context;
    const renewal = held.token.refreshToken ? "renewed as needed" : "not renewable";
    const until = `token until ${timeOfDay(held.token.expiresAt, clock.now())}, ${renewal}`;
    terminal.print(
      printableLine(
        `${signedIn ? "Signed in" : "Already signed in"} to ${session.name} (${until}).`,
      ),
    );
  }
}

function document({ session, held, signedIn }: LoginResult) {
  return {
    session: session.name,
    startUrl: session.startUrl,
    region: session.region,
    expiresAt: formatTimestamp(held.token.expiresAt),
    signedIn,
  };
}
