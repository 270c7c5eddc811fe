import * as Flags from "@oclif/core/flags";
import { type SyncResult, syncProfiles } from "../flows/sync-profiles.ts";
import { shownDiff, unifiedDiff } from "../views/diff.ts";
import { syncNotices, syncSummary } from "../views/sync-summary.ts";
import { jsonFlag, SsoxCommand, sessionFlag } from "./base.ts";
import { loginFlag } from "./target-flags.ts";

export default class SyncProfiles extends SsoxCommand {
  static override summary = "Write one profile for each account and role into the AWS config file.";
  static override description =
    `Profiles that ssox did not write, comments, and the order of the file stay as they are.
Flags beat the keys ssox_profile_template, ssox_profile_region, ssox_include and
ssox_exclude of the session's section.`;
  static override examples = [
    "<%= config.bin %> sync-profiles --dry-run",
    "<%= config.bin %> sync-profiles --template '{account_name|trim:acme-|slug}.{role_name}'",
    "<%= config.bin %> sync-profiles --include 'sandbox-*:*' --exclude '*:ReadOnly*'",
  ];
  static override flags = {
    session: sessionFlag,
    template: Flags.string({
      description:
        "the names: {account_name}, {account_id}, {role_name}, {session}, {email}, with |lower, |upper, |slug, |trim:PREFIX",
      helpValue: "TEMPLATE",
    }),
    region: Flags.string({ description: "the region of every profile", helpValue: "REGION" }),
    include: Flags.string({
      description: "only these roles: ACCOUNT:ROLE, with * and ?; several with commas",
      helpValue: "PATTERN",
      multiple: true,
      multipleNonGreedy: true,
    }),
    exclude: Flags.string({
      description: "none of these roles",
      helpValue: "PATTERN",
      multiple: true,
      multipleNonGreedy: true,
    }),
    "dry-run": Flags.boolean({ description: "write nothing; print what would change" }),
    login: loginFlag,
    json: jsonFlag,
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(SyncProfiles);
    const { session, template, region, include, exclude } = flags;
    const dryRun = flags["dry-run"];
    const maySignIn = flags.login ? "now" : "ask";
    const result = await syncProfiles(
      { session, template, region, include, exclude, dryRun, maySignIn },
      this.context,
    );
    const { plan } = result;
    const { terminal } = this.context;
    for (const notice of syncNotices(plan)) terminal.note(notice);
    if (flags.json) {
      const { created, updated, unchanged, stale } = plan;
      const conflicts = plan.conflicts.map(({ name }) => name);
      this.printJson({ created, updated, unchanged, renamed: [], pruned: [], stale, conflicts });
    } else if (dryRun) {
      await this.#printDiff(result);
      terminal.note(`Nothing was written: ${syncSummary(plan)}.`);
    } else {
      terminal.print(syncSummary(plan));
    }
  }

  async #printDiff({ file, before, after }: SyncResult): Promise<void> {
    const { terminal } = this.context;
    const diff = await unifiedDiff(file, before, after);
    if (diff === "") return;
    const style: Parameters<typeof shownDiff>[1] = (name, text) =>
      terminal.style("out", name, text);
    terminal.print(terminal.isInteractive ? shownDiff(diff, style) : diff);
  }
}
