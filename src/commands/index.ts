import type { Command } from "@oclif/core/command";
import type { Config } from "@oclif/core/config";

/** One that can be made: what oclif hands out as `Command` is abstract. */
export type CommandClass = Omit<typeof Command, "new"> &
  (new (
    argv: string[],
    config: Config,
  ) => Command);

/** Every command by the word that calls it; loaded when it is called. */
export const COMMANDS: Record<string, () => Promise<CommandClass>> = {
  accounts: async () => (await import("./accounts.ts")).default,
  configure: async () => (await import("./configure.ts")).default,
  console: async () => (await import("./console.ts")).default,
  "credential-process": async () => (await import("./credential-process.ts")).default,
  doctor: async () => (await import("./doctor.ts")).default,
  env: async () => (await import("./env.ts")).default,
  exec: async () => (await import("./exec.ts")).default,
  init: async () => (await import("./init.ts")).default,
  lab: async () => (await import("./lab.ts")).default,
  login: async () => (await import("./login.ts")).default,
  logout: async () => (await import("./logout.ts")).default,
  pick: async () => (await import("./pick.ts")).default,
  roles: async () => (await import("./roles.ts")).default,
  shell: async () => (await import("./shell.ts")).default,
  "sync-profiles": async () => (await import("./sync-profiles.ts")).default,
  status: async () => (await import("./status.ts")).default,
  whoami: async () => (await import("./whoami.ts")).default,
};
