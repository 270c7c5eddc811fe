import type { AwsConfig } from "../aws/config.ts";
import { lastOfEach, settingsOf } from "../aws/config-model.ts";

/** An `[sso-session]` as it stands in the file, whether it has all that is needed or not. */
export interface WrittenSession {
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** All of them; of several with one name the last, which is the one that counts. */
export function writtenSessions({ document }: AwsConfig): readonly WrittenSession[] {
  return lastOfEach(document, "sso-session").map((section) => ({
    name: section.name,
    settings: settingsOf(section),
  }));
}
