export const SIGN_IN_FLOWS = ["auto", "pkce", "device"] as const;

export type SignInFlow = (typeof SIGN_IN_FLOWS)[number];

/** What the choice between the two flows looks at. */
export interface SignInSurroundings {
  /** `--flow`, else `ssox_login_flow`. */
  readonly wanted: SignInFlow;
  /** An old-form session: the AWS CLI knows only the device flow for it. */
  readonly isLegacy: boolean;
  /** A browser can be started here, and shows itself to the user. */
  readonly hasBrowser: boolean;
  /** A port for the redirect was named: the user has it forwarded. */
  readonly hasCallbackPort: boolean;
}

/** The flow, and why it was chosen: one line for the user. */
export interface ChosenFlow {
  readonly flow: "pkce" | "device";
  readonly why: string;
}

/**
 * PKCE where a browser can be redirected to this process (RFC 8252), since it
 * proves that the browser's user is this machine's; a device code elsewhere
 * (RFC 8628), where it is the user who compares.
 */
export function chooseFlow(surroundings: SignInSurroundings): ChosenFlow {
  const { wanted, isLegacy, hasBrowser, hasCallbackPort } = surroundings;
  if (wanted !== "auto")
    return {
      flow: wanted,
      why: wanted === "pkce" ? "in a browser, as asked for" : "with a code, as asked for",
    };
  if (hasCallbackPort)
    return { flow: "pkce", why: "in a browser, as a port for the redirect was given" };
  if (isLegacy) return { flow: "device", why: "with a code, as for all profiles of the old form" };
  return hasBrowser
    ? { flow: "pkce", why: "in a browser" }
    : { flow: "device", why: "with a code, as no browser can be had here" };
}
