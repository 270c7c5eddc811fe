import { credentialProcess } from "../flows/credential-process.ts";
import { SsoxCommand } from "./base.ts";
import { selectionOf, targetFlags } from "./target-flags.ts";

export default class CredentialProcess extends SsoxCommand {
  static override summary = "Credentials for the credential_process setting of a profile.";
  static override description =
    "Never signs in and never asks. Takes the role from the flags alone.";
  static override flags = {
    ...targetFlags,
    profile: { ...targetFlags.profile, description: "the profile of the AWS config file" },
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(CredentialProcess);
    this.printJson(await credentialProcess(selectionOf(flags), this.context));
  }
}
