import * as Flags from "@oclif/core/flags";
import { exitStatusOf, SsoxError } from "../errors.ts";
import { doctor, type Examination, type FixedExamination, fix } from "../flows/doctor/doctor.ts";
import type { PlannedMends } from "../flows/doctor/fix.ts";
import { shownDiff, unifiedDiff } from "../views/diff.ts";
import {
  findingDocument,
  findingsSummary,
  findingsText,
  modeLines,
  predictionTable,
} from "../views/findings.ts";
import { jsonFlag, SsoxCommand } from "./base.ts";

export default class Doctor extends SsoxCommand {
  static override summary = "Find out why a profile, a session or this machine does not work.";
  static override description =
    `Tells where the AWS CLI and the AWS SDKs fail, or take different credentials, and what
mends it. With --fix it mends what is safe to mend, shown first as a diff; \`ssox sync-profiles --undo\`
takes that back. It signs nobody in. The exit status is 7 when there is an error.`;
  static override examples = [
    "<%= config.bin %> doctor",
    "<%= config.bin %> doctor --profile sandbox.DeveloperAccess",
    "<%= config.bin %> doctor --fix",
  ];
  static override flags = {
    profile: Flags.string({
      description: "only this profile, and what each AWS client takes for it",
      helpValue: "NAME",
    }),
    fix: Flags.boolean({ description: "mend what is safe to mend; asks before it writes" }),
    yes: Flags.boolean({ description: "do not ask before --fix writes", dependsOn: ["fix"] }),
    json: jsonFlag,
  };

  async run(): Promise<number> {
    const { flags } = await this.parse(Doctor);
    const { profile, json, yes } = flags;
    const examination: Examination & Partial<FixedExamination> = flags.fix
      ? await fix({ profile }, (planned) => this.#agree(planned, { yes, json }), this.context)
      : await doctor({ profile }, this.context);
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
    const { findings, profiles, sessions, prediction, fixed = [] } = examination;
    const { terminal } = this.context;
    const blocks: string[] = [];
    if (fixed.length > 0) blocks.push(`Mended: ${fixed.map(({ code }) => code).join(", ")}.`);
    if (prediction) blocks.push(predictionTable(prediction));
    if (findings.length > 0) {
      blocks.push(findingsText(findings, (style, text) => terminal.style("out", style, text)));
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

function document({ findings, prediction, fixed }: Examination & Partial<FixedExamination>) {
  const clients =
    prediction && Object.entries(prediction).map(([client, outcome]) => ({ client, ...outcome }));
  return {
    findings: findings.map(findingDocument),
    ...(fixed && { fixed: fixed.map(findingDocument) }),
    ...(clients && { clients }),
  };
}
