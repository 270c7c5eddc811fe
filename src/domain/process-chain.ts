import { parseJsonObject, stringIn } from "./json.ts";
import { processCycle } from "./profile-faults.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A profile whose `credential_process` runs. In other files the same name may mean something else. */
export interface RunningProcess {
  readonly profile: string;
  readonly configFile: string;
  readonly credentialsFile: string;
}

/** One JSON object a line, the outermost first. A program of `exec` inherits it: it may be on the way back, too. */
const CHAIN = "_SSOX_PROFILE_CHAIN";

/**
 * The environment for a profile's `credential_process`, which names it and those
 * that led here: by way of a script it may ask ssox for the same profile again.
 *
 * @param asked the profile that has it for a source
 * @throws SsoxError `ConfigInvalid` where it runs already, and waits for this
 */
export function environmentOfProcess(
  env: Environment,
  next: RunningProcess,
  asked: string,
): Environment {
  const running = chainIn(env[CHAIN] ?? "");
  if (running.some((one) => isSame(one, next))) {
    const names = [...running.map(({ profile }) => profile), asked];
    throw processCycle(asked === next.profile ? names : [...names, next.profile]);
  }
  const chain = [...running, next].map((one) => JSON.stringify(one)).join("\n");
  return { ...env, [CHAIN]: chain };
}

function isSame(one: RunningProcess, other: RunningProcess): boolean {
  return (
    one.profile === other.profile &&
    one.configFile === other.configFile &&
    one.credentialsFile === other.credentialsFile
  );
}

function chainIn(value: string): RunningProcess[] {
  return value.split("\n").flatMap((line) => {
    const one = parseJsonObject(line) ?? {};
    const profile = stringIn(one, "profile");
    const configFile = stringIn(one, "configFile");
    const credentialsFile = stringIn(one, "credentialsFile");
    return profile && configFile && credentialsFile
      ? [{ profile, configFile, credentialsFile }]
      : [];
  });
}
