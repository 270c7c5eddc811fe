import * as Flags from "@oclif/core/flags";
import { exitStatusOf, SsoxError } from "../errors.ts";
import { doctor, type Examination, type FixedExamination, fix } from "../flows/doctor/doctor.ts";
import type { PlannedMends } from "../flows/doctor/fix.ts";
import { neededTime } from "../flows/session-too-short.ts";
import { shownDiff, unifiedDiff } from "../views/diff.ts";
import {
  findingDocument,
  findingsSummary,
  findingsText,
  modeLines,
  predictionTable,
  roleDocument,
  rolesTable,
} from "../views/findings.ts";
import { jsonFlag, SsoxCommand } from "./base.ts";

export default class Doctor extends SsoxCommand {
  static override summary = "Find out why a profile, a session or a machine fails.";
  static override description = [
    "Tells where the AWS CLI and the AWS SDKs fail, or take different credentials, and what mends it. It signs nobody in. The exit status is 7 when there is an error.",
    "With --online it asks the service, too: what is assigned, how long each role's credentials last, and which IAM role is behind them.",
    "With --fix it mends what is safe to mend, shown first as a diff; `ssox sync-profiles --undo` takes that back.",
  ].join("\n\n");
  static override usage = [
    "doctor [--profile NAME] [--online] [--needs DURATION] [--fix [--yes]] [--json]",
  ];
  static override examples = [
    { description: "Look at everything, offline", command: "<%= config.bin %> doctor" },
    {
      description: "What each AWS client takes for a profile",
      command: "<%= config.bin %> doctor --profile sandbox.DeveloperAccess",
    },
    {
      description: "Ask the service, too, and whether a job of four hours can finish",
      command: "<%= config.bin %> doctor --online --needs 4h",
    },
    { description: "Mend what is safe to mend", command: "<%= config.bin %> doctor --fix" },
  ];
  static override flags = {
    profile: Flags.string({
      description: "only this profile, and what each AWS client takes for it",
      helpValue: "NAME",
    }),
    online: Flags.boolean({ description: "ask the service, too" }),
    needs: Flags.string({
      description:
        "how long a job takes, such as 45m or 4h: tells whether the sign-in lasts for it",
      helpValue: "DURATION",
    }),
    fix: Flags.boolean({ description: "mend what is safe to mend; asks before it writes" }),
    yes: Flags.boolean({ description: "do not ask before --fix writes", dependsOn: ["fix"] }),
    json: jsonFlag,
  };

  async run(): Promise<number> {
    const { flags } = await this.parse(Doctor);
    const { profile, json, yes, online } = flags;
    const options = { profile, online, needs: neededTime(flags.needs) };
    const examination: Examination & Partial<FixedExamination> = flags.fix
      ? await fix(options, (planned) => this.#agree(planned, { yes, json }), this.context)
      : await doctor(options, this.context);
    if (json) this.printJson(document(examination));
    else this.#print(examination);
    const isBad = examination.findings.some(({ severity }) => severity === "error");
    return isBad ? exitStatusOf("ProblemsFound") : 0;
  }

  /** Shows what would be done, and asks. */
  async #agree({ change, modes }: PlannedMends, { yes, json }: Asking): Promise<boolean> {
    const { terminal } = this.context;
    const stream = json ? "err" : "out";
    const diff = shownDiff(unifiedDiff(change), (name, text) => terminal.style(stream, name, text));
    const shown = [diff, modeLines(modes)].filter((text) => text !== "").join("\n");
    if (json) terminal.note(shown);
    else terminal.print(`${shown}\n`);
    if (yes) return true;
    if (terminal.canAsk) return await terminal.confirm("Do this?", false);
    throw new SsoxError(
      "Usage",
      "Nothing was written: --fix asks first, and there is no terminal.",
      {
        hint: "ssox doctor --fix --yes",
      },
    );
  }

  #print(examination: Examination & Partial<FixedExamination>): void {
    const { findings, profiles, sessions, prediction, online, fixed = [] } = examination;
    const { terminal } = this.context;
    const blocks: string[] = [];
    if (fixed.length > 0) blocks.push(`Mended: ${fixed.map(({ code }) => code).join(", ")}.`);
    if (prediction) blocks.push(predictionTable(prediction, terminal));
    if (online && online.roles.length > 0) blocks.push(rolesTable(online.roles, terminal));
    if (online && online.unasked > 0) {
      blocks.push(`${online.unasked} more roles were not asked for (--profile asks for one).`);
    }
    if (findings.length > 0) {
      const style: Parameters<typeof findingsText>[1] = (name, text) =>
        terminal.style("out", name, text);
      blocks.push(findingsText(findings, style, terminal.columns));
    }
    const summary = findingsSummary(findings);
    const counted = `${sessions} ${sessions === 1 ? "session" : "sessions"}, ${profiles} ${profiles === 1 ? "profile" : "profiles"}`;
    blocks.push(summary === "" ? `No problems found (${counted}).` : `${summary}.`);
    terminal.print(blocks.join("\n\n"));
  }
}

interface Asking {
  readonly yes: boolean;
  readonly json: boolean;
}

function document({
  findings,
  prediction,
  online,
  fixed,
}: Examination & Partial<FixedExamination>) {
  const clients =
    prediction && Object.entries(prediction).map(([client, outcome]) => ({ client, ...outcome }));
  return {
    findings: findings.map(findingDocument),
    ...(fixed && { fixed: fixed.map(findingDocument) }),
    ...(clients && { clients }),
    ...(online && { roles: online.roles.map(roleDocument) }),
  };
}
