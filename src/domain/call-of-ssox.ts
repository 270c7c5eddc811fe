/** The profile for which that `credential_process` calls ssox; undefined for any other one. */
export function profileOfProcess(line: string): string | undefined {
  return callsSsox(line) ? flagValue("profile", line) : undefined;
}

/**
 * Nothing but node and ssox stands in front: with a variable set, or through
 * another program, it may answer for another home.
 */
export function isPlainCallOfSsox(line: string): boolean {
  const [program = ""] = line.split(/\scredential-process(?=\s)/);
  return PLAIN_CALL.test(program.trim());
}

const PLAIN_CALL =
  /^(?:"[^"]*[\\/]node(?:\.exe)?"\s+|(?:[^\s"=]*[\\/])?node(?:\.exe)?\s+)?(?:"[^"]*[\\/]ssox(?:\.js|\.cmd|\.exe)?"|(?:[^\s"=]*[\\/])?ssox(?:\.js|\.cmd|\.exe)?)$/;

function callsSsox(line: string): boolean {
  return /ssox/i.test(line) && /\bcredential-process\b/.test(line);
}

/** What stands behind `--flag` in a command line. */
export function flagValue(flag: string, line: string): string | undefined {
  const found = new RegExp(`\\s--${flag}(?:=|\\s+)(?:"([^"]*)"|'([^']*)'|([^\\s"']+))`).exec(line);
  return found?.[1] ?? found?.[2] ?? found?.[3];
}
