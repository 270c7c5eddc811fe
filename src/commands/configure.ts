import * as Flags from "@oclif/core/flags";
import { type ConfigureInput, type ConfigureResult, configure } from "../flows/configure.ts";
import { configureGuided, type GuideViews } from "../flows/configure-guided.ts";
import { beginningOf } from "../views/beginning.ts";
import { shownDiff, unifiedDiff } from "../views/diff.ts";
import type { Styling } from "../views/look.ts";
import { namesPreview } from "../views/names-preview.ts";
import { printableLine } from "../views/printable.ts";
import { syncNotices, syncSummary } from "../views/sync-summary.ts";
import { wrapped } from "../views/wrapped.ts";
import { jsonFlag, SsoxCommand } from "./base.ts";
import { signInFlags } from "./sign-in-flags.ts";

const patterns = (description: string) =>
  Flags.string({ description, helpValue: "PATTERN", multiple: true, multipleNonGreedy: true });

export default class Configure extends SsoxCommand {
  static override summary = "Set up a session: guided at a terminal, or by flags.";
  static override description = [
    "Without flags it asks, and leads from the start URL over the first sign-in to the first profiles. Where a session is there already, Enter leaves what it has.",
    "With flags it writes what they say into the [sso-session] section of the AWS config file, and asks only for what is missing. What is not given stays, as does all else in the file. An empty value takes a key out.",
  ].join("\n\n");
  static override usage = [
    "configure [--session NAME] [--json]",
    "configure [--session NAME] [--start-url URL] [--sso-region REGION] [--template TEMPLATE] [--region REGION] [--include PATTERN]… [--exclude PATTERN]… [--store file|keychain] [--flow auto|pkce|device] [--dry-run] [--json]",
  ];
  static override examples = [
    { description: "Be asked for everything", command: "<%= config.bin %> configure" },
    {
      description: "The same for a script, without the sign-in",
      command:
        "<%= config.bin %> configure --session acme --start-url https://d-1234567890.awsapps.com/start --sso-region eu-west-1",
    },
    {
      description: "See what other names and a region for profiles would change",
      command:
        "<%= config.bin %> configure --template '{account_name|slug}.{role_name}' --region eu-west-1 --dry-run",
    },
    {
      description: "Take a setting out",
      command: "<%= config.bin %> configure --session acme --exclude ''",
    },
  ];
  static override flags = {
    session: Flags.string({
      description: "the [sso-session] section; a new one is named after the start URL",
      helpValue: "NAME",
    }),
    ...signInFlags,
    template: Flags.string({
      description: "the names of profiles, as in sync-profiles",
      helpValue: "TEMPLATE",
    }),
    region: Flags.string({ description: "the region of every profile", helpValue: "REGION" }),
    include: patterns("only these roles get profiles: ACCOUNT:ROLE, with * and ?"),
    exclude: patterns("none of these roles gets a profile"),
    store: Flags.option({
      description: "where secrets lie: in the AWS CLI's own files, or in the system's keychain",
      options: ["file", "keychain"] as const,
    })(),
    "dry-run": Flags.boolean({ description: "write nothing; print what would change" }),
    json: jsonFlag,
  };

  async run(): Promise<number> {
    const { flags } = await this.parse(Configure);
    const { session, json, "dry-run": dryRun } = flags;
    const { terminal } = this.context;
    const { template, region, include, exclude, store, flow } = flags;
    const more = keysOf({
      ssox_profile_template: template,
      ssox_profile_region: region,
      ssox_include: include?.join(","),
      ssox_exclude: exclude?.join(","),
      ssox_store: store,
      ssox_login_flow: flow,
    });
    const input: ConfigureInput = {
      ...{ session, more, dryRun },
      startUrl: flags["start-url"],
      ssoRegion: flags["sso-region"],
    };
    const hasFlags =
      more.length > 0 || dryRun || input.startUrl !== undefined || input.ssoRegion !== undefined;
    if (!hasFlags && terminal.canAsk) {
      return this.#show(await configureGuided(session, this.#views(), this.context), json);
    }
    const result = await configure(input, this.context);
    if (!dryRun || json) return this.#show(result, json);
    this.printDiff(result.change);
    terminal.note("Nothing was written.");
    return 0;
  }

  #show({ session, isNew, changed, next }: ConfigureResult, json: boolean): number {
    const { name, startUrl, region } = session;
    if (json) {
      this.printJson({ session: name, startUrl, region, created: isNew, changed });
      return 0;
    }
    const { terminal, paths } = this.context;
    const keys = `${changed.join(", ")}.`;
    const done = isNew ? `Wrote the session ${name} into` : `Amended the session ${name} in`;
    const what = printableLine(`${done} ${paths.configFile}:`);
    if (changed.length === 0) terminal.print(printableLine(`The session ${name} is as it was.`));
    else if (terminal.columns === undefined) terminal.print(`${what} ${keys}`);
    else terminal.print([what, ...wrapped(keys, terminal.columns)].join("\n"));
    terminal.note(`Next: ${next}`);
    return 0;
  }

  /** What is shown between questions belongs to them: on stderr. */
  #views(): GuideViews {
    const { terminal } = this.context;
    return {
      showNames: (preview) => terminal.note(namesPreview(preview, terminal.columns)),
      showChanges: (planned) => {
        const diff = unifiedDiff(planned);
        const beginning = beginningOf(diff, DIFF_LINES, "ssox sync-profiles --dry-run");
        const style: Styling = (look, text) => terminal.style("err", look, text);
        if (diff !== "") terminal.show(shownDiff(beginning, style));
        for (const notice of syncNotices(planned.plan)) terminal.note(notice);
        terminal.note(`Profiles that would be written: ${syncSummary(planned.plan)}.`);
      },
      showWritten: ({ plan }) => terminal.note(`Profiles: ${syncSummary(plan)}.`),
    };
  }
}

/** Those that were given. */
function keysOf(values: Readonly<Record<string, string | undefined>>): ConfigureInput["more"] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
}

/** With the question below them they fit a small terminal. */
const DIFF_LINES = 16;
