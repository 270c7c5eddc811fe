import { parseConfigDocument } from "../aws/config-document.ts";
import { readConfigText } from "../aws/config-text.ts";
import { isOfCredentialsFile } from "../aws/profiles.ts";
import type { Context } from "../context.ts";
import { SsoxError } from "../errors.ts";

/**
 * Tells the user of credentials that a program has written under the name of its overlay's
 * profile: no SDK overlooks the credentials file, and nothing finds them there afterwards.
 * They stay where they are.
 *
 * @param profiles the names that overlays had added
 */
export function tellOfKeysLeft(
  profiles: readonly string[],
  { paths, terminal }: Pick<Context, "paths" | "terminal">,
): void {
  if (profiles.length === 0) return;
  for (const { name, keys } of keysUnder(profiles, paths.credentialsFile)) {
    const what = `the program wrote ${keys.join(", ")} into [${name}] of ${paths.credentialsFile}`;
    terminal.note(
      `ssox: ${what}, where nothing finds them any more → give that section the name of a profile; next time aws configure --profile NAME`,
    );
  }
}

/** What `aws configure` and its like put there. */
const WRITTEN: ReadonlySet<string> = new Set([
  "aws_access_key_id",
  "aws_secret_access_key",
  "aws_session_token",
]);

function keysUnder(profiles: readonly string[], file: string) {
  try {
    const { sections } = parseConfigDocument(readConfigText(file));
    return sections.flatMap((section) => {
      const { name, entries } = section;
      const keys = entries.map(({ key }) => key).filter((key) => WRITTEN.has(key));
      const isMeant = keys.length > 0 && profiles.includes(name) && isOfCredentialsFile(section);
      return isMeant ? [{ name, keys }] : [];
    });
  } catch (error) {
    // Whoever needs it says what is wrong with it.
    if (error instanceof SsoxError) return [];
    throw error;
  }
}
