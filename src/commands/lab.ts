import { once } from "node:events";
import { Flags } from "@oclif/core";
import { SsoxError } from "../errors.ts";
import { type Lab, startLab } from "../lab/lab.ts";
import {
  APPROVALS,
  DEFAULT_LIFETIMES,
  DEFAULT_START_URL,
  type LabOptions,
  REFRESH_TOKENS,
} from "../lab/options.ts";
import { organisationFromFile } from "../lab/organisation/from-file.ts";
import { madeUpOrganisation } from "../lab/organisation/made-up.ts";
import { makePrivateHome, shellLines } from "../lab/shell-environment.ts";
import { SsoxCommand } from "./base.ts";

const seconds = (description: string, value: number) =>
  Flags.integer({ description, default: value, min: 1, helpValue: "S" });

export default class LabCommand extends SsoxCommand {
  static override summary =
    "run an IAM Identity Center on this machine, for demos, training and tests";
  static override description =
    "Prints one line of JSON when it is ready, then serves until SIGTERM or SIGINT. " +
    "Nothing in it is real: no AWS account is reached, and its credentials open nothing.";
  static override examples = [
    "ssox lab --port 8400",
    'eval "$(ssox lab --port 8400 --env)"',
    "ssox lab --accounts 250 --roles 5 --approve page",
  ];
  static override flags = {
    port: Flags.integer({
      description: "the port on 127.0.0.1; any free one by default",
      min: 0,
      max: 65_535,
      helpValue: "N",
    }),
    accounts: Flags.integer({
      description: "how many accounts",
      default: 4,
      min: 0,
      max: 100_000,
      helpValue: "N",
    }),
    roles: Flags.integer({
      description: "how many roles in each account",
      default: 3,
      min: 0,
      max: 10_000,
      helpValue: "N",
    }),
    "hostile-names": Flags.boolean({ description: "among them names that break programs" }),
    organisation: Flags.string({
      description:
        'accounts and roles from a JSON file: {"accounts":[{"id","name","email","roles":[…]}]}',
      helpValue: "FILE",
      exclusive: ["accounts", "roles", "hostile-names"],
    }),
    approve: Flags.option({
      options: APPROVALS,
      default: "auto" as const,
      description: "who answers a sign-in",
    })(),
    "refresh-tokens": Flags.option({
      options: REFRESH_TOKENS,
      default: "single-use" as const,
      description: "whether a refresh token dies with its use",
    })(),
    "access-token-lifetime": seconds(
      "seconds that an access token lives",
      DEFAULT_LIFETIMES.accessToken,
    ),
    "session-lifetime": seconds(
      "seconds until the user must sign in again",
      DEFAULT_LIFETIMES.session,
    ),
    "role-lifetime": seconds(
      "seconds that role credentials live",
      DEFAULT_LIFETIMES.roleCredentials,
    ),
    latency: Flags.integer({
      description: "milliseconds before every answer",
      default: 0,
      min: 0,
      helpValue: "MS",
    }),
    "start-url": Flags.string({
      description: "the start URL to answer for",
      default: DEFAULT_START_URL,
      helpValue: "U",
    }),
    env: Flags.boolean({
      description: "print, for a shell, what points AWS clients at the lab on --port",
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(LabCommand);
    if (flags.env) return this.#printEnvironment(flags.port);
    const lab = await startLab(
      {
        port: flags.port ?? 0,
        startUrl: flags["start-url"],
        organisation:
          flags.organisation === undefined
            ? madeUpOrganisation({ ...flags, hostileNames: flags["hostile-names"] })
            : organisationFromFile(flags.organisation),
        approve: flags.approve,
        refreshTokens: flags["refresh-tokens"],
        lifetimes: {
          accessToken: flags["access-token-lifetime"],
          session: flags["session-lifetime"],
          roleCredentials: flags["role-lifetime"],
        },
        latency: flags.latency,
      } satisfies LabOptions,
      this.context.clock,
    );
    await this.#serve(lab);
  }

  async #serve(lab: Lab): Promise<void> {
    const { signal, terminal } = this.context;
    try {
      terminal.print(JSON.stringify({ url: lab.url, pid: process.pid, startUrl: lab.startUrl }));
      if (!signal.aborted) await once(signal, "abort");
    } finally {
      await lab.stop();
    }
  }

  #printEnvironment(port: number | undefined): void {
    if (!port) {
      throw new SsoxError("Usage", "ssox lab --env needs the port that the lab listens on.", {
        hint: "ssox lab --port 8400 --env",
      });
    }
    const { env, terminal } = this.context;
    const lines = shellLines(`http://127.0.0.1:${port}`, makePrivateHome(), env);
    terminal.print(lines.join("\n"));
  }
}
