import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { systemBrowser } from "../../src/system/browser.ts";
import { type SeparatePlace, separateOpener } from "../../src/system/separate-browser.ts";
import { temporaryFolder, until } from "./files/programs.ts";

const URL_ = "https://x.example/a?b=1&c=$#/d?e=%20+";
const EXTENSION = "{f069aec0-43c5-4bbf-b6b4-df95c4326b98}";
const HOSTILE = `a&url=https://evil.example#"'$(id) %s \u202eé`;

/** A home, and a PATH with these programs alone. */
function machine(...programs: string[]) {
  const HOME = temporaryFolder();
  const PATH = path.join(HOME, "bin");
  const log = path.join(HOME, "log");
  mkdirSync(PATH);
  for (const name of programs) {
    const file = path.join(PATH, name);
    writeFileSync(
      file,
      `#!/bin/sh\nprintf '%s\\n' "$@" > '${log}.new'\n/bin/mv '${log}.new' '${log}'\n`,
    );
    chmodSync(file, 0o755);
  }
  const write = (name: string, content: unknown) => {
    const file = path.join(HOME, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  };
  const env = { HOME, PATH };
  return { env, log, write, bin: (name: string) => path.join(PATH, name) };
}

function words(place: SeparatePlace, names: readonly string[], env: Record<string, string>) {
  return separateOpener(place, names, env)(URL_);
}

const refused = (text: string) =>
  expect.objectContaining({ code: "Usage", message: expect.stringContaining(text) });

describe("a container of Firefox", () => {
  test.each([
    ".mozilla/firefox/abc.default-release",
    ".config/mozilla/firefox/abc.default",
    "snap/firefox/common/.mozilla/firefox/x",
  ])("is named by the extension's own protocol: %s", (profile) => {
    const { env, write, bin } = machine("firefox");
    write(".mozilla/firefox/profiles.ini", "[General]");
    write(`${profile}/extensions.json`, {
      addons: [{ id: "other" }, { id: EXTENSION, active: true }],
    });
    const [program, url = ""] = words("firefox-container", [HOSTILE, "b"], env);
    expect(program).toBe(bin("firefox"));
    expect(url).toMatch(/^ext\+container:[\x21-\x7e]+$/);
    // As the extension reads it.
    const parameters = new URLSearchParams(url.slice("ext+container:".length));
    expect([...parameters]).toEqual([
      ["name", HOSTILE],
      ["url", URL_],
    ]);
  });

  test("is Debian's, where no other is called firefox", () => {
    const { env, write, bin } = machine("firefox-esr");
    write(".config/mozilla/firefox/x/extensions.json", { addons: [{ id: EXTENSION }] });
    expect(words("firefox-container", ["a"], env)[0]).toBe(bin("firefox-esr"));
  });

  test("may have half a surrogate pair in its name", () => {
    const { env, write } = machine("firefox");
    write(".mozilla/firefox/x/extensions.json", { addons: [{ id: EXTENSION }] });
    expect(words("firefox-container", ["a\ud800b"], env)[1]).toContain("name=a%EF%BF%BDb&");
  });

  test.each<[string, unknown]>([
    ["no extensions", undefined],
    ["another extension", { addons: [{ id: "@testpilot-containers", active: true }] }],
    ["it turned off", { addons: [{ id: EXTENSION, active: false }] }],
    ["no JSON", "{"],
    ["other JSON", { addons: { id: EXTENSION } }],
    ["odd JSON", { addons: [null, 1, "x", [EXTENSION]] }],
  ])("cannot be had with %s", (_what, content) => {
    const { env, write } = machine("firefox");
    if (content !== undefined) write(".mozilla/firefox/x/extensions.json", content);
    expect(() => words("firefox-container", ["a"], env)).toThrow(refused("extension"));
  });

  test("cannot be had without Firefox", () => {
    const { env, write } = machine("chromium");
    write(".mozilla/firefox/x/extensions.json", { addons: [{ id: EXTENSION }] });
    expect(() => words("firefox-container", ["a"], env)).toThrow(refused("Firefox is not"));
  });
});

describe("a profile of Chrome or Chromium", () => {
  const STATE = {
    profile: {
      info_cache: {
        Default: { name: "Person 1" },
        "Profile 1": { name: "sandbox" },
        "Profile 2": { name: HOSTILE },
        "Profile 3": null,
      },
    },
  };

  test.each<[SeparatePlace, string, string]>([
    ["chrome-profile", "google-chrome", ".config/google-chrome"],
    ["chrome-profile", "google-chrome-stable", ".config/google-chrome"],
    ["chromium-profile", "chromium", ".config/chromium"],
    ["chromium-profile", "chromium-browser", "snap/chromium/common/chromium"],
  ])("%s is found by its name: %s, %s", (place, program, folder) => {
    const { env, write, bin } = machine(program);
    write(`${folder}/Local State`, STATE);
    expect(words(place, ["dev", "sandbox"], env)).toEqual([
      bin(program),
      "--profile-directory=Profile 1",
      URL_,
    ]);
    expect(words(place, [HOSTILE, "sandbox"], env)[1]).toBe("--profile-directory=Profile 2");
  });

  test("is looked for where XDG_CONFIG_HOME says, and not in .config then", () => {
    const { env, write } = machine("chromium", "firefox");
    const moved = { ...env, XDG_CONFIG_HOME: path.join(env.HOME, "else") };
    write("else/chromium/Local State", STATE);
    write("else/mozilla/firefox/x/extensions.json", { addons: [{ id: EXTENSION }] });
    write(".config/chromium/Local State", {
      profile: { info_cache: { Old: { name: "sandbox" } } },
    });
    expect(words("chromium-profile", ["sandbox"], moved)[1]).toBe("--profile-directory=Profile 1");
    expect(words("firefox-container", ["a"], moved)[1]).toMatch(/^ext\+container:name=a&/);
  });

  test("that is not there is told", () => {
    const { env, write } = machine("google-chrome");
    expect(() => words("chrome-profile", ["dev", "sandbox"], env)).toThrow(
      refused('Chrome has no profile called "dev" or "sandbox".'),
    );
    for (const content of ["{", [], { profile: [] }, { profile: { info_cache: 1 } }]) {
      write(".config/google-chrome/Local State", content);
      expect(() => words("chrome-profile", ["dev"], env)).toThrow(refused("no profile"));
    }
  });
});

test("the browser is started with these words, and no shell", async () => {
  const { env, log, write } = machine("chromium");
  const name = "$(touch /tmp/x); é";
  write(".config/chromium/Local State", { profile: { info_cache: { [name]: { name } } } });
  systemBrowser(env).separate("chromium-profile", [name])(URL_);
  await until(() => existsSync(log), "the browser was started");
  expect(readFileSync(log, "utf8").split("\n")).toEqual([`--profile-directory=${name}`, URL_, ""]);
});

test("one Firefox is started for all containers that are opened at once", async () => {
  const { env, log, write } = machine("firefox");
  write(".mozilla/firefox/x/extensions.json", { addons: [{ id: EXTENSION }] });
  const browser = systemBrowser(env);
  const started = async () => {
    await until(() => existsSync(log), "the browser was started");
    const names = readFileSync(log, "utf8").trim().split("\n");
    rmSync(log);
    return names.map((link) => new URLSearchParams(link.replace("ext+container:", "")).get("name"));
  };
  for (const name of ["a", HOSTILE, "c"]) browser.separate("firefox-container", [name])(URL_);
  expect(await started()).toEqual(["a", HOSTILE, "c"]);
  browser.separate("firefox-container", ["d"])(URL_);
  expect(await started()).toEqual(["d"]);
});
