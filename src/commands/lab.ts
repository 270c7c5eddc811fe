import { once } from "node:events";
import * as Flags from "@oclif/core/flags";
import type * as Interfaces from "@oclif/core/interfaces";
import { SsoxError } from "../errors.ts";
import { type FileSettings, settingsFromFile } from "../lab/control/read-settings.ts";
import { rateLimitsFrom, vanityFrom } from "../lab/flag-values.ts";
import { type Lab, startLab } from "../lab/lab.ts";
import { APPROVALS, type LabOptions, REFRESH_TOKENS } from "../lab/options.ts";
import { organisationFromFile } from "../lab/organisation/from-file.ts";
import { madeUpOrganisation } from "../lab/organisation/made-up.ts";
import type { Organisation } from "../lab/organisation/organisation.ts";
import { makePrivateHome, shellLines } from "../lab/shell-environment.ts";
import { DEFAULT_START_URL } from "../lab/start.ts";
import { SsoxCommand } from "./base.ts";

const seconds = (description: string) =>
  Flags.integer({ description, min: 1, helpValue: "S", helpGroup: "LIFETIMES" });
const count = (description: string, max: number, min = 0) =>
  Flags.integer({ description, min, max, helpValue: "N", helpGroup: "ORGANISATION" });

export default class LabCommand extends SsoxCommand {
  static override summary = "Run an IAM Identity Center here, for demos and tests.";
  static override description =
    "Prints one line of JSON when it is ready, then serves until SIGTERM or SIGINT. " +
    "Nothing in it is real: no AWS account is reached, and its credentials open nothing.";
  static override usage = [
    "lab [--port N] [--organisation FILE | --accounts N --roles N --users N] [FLAGS]",
    "lab --port N --env",
  ];
  static override examples = [
    { description: "Start one", command: "<%= config.bin %> lab --port 8400" },
    {
      description: "Point the AWS clients of this shell at it",
      command: 'eval "$(<%= config.bin %> lab --port 8400 --env)"',
    },
    {
      description: "A large organisation, with pages on which people sign in",
      command: "<%= config.bin %> lab --accounts 250 --roles 5 --users 3 --approve page",
    },
    {
      description: "A service that limits and fails",
      command: "<%= config.bin %> lab --rate-limit GetRoleCredentials=20/40 --settings faults.json",
    },
  ];
  static override flags = {
    port: Flags.integer({
      description: "the port on 127.0.0.1; any free one by default",
      min: 0,
      max: 65_535,
      helpValue: "N",
    }),
    accounts: count("how many accounts; 4 by default", 100_000),
    roles: count("how many roles in each account; 3 by default", 10_000),
    users: count("how many users; 1 by default, who has every account", 1000, 1),
    "hostile-names": Flags.boolean({
      helpGroup: "ORGANISATION",
      description: "among them names that break programs",
    }),
    organisation: Flags.string({
      helpGroup: "ORGANISATION",
      description:
        "accounts, roles and users from a JSON file; once more for each further --start-url",
      helpValue: "FILE",
      multiple: true,
      exclusive: ["accounts", "roles", "users", "hostile-names"],
    }),
    "start-url": Flags.string({
      helpGroup: "ORGANISATION",
      description: `the start URL to answer for, ${DEFAULT_START_URL} by default; may be repeated: each has users and sessions of its own`,
      helpValue: "U",
      multiple: true,
    }),
    vanity: Flags.string({
      helpGroup: "ORGANISATION",
      description: "a host name that redirects to the start URL, the first one by default",
      helpValue: "HOST[=U]",
      multiple: true,
    }),
    approve: Flags.option({
      helpGroup: "SIGN-INS",
      options: APPROVALS,
      description: "who answers a sign-in; auto by default",
    })(),
    user: Flags.string({
      helpGroup: "SIGN-INS",
      description: "who signs in where nobody chooses; the first user by default",
      helpValue: "NAME",
    }),
    "refresh-tokens": Flags.option({
      helpGroup: "SIGN-INS",
      options: REFRESH_TOKENS,
      description: "whether a refresh token dies with its use; single-use by default",
    })(),
    "reuse-sessions": Flags.boolean({
      helpGroup: "SIGN-INS",
      description: "a sign-in joins the session that the user's browser holds; so by default",
      allowNo: true,
    }),
    "access-token-lifetime": seconds("seconds that an access token lives; 3600 by default"),
    "session-lifetime": seconds("seconds until the user must sign in again; 28800 by default"),
    "role-lifetime": seconds("seconds that role credentials live; 3600 by default"),
    latency: Flags.integer({
      helpGroup: "LIMITS AND FAULTS",
      description: "milliseconds before every answer; 0 by default",
      min: 0,
      helpValue: "MS",
    }),
    "rate-limit": Flags.string({
      helpGroup: "LIMITS AND FAULTS",
      description: "requests a second, and how many at once; of one operation, or of all together",
      helpValue: "[OPERATION=]N[/BURST]",
      multiple: true,
    }),
    "retry-after": Flags.boolean({
      helpGroup: "LIMITS AND FAULTS",
      description: "refusals of a --rate-limit carry Retry-After",
      dependsOn: ["rate-limit"],
    }),
    settings: Flags.string({
      description: "more settings, and faults, from a JSON file; flags come before it",
      helpValue: "FILE",
    }),
    seed: Flags.integer({
      helpGroup: "ORGANISATION",
      description: "of made-up names and of the chances of faults; 1 by default",
      helpValue: "N",
    }),
    env: Flags.boolean({
      description: "print, for a shell, what points AWS clients at the lab on --port",
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(LabCommand);
    if (flags.env) return this.#printEnvironment(flags.port);
    const lab = await startLab(optionsFrom(flags), this.context.clock);
    await this.#serve(lab);
  }

  async #serve(lab: Lab): Promise<void> {
    const { signal, terminal } = this.context;
    try {
      const { url, startUrl, startUrls } = lab;
      const all = startUrls.length > 1 ? { startUrls } : {};
      terminal.print(JSON.stringify({ url, pid: process.pid, startUrl, ...all }));
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

type LabFlags = Interfaces.InferredFlags<typeof LabCommand.flags>;

/** What neither a flag nor the settings file says is left out. */
function optionsFrom(flags: LabFlags): LabOptions {
  const file = flags.settings === undefined ? {} : settingsFromFile(flags.settings);
  const [startUrl = DEFAULT_START_URL, ...more] = flags["start-url"] ?? [];
  const organisations = [startUrl, ...more].map((_, index) => organisationAt(index, flags));
  const [organisation = organisationAt(0, flags)] = organisations;
  return {
    ...file,
    ...given({
      port: flags.port,
      seed: flags.seed,
      approve: flags.approve,
      user: flags.user,
      refreshTokens: flags["refresh-tokens"],
      reuseSessions: flags["reuse-sessions"],
      latency: flags.latency,
    }),
    ...limitsFrom(flags, file),
    lifetimes: {
      ...file.lifetimes,
      ...given({
        accessToken: flags["access-token-lifetime"],
        session: flags["session-lifetime"],
        roleCredentials: flags["role-lifetime"],
      }),
    },
    startUrl,
    organisation,
    moreInstances: more.map((url, index) => ({
      startUrl: url,
      organisation: organisations[index + 1] ?? organisation,
    })),
    vanity: { ...file.vanity, ...vanityFrom(flags.vanity ?? [], startUrl) },
  };
}

/** The last file serves all further start URLs; made-up organisations differ from each other. */
function organisationAt(index: number, flags: LabFlags): Organisation {
  const file = flags.organisation?.[index] ?? flags.organisation?.at(-1);
  if (file !== undefined) return organisationFromFile(file);
  return madeUpOrganisation({
    accounts: flags.accounts ?? 4,
    roles: flags.roles ?? 3,
    users: flags.users ?? 1,
    hostileNames: flags["hostile-names"],
    seed: (flags.seed ?? 1) + index,
  });
}

function limitsFrom(flags: LabFlags, file: FileSettings): Pick<LabOptions, "rateLimits"> {
  const limits = rateLimitsFrom(flags["rate-limit"] ?? [], flags["retry-after"] === true);
  return { rateLimits: { ...file.rateLimits, ...limits } };
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function given<T extends object>(values: T): Given<T> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Given<T>;
}
