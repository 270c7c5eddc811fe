import { expect, it } from "vitest";
import { userShell } from "../../src/domain/user-shell.ts";

it.each([
  ["linux", { SHELL: "/usr/bin/fish" }, "/usr/bin/fish"],
  ["linux", { ComSpec: "cmd.exe" }, "/bin/sh"],
  ["darwin", { SHELL: "" }, "/bin/sh"],
  ["win32", { SHELL: "/usr/bin/bash", ComSpec: "C:\\cmd.exe" }, "/usr/bin/bash"],
  [
    "win32",
    { POWERSHELL_DISTRIBUTION_CHANNEL: "MSI:Windows 10", ComSpec: "C:\\cmd.exe" },
    "pwsh.exe",
  ],
  ["win32", { ComSpec: "C:\\cmd.exe" }, "C:\\cmd.exe"],
  ["win32", {}, "cmd.exe"],
])("on %s with %j is %s", (platform, env, expected) => {
  expect(userShell(env, platform)).toBe(expected);
});
