import type { LoginInput } from "../../src/flows/login.ts";

/** What `ssox login` is given without a flag. */
export const NO_FLAGS: LoginInput = {
  session: undefined,
  startUrl: undefined,
  ssoRegion: undefined,
  flow: undefined,
  callbackPort: undefined,
  noBrowser: false,
  qr: false,
  force: false,
  timeoutSeconds: 600,
};
