import type { ServiceAccess } from "../aws/service-client.ts";
import type { Context } from "../context.ts";

/** What calls of a service take from the context. */
export function serviceAccess(context: Context): ServiceAccess {
  return { env: context.env, trace: (line) => context.terminal.trace(line) };
}
