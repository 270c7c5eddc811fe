import * as Flags from "@oclif/core/flags";
import { exitStatusOf } from "../errors.ts";
import { doctor, type Examination } from "../flows/doctor/doctor.ts";
import { findingsSummary, findingsText, predictionTable } from "../views/findings.ts";
import { jsonFlag, SsoxCommand } from "./base.ts";

export default class Doctor extends SsoxCommand {
  static override summary = "Find out why a profile, a session or this machine does not work.";
  static override description =
    "Tells where the AWS CLI and the AWS SDKs fail, or take different credentials, and what mends it. The exit status is 7 when there is an error.";
  static override examples = [
    "<%= config.bin %> doctor",
    "<%= config.bin %> doctor --profile sandbox.DeveloperAccess",
  ];
  static override flags = {
    profile: Flags.string({
      description: "only this profile, and what each AWS client takes for it",
      helpValue: "PROFILE",
    }),
    json: jsonFlag,
  };

  async run(): Promise<number> {
    const { flags } = await this.parse(Doctor);
    const { profile, json } = flags;
    const examination = await doctor({ profile }, this.context);
    if (json) this.printJson(document(examination));
    else this.#print(examination);
    const isBad = examination.findings.some(({ severity }) => severity === "error");
    return isBad ? exitStatusOf("ProblemsFound") : 0;
  }

  #print({ findings, profiles, sessions, prediction }: Examination): void {
    const { terminal } = this.context;
    const blocks: string[] = [];
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

function document({ findings, prediction }: Examination) {
  const clients =
    prediction && Object.entries(prediction).map(([client, outcome]) => ({ client, ...outcome }));
  return { findings, ...(clients && { clients }) };
}
