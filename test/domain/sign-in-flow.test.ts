import { expect, test } from "vitest";
import { chooseFlow, type SignInSurroundings } from "../../src/domain/sign-in-flow.ts";

const DESKTOP: SignInSurroundings = {
  wanted: "auto",
  isLegacy: false,
  hasBrowser: true,
  hasCallbackPort: false,
};

test.each<[what: string, changed: Partial<SignInSurroundings>, flow: "pkce" | "device"]>([
  ["a browser on this machine", {}, "pkce"],
  ["no browser: SSH, a container", { hasBrowser: false }, "device"],
  ["no browser, a forwarded port", { hasBrowser: false, hasCallbackPort: true }, "pkce"],
  ["an old-form session", { isLegacy: true }, "device"],
  ["asked for: device", { wanted: "device", hasCallbackPort: true }, "device"],
  ["asked for: pkce", { wanted: "pkce", hasBrowser: false, isLegacy: true }, "pkce"],
])("%s: %o", (_, changed, flow) => {
  expect(chooseFlow({ ...DESKTOP, ...changed }).flow).toBe(flow);
});
