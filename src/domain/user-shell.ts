type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The program that the user types commands into: `SHELL`, which a POSIX login
 * sets, Git Bash on Windows too. On Windows else PowerShell 7, which marks the
 * environment of what it starts, or the command interpreter.
 */
export function userShell(env: Environment, platform: string): string {
  if (env["SHELL"]) return env["SHELL"];
  if (platform !== "win32") return "/bin/sh";
  if (env["POWERSHELL_DISTRIBUTION_CHANNEL"]) return "pwsh.exe";
  return env["ComSpec"] || env["COMSPEC"] || "cmd.exe";
}
