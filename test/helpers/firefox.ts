import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { onTestFinished, type TestContext, vi } from "vitest";
import { requireOrSkip } from "./witness.ts";

/** A home with a real Firefox that waits to be started, and ends with the test. */
export interface FirefoxHome {
  /** What starts it without a window; to be added to the home's own environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** What its extension has seen, oldest first. */
  readonly seen: readonly Seen[];
}

export type Seen =
  /** A link to a container, and the cookie store of that. */
  | { readonly name: string; readonly url: string; readonly store: string }
  /** A page of this machine, once it is loaded. */
  | { readonly title: string; readonly text: string };

/** The test is skipped where there is no Firefox that takes extensions without Mozilla's signature. */
export async function firefoxHome(home: string, context: TestContext): Promise<FirefoxHome> {
  requireOrSkip(findFirefoxEsr(), "Firefox ESR", context);
  const seen: Seen[] = [];
  const profile = path.join(home, ".mozilla", "firefox", "witness");
  installExtension(profile, await startListener((what) => seen.push(what)));
  writeFileSync(path.join(profile, "user.js"), PREFERENCES);
  writeFileSync(path.join(home, ".mozilla", "firefox", "profiles.ini"), PROFILES);
  // Firefox, which ssox does not wait for, is the leader of a process group.
  onTestFinished(() => endFirefox(path.join(profile, "lock")));
  return { environment: ENVIRONMENT, seen };
}

function findFirefoxEsr(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  return folders.map((folder) => path.join(folder, "firefox-esr")).find((file) => existsSync(file));
}

const ENVIRONMENT = {
  // Nothing is shown on it.
  DISPLAY: ":0",
  MOZ_HEADLESS: "1",
  MOZ_CRASHREPORTER_DISABLE: "1",
  // Else each installation makes a profile of its own.
  MOZ_LEGACY_PROFILES: "1",
};

const PROFILES = `[General]
StartWithLastProfile=1

[Profile0]
Name=witness
IsRelative=1
Path=witness
Default=1
`;

/** Release versions of Firefox do not obey the first one: ESR does. Nothing leaves this machine. */
const PREFERENCES = `
user_pref("xpinstall.signatures.required", false);
user_pref("extensions.autoDisableScopes", 0);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.proxy.type", 1);
user_pref("network.proxy.http", "127.0.0.1");
user_pref("network.proxy.http_port", 9);
user_pref("network.proxy.ssl", "127.0.0.1");
user_pref("network.proxy.ssl_port", 9);
`;

/** That of "Open external links in a container", by which ssox knows it. */
const EXTENSION = "{f069aec0-43c5-4bbf-b6b4-df95c4326b98}";

/** An extension that claims the same links, and tells the listener what it sees. */
function installExtension(profile: string, listener: string): void {
  const source = path.join(profile, "source");
  mkdirSync(source, { recursive: true });
  const files = {
    "manifest.json": JSON.stringify(MANIFEST),
    "link.html": `<meta charset="utf-8"><script src="link.js"></script>`,
    "link.js": LINK_SCRIPT,
    "page.js":
      "browser.runtime.sendMessage({ title: document.title, text: document.body.innerText });",
    "background.js": `browser.runtime.onMessage.addListener((seen) => {
      fetch(${JSON.stringify(listener)}, { method: "POST", mode: "no-cors", body: JSON.stringify(seen) });
    });`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(source, name), text);
  mkdirSync(path.join(profile, "extensions"));
  const archive = path.join(profile, "extensions", `${EXTENSION}.xpi`);
  const words = ["-m", "zipfile", "-c", archive, ...Object.keys(files)];
  execFileSync("python3", words, { cwd: source });
  // Firefox writes it when it first starts.
  const installed = { addons: [{ id: EXTENSION, active: true }] };
  writeFileSync(path.join(profile, "extensions.json"), JSON.stringify(installed));
}

const MANIFEST = {
  manifest_version: 2,
  name: "Witness",
  version: "1",
  browser_specific_settings: { gecko: { id: EXTENSION } },
  protocol_handlers: [{ protocol: "ext+container", name: "Witness", uriTemplate: "/link.html#%s" }],
  background: { scripts: ["background.js"] },
  content_scripts: [{ matches: ["http://127.0.0.1/*"], js: ["page.js"] }],
  permissions: ["contextualIdentities", "cookies"],
};

/** Firefox has encoded the link once; what is in it is a query. */
const LINK_SCRIPT = `(async () => {
  const link = decodeURIComponent(location.hash.slice(1));
  const query = new URLSearchParams(link.slice("ext+container:".length));
  const [name, url] = [query.get("name"), query.get("url")];
  const look = { name, color: "blue", icon: "circle" };
  const { cookieStoreId } = await browser.contextualIdentities.create(look);
  const tab = await browser.tabs.create({ url, cookieStoreId });
  browser.runtime.sendMessage({ name, url, store: tab.cookieStoreId });
})();`;

async function startListener(heard: (seen: Seen) => void): Promise<string> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    response.end();
    heard(JSON.parse(Buffer.concat(chunks).toString("utf8")));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** The lock of a profile is a link to `ADDRESS:+PID`. */
async function endFirefox(lock: string): Promise<void> {
  if (!lstatSync(lock, { throwIfNoEntry: false })) return;
  const pid = Number(readlinkSync(lock).split("+")[1]);
  const signal = (name: NodeJS.Signals | 0) => {
    try {
      return process.kill(-pid, name);
    } catch {
      return false;
    }
  };
  signal("SIGKILL");
  await vi.waitFor(
    () => {
      if (signal(0)) throw new Error("Firefox still runs");
    },
    { timeout: 10_000 },
  );
}
