import type { Context } from "../context.ts";
import { type LastingClock, lastingClock, serviceClock } from "./service-time.ts";
import { storeOf } from "./stores/store-of.ts";
import { sessionOf, type Target } from "./target.ts";

/** The clock by which the target's credentials end: AWS's, as far as its session has shown it. */
export function targetClock(target: Target, context: Context): Context["clock"] {
  const session = sessionOf(target);
  return session ? serviceClock(storeOf(session, context), context.clock) : context.clock;
}

/** The same for a program that goes on running, which sees what AWS answers meanwhile. */
export function lastingTargetClock(target: Target, context: Context): LastingClock {
  return lastingClock(targetClock(target, context).now(), context.clock);
}
