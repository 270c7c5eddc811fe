import type { ServiceAccess } from "../aws/service-client.ts";
import type { Context } from "../context.ts";

/** What calls of a service take from the context. */
export function serviceAccess(context: Context): ServiceAccess {
  const { env, terminal, signal } = context;
  return { env, signal, trace: (line) => terminal.trace(line) };
}
