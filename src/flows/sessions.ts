import { type AwsConfig, readAwsConfig, type SsoSession, selectSession } from "../aws/config.ts";
import type { Context } from "../context.ts";
import { SsoxError } from "../errors.ts";

/**
 * The session that a command is about; where the file leaves a choice, a
 * terminal is asked.
 *
 * @param config the config file, where it has been read already
 * @throws SsoxError `Usage`, `UnknownSession`, `ConfigInvalid`
 */
export async function chosenSession(
  name: string | undefined,
  context: Context,
  config: AwsConfig = readAwsConfig(context.paths.configFile),
): Promise<SsoSession> {
  try {
    return selectSession(config, name);
  } catch (error) {
    const isChoice = error instanceof SsoxError && error.code === "Usage" && name === undefined;
    if (!isChoice || !context.terminal.canAsk) throw error;
    const names = [...config.sessions.keys(), ...config.legacySessions.keys()];
    const choices = names.map((value) => ({ cells: [value], value }));
    return selectSession(config, await context.terminal.choose("Which session?", choices));
  }
}
