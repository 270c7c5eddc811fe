import { type Instance, portalOf, type User } from "./instances.ts";
import type { LabState, SignInRequest } from "./state.ts";

/** The instance that a start URL names. */
export function instanceOf(state: LabState, startUrl: string): Instance | undefined {
  return state.instances.get(portalOf(startUrl));
}

/** Who signs in where nobody chooses: the `user` of the settings, else the instance's first. */
export function usualUser(state: LabState, instance: Instance): User | undefined {
  const chosen = instance.users.get(state.settings.user ?? "");
  if (chosen) return chosen;
  const [first] = instance.users.values();
  return first;
}

/**
 * A user allows a sign-in that waits for an answer.
 * @param name the usual user when absent
 * @returns false, and nothing has changed, for a user that the instance does
 * not know or a request that is decided already
 */
export function approveAs(state: LabState, request: SignInRequest, name?: string): boolean {
  const { instance } = request;
  const user = name === undefined ? usualUser(state, instance) : instance.users.get(name);
  if (!user || request.decision !== "pending") return false;
  request.user = user;
  request.decision = "allowed";
  return true;
}

/** The user refuses a sign-in that waits for an answer; false when it is decided already. */
export function deny(request: SignInRequest): boolean {
  if (request.decision !== "pending") return false;
  request.decision = "denied";
  return true;
}
