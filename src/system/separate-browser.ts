import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { SsoxError } from "../errors.ts";
import type { Environment } from "./environment.ts";
import { namesIn } from "./files/names-in.ts";
import { homeFolder, xdgFolder } from "./home.ts";

/** Where a page has cookies of its own, so that another account may be open beside it. */
export type SeparatePlace = "firefox-container" | "chrome-profile" | "chromium-profile";

/**
 * The words that open a URL in a place of its own: a container of Firefox, which is made
 * where there is none of that name; a profile of Chrome or Chromium that is there.
 *
 * @param names of the place, the best one first
 * @throws SsoxError `Usage` with what is missing for it
 */
export function separateOpener(
  place: SeparatePlace,
  names: readonly string[],
  env: Environment,
): (url: string) => readonly string[] {
  if (place === "firefox-container") return inContainer(names[0] ?? "", env);
  return inProfile(place === "chrome-profile" ? CHROME : CHROMIUM, names, env);
}

interface KnownBrowser {
  readonly name: string;
  /** On the PATH, or whole. */
  readonly programs: readonly string[];
  /** Where its profiles are, below the home folder; `.config` is `XDG_CONFIG_HOME`. */
  readonly folders: readonly string[];
}

const FIREFOX: KnownBrowser = {
  name: "Firefox",
  programs: [
    "firefox",
    "firefox-esr",
    "/Applications/Firefox.app/Contents/MacOS/firefox",
    "C:\\Program Files\\Mozilla Firefox\\firefox.exe",
  ],
  folders: [
    ".mozilla/firefox",
    ".config/mozilla/firefox",
    "snap/firefox/common/.mozilla/firefox",
    ".var/app/org.mozilla.firefox/.mozilla/firefox",
    "Library/Application Support/Firefox/Profiles",
    "AppData/Roaming/Mozilla/Firefox/Profiles",
  ],
};

const CHROME: KnownBrowser = {
  name: "Chrome",
  programs: [
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  ],
  folders: [
    ".config/google-chrome",
    "Library/Application Support/Google/Chrome",
    "AppData/Local/Google/Chrome/User Data",
  ],
};

const CHROMIUM: KnownBrowser = {
  name: "Chromium",
  programs: [
    "chromium",
    "chromium-browser",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:\\Program Files\\Chromium\\Application\\chrome.exe",
  ],
  folders: [
    ".config/chromium",
    "snap/chromium/common/chromium",
    "Library/Application Support/Chromium",
    "AppData/Local/Chromium/User Data",
  ],
};

/** "Open external links in a container", by which alone a container can be named from outside. */
const CONTAINER_EXTENSION = "{f069aec0-43c5-4bbf-b6b4-df95c4326b98}";

function inContainer(name: string, env: Environment) {
  const program = programOf(FIREFOX, env);
  const isReady = foldersOf(FIREFOX, env)
    .flatMap((folder) => namesIn(folder).map((profile) => path.join(folder, profile)))
    .some(hasContainerExtension);
  if (!isReady) {
    throw missing(
      "Firefox has no extension that opens links in containers.",
      "add to Firefox: https://addons.mozilla.org/firefox/addon/open-url-in-container/",
    );
  }
  // Half a surrogate pair cannot be written.
  const whole = name.replace(/\p{Cs}/gu, "\ufffd");
  const container = `ext+container:name=${encodeURIComponent(whole)}`;
  return (url: string) => [program, `${container}&url=${encodeURIComponent(url)}`];
}

function hasContainerExtension(profile: string): boolean {
  const addons = jsonIn(path.join(profile, "extensions.json"))["addons"];
  const all: readonly unknown[] = Array.isArray(addons) ? addons : [];
  return all
    .map(membersOf)
    .some(({ id, active }) => id === CONTAINER_EXTENSION && active !== false);
}

function inProfile(browser: KnownBrowser, names: readonly string[], env: Environment) {
  const program = programOf(browser, env);
  const profiles = foldersOf(browser, env).flatMap(profilesIn);
  const called = names.flatMap((name) => profiles.filter((one) => one.name === name));
  const [found] = called;
  if (found === undefined) {
    const wanted = names.map((name) => JSON.stringify(name)).join(" or ");
    throw missing(
      `${browser.name} has no profile called ${wanted}.`,
      `add one of that name in ${browser.name}`,
    );
  }
  return (url: string) => [program, `--profile-directory=${found.folder}`, url];
}

function profilesIn(folder: string): { readonly folder: string; readonly name: unknown }[] {
  const { info_cache: cache } = membersOf(jsonIn(path.join(folder, "Local State"))["profile"]);
  return Object.entries(membersOf(cache)).map(([key, about]) => {
    return { folder: key, name: membersOf(about)["name"] };
  });
}

function programOf({ name, programs }: KnownBrowser, env: Environment): string {
  const onPath = (env["PATH"] ?? "").split(path.delimiter).filter(path.isAbsolute);
  const files = programs.flatMap((program) =>
    path.isAbsolute(program) ? [program] : onPath.map((folder) => path.join(folder, program)),
  );
  const found = files.find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw missing(`${name} is not on the PATH.`, `install ${name}, or use --in tab`);
}

function foldersOf({ folders }: KnownBrowser, env: Environment): readonly string[] {
  const home = homeFolder(env) ?? "";
  const config = xdgFolder(env["XDG_CONFIG_HOME"], home, ".config");
  return folders.map((folder) =>
    folder.startsWith(".config/")
      ? path.join(config, folder.slice(".config/".length))
      : path.join(home, folder),
  );
}

/** What another program keeps; nothing where that cannot be read. */
function jsonIn(file: string): Record<string, unknown> {
  try {
    return membersOf(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return {};
  }
}

function membersOf(value: unknown): Record<string, unknown> {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? Object.fromEntries(Object.entries(value)) : {};
}

function missing(message: string, hint: string): SsoxError {
  return new SsoxError("Usage", message, { hint });
}
