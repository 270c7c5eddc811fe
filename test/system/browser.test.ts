import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { systemBrowser } from "../../src/system/browser.ts";
import { temporaryFolder, until } from "./files/programs.ts";

// A replacement pattern, and what a shell would take apart.
const URL = "https://x.example/a?b=1&c=$&d=$$e;f#g";

/** A browser that writes down the words that it was started with. */
function browser() {
  const folder = temporaryFolder();
  const [program, log] = [path.join(folder, "my browser"), path.join(folder, "log")];
  writeFileSync(
    program,
    `#!/bin/sh\nprintf '%s\\n' "$@" > '${log}.new'\nmv '${log}.new' '${log}'\n`,
  );
  chmodSync(program, 0o755);
  const words = async () => {
    await until(() => existsSync(log), "the browser was started");
    return readFileSync(log, "utf8").split("\n").slice(0, -1);
  };
  return { command: `"${program}"`, words };
}

test.each([
  ["", [URL]],
  [" --new 'a b'", ["--new", "a b", URL]],
  [" --app=%s --x", [`--app=${URL}`, "--x"]],
  [" %s %s", [URL, URL]],
])("BROWSER with %j gets %j", async (args, expected) => {
  const { command, words } = browser();
  expect(systemBrowser({ BROWSER: command + args }).open(URL)).toBe(true);
  expect(await words()).toEqual(expected);
});

test("the session's own command goes before BROWSER", async () => {
  const { command, words } = browser();
  systemBrowser({ BROWSER: "/nonexistent/other" }).open(URL, `${command} --own`);
  expect(await words()).toEqual(["--own", URL]);
});

test.each(["/nonexistent/browser", "/etc/passwd/browser", '""'])(
  "a browser that is missing stops nobody: %s",
  async (BROWSER) => {
    expect(systemBrowser({ BROWSER }).open(URL)).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 100));
  },
);

test.runIf(process.platform === "linux" && !existsSync("/proc/sys/fs/binfmt_misc/WSLInterop"))(
  "one can be had where there is a command or a display",
  () => {
    const available = (env: Record<string, string>, command?: string) =>
      systemBrowser(env).available(command);
    expect(available({})).toBe(false);
    expect(available({ BROWSER: "", DISPLAY: "" })).toBe(false);
    expect(available({ BROWSER: "x" })).toBe(true);
    expect(available({ DISPLAY: ":0" })).toBe(true);
    expect(available({ WAYLAND_DISPLAY: "wayland-0" })).toBe(true);
    expect(available({}, "x")).toBe(true);
  },
);
