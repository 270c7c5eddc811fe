import type { Home } from "./home.ts";
import { FILES } from "./homes/files.ts";
import { MACHINE } from "./homes/machine.ts";
import { PROFILES } from "./homes/profiles.ts";
import { ROLES } from "./homes/roles.ts";
import { SESSIONS } from "./homes/sessions.ts";
import { TOKENS } from "./homes/tokens.ts";

/** Broken homes, and some in which nothing is wrong. */
export const HOMES: readonly Home[] = [
  ...FILES,
  ...SESSIONS,
  ...PROFILES,
  ...ROLES,
  ...TOKENS,
  ...MACHINE,
];
