import * as Flags from "@oclif/core/flags";
import { exitStatusOf } from "../errors.ts";
import { type SyncOutcome, syncProfiles } from "../flows/sync-profiles.ts";
import { removeProfiles } from "../flows/sync-profiles-remove.ts";
import { undoSync } from "../flows/sync-profiles-undo.ts";
import type { ConfigChange, SyncResult } from "../flows/sync-profiles-write.ts";
import { printableLine } from "../views/printable.ts";
import { isDrift, problemNotices, syncNotices, syncSummary } from "../views/sync-summary.ts";
import { timeAgo, timeOfDay } from "../views/times.ts";
import { jsonFlag, SsoxCommand, sessionFlag } from "./base.ts";
import { loginFlag } from "./target-flags.ts";

/** What `--undo` and `--remove` have no use for. */
const PLANNING = [
  ...["template", "region", "include", "exclude", "credential-process", "adopt"],
  ...["rename", "prune", "cached", "check", "login"],
];

const pattern = (description: string) =>
  Flags.string({
    description,
    helpValue: "PATTERN",
    helpGroup: "WHAT IS WRITTEN",
    multiple: true,
    multipleNonGreedy: true,
  });

export default class SyncProfiles extends SsoxCommand {
  static override summary = "Write a profile for each role into the AWS config file.";
  static override description =
    `Profiles that ssox did not write, comments, and the order of the file stay as they are.
Flags beat the keys ssox_profile_template, ssox_profile_region, ssox_include and
ssox_exclude of the session's section.`;
  // oclif would name each flag that excludes others, and leave most of them blank.
  static override usage = [
    "sync-profiles [--session NAME | --all] [--template TEMPLATE] [--region REGION] [--include PATTERN]… [--exclude PATTERN]… [--[no-]credential-process] [--adopt] [--rename] [--prune | --cached] [--dry-run] [--check] [--yes] [--login] [--json]",
    "sync-profiles --remove [--session NAME | --all] [--dry-run] [--json]",
    "sync-profiles --undo [--dry-run] [--json]",
  ];
  static override examples = [
    {
      description: "See what would change",
      command: "<%= config.bin %> sync-profiles --dry-run",
    },
    {
      description: "Write them, with a region",
      command: "<%= config.bin %> sync-profiles --region eu-west-1",
    },
    {
      description: "With names of your own",
      command:
        "<%= config.bin %> sync-profiles --template '{account_name|trim:acme-|slug}.{role_name}'",
    },
    {
      description: "Only some of them",
      command: "<%= config.bin %> sync-profiles --include 'sandbox-*:*' --exclude '*:ReadOnly*'",
    },
    { description: "Take the last change back", command: "<%= config.bin %> sync-profiles --undo" },
  ];
  static override flags = {
    session: sessionFlag,
    all: Flags.boolean({
      description: "every session of the AWS config file",
      exclusive: ["session"],
    }),
    template: Flags.string({
      helpGroup: "WHAT IS WRITTEN",
      description:
        "the names: {account_name}, {account_id}, {role_name}, {session}, {email}, with |lower, |upper, |slug, |trim:PREFIX",
      helpValue: "TEMPLATE",
    }),
    region: Flags.string({
      helpGroup: "WHAT IS WRITTEN",
      description: "the region of every profile",
      helpValue: "REGION",
    }),
    include: pattern("only these roles: ACCOUNT:ROLE, with * and ?; several with commas"),
    exclude: pattern("none of these roles"),
    "credential-process": Flags.boolean({
      helpGroup: "WHAT IS WRITTEN",
      description: "profiles ask ssox for their credentials, or again AWS's own way",
      allowNo: true,
    }),
    adopt: Flags.boolean({
      helpGroup: "WHAT IS THERE ALREADY",
      description: "take over your own profile of a role, under its name, instead of adding one",
    }),
    rename: Flags.boolean({
      helpGroup: "WHAT IS THERE ALREADY",
      description: "give every profile the name that it would get today",
    }),
    prune: Flags.boolean({
      helpGroup: "WHAT IS THERE ALREADY",
      description: "remove profiles whose role is no longer assigned to you",
      exclusive: ["cached"],
    }),
    remove: Flags.boolean({
      helpGroup: "WHAT IS THERE ALREADY",
      description: "remove every profile that ssox manages",
      exclusive: PLANNING,
    }),
    cached: Flags.boolean({ description: "take the last listing; works offline" }),
    "dry-run": Flags.boolean({ description: "write nothing; print what would change" }),
    check: Flags.boolean({
      description: "write nothing; the exit status is 7 when something would change",
    }),
    undo: Flags.boolean({
      helpGroup: "WHAT IS THERE ALREADY",
      description: "take back what the last sync wrote; what you edited since stays",
      exclusive: [...PLANNING, "remove", "session", "all"],
    }),
    yes: Flags.boolean({ description: "do not ask before many profiles are pruned" }),
    login: loginFlag,
    json: jsonFlag,
  };

  async run(): Promise<number> {
    const { flags } = await this.parse(SyncProfiles);
    const { session, all, json } = flags;
    const { terminal, clock } = this.context;
    const dryRun = flags["dry-run"] || flags.check;
    if (flags.undo) {
      const result = await undoSync({ dryRun }, this.context);
      const what = `Took back the sync of ${timeOfDay(result.at, clock.now())}`;
      return this.#show(result, { json, dryRun, label: `${what}: ` });
    }
    if (flags.remove) {
      const result = await removeProfiles({ session, all, dryRun }, this.context);
      return this.#show(result, { json, dryRun });
    }
    const { template, region, include, exclude, adopt, rename, prune, cached, yes } = flags;
    const result = await syncProfiles(
      {
        ...{ session, all, template, region, include, exclude, adopt, rename, prune, cached, yes },
        credentialProcess: flags["credential-process"],
        dryRun,
        maySignIn: flags.login ? "now" : "ask",
      },
      this.context,
    );
    if (result.listedAt !== undefined && terminal.showsProgress) {
      terminal.note(`Listed ${timeAgo(result.listedAt, clock.now())}.`);
    }
    if (dryRun) for (const notice of problemNotices(result)) terminal.note(notice);
    const failed = this.#failures(result);
    if (prune && result.failedAccounts.length > 0) {
      terminal.note("Nothing was pruned: not every account could be listed.");
    }
    this.#show(result, { json, dryRun: flags["dry-run"], check: flags.check, failed });
    if (result.lacksRegion && !dryRun && terminal.showsProgress) terminal.note(NO_REGION);
    if (failed.length > 0) return exitStatusOf("Partial");
    return flags.check && isDrift(result.plan) ? exitStatusOf("Drift") : 0;
  }

  /** Tells what failed, and gives it for the document. */
  #failures({ failedSessions, failedAccounts }: SyncOutcome): readonly object[] {
    const sessions = this.noteFailed(failedSessions);
    for (const { accountId, message } of failedAccounts) {
      this.context.terminal.note(printableLine(`${accountId}: ${message}`));
    }
    return [...sessions, ...failedAccounts];
  }

  #show(result: ConfigChange & Pick<SyncResult, "plan">, options: Shown): number {
    const { json, dryRun, check = false, label = "", failed = [] } = options;
    const { terminal } = this.context;
    const { plan } = result;
    for (const notice of syncNotices(plan)) terminal.note(notice);
    if (json) {
      const { created, updated, unchanged, renamed, pruned, stale } = plan;
      const conflicts = plan.conflicts.map(({ name }) => name);
      const lists = { created, updated, unchanged, renamed, pruned, stale, conflicts };
      this.printJson({ ...lists, ...(failed.length > 0 && { failed }) });
    } else if (dryRun) {
      this.printDiff(result);
      terminal.note(`Nothing was written; this would be ${syncSummary(plan)}.`);
    } else {
      terminal.print(`${check ? "This would be " : label}${syncSummary(plan)}`);
    }
    return 0;
  }
}

interface Shown {
  readonly json: boolean;
  readonly dryRun: boolean;
  readonly check?: boolean;
  /** Stands before the summary. */
  readonly label?: string;
  readonly failed?: readonly object[];
}

const NO_REGION =
  "The new profiles have no region, without which many AWS commands fail: ssox sync-profiles --region REGION";
