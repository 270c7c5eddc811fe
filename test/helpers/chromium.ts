import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable, Writable } from "node:stream";
import { onTestFinished, type TestContext } from "vitest";
import type { ConnectProxy } from "./connect-proxy.ts";
import { type CdpParams, DevTools } from "./devtools.ts";
import { requireOrSkip } from "./witness.ts";

/** A tab of a real Chromium, driven by its DevTools protocol. It ends with the test. */
export interface Tab {
  /** Goes there, and waits until all of the page is loaded. */
  goto(url: string): Promise<void>;
  /** Does what leads to another page, and waits until that is loaded. */
  leaving(act: () => Promise<unknown>): Promise<void>;
  /** Presses and releases one key. */
  press(key: Key): Promise<void>;
  /** Types into what has the focus. */
  type(text: string): Promise<void>;
  /** The value of a JavaScript expression in the page. */
  evaluate(expression: string): Promise<unknown>;
  /** The accessibility tree, without what assistive technology is not told of. */
  accessibility(): Promise<readonly AccessibleNode[]>;
  emulate(media: Media): Promise<void>;
  /** @returns PNG */
  screenshot(): Promise<Buffer>;
  /** What a developer sees as an error: console, uncaught exceptions, refused content. */
  readonly complaints: readonly string[];
  /** Every URL that was asked for, in order. */
  readonly requested: readonly string[];
}

export type Key = "Tab" | "Shift+Tab" | "Enter" | "Space" | "ArrowDown" | "ArrowUp";

export interface Media {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: "light" | "dark";
}

export interface Network {
  /** The only way to all hosts but this machine; what its authority has signed is trusted, and nothing else of its kind. */
  readonly proxy?: Pick<ConnectProxy, "url" | "authority">;
}

export interface AccessibleNode {
  readonly role: string;
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A fresh Chromium with one empty tab; the test is skipped where there is none. */
export async function openTab(context: TestContext, network: Network = {}): Promise<Tab> {
  const program = requireOrSkip(findChromium(), "Chromium", context);
  const folder = mkdtempSync(path.join(tmpdir(), "ssox-chromium-"));
  const flags = [...FLAGS, ...networkFlags(network)];
  const child = spawn(program, [...flags, `--user-data-dir=${folder}`, "about:blank"], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"] ?? "", HOME: folder, TMPDIR: folder },
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const [, , , toChromium, fromChromium] = child.stdio;
  const tools = new DevTools(toChromium as Writable, fromChromium as Readable);
  onTestFinished(async () => {
    // Its renderers are in its process group, and would write into the folder for a while.
    if (child.pid && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });
  return await attach(tools);
}

/** SSOX_CHROMIUM, else one on the PATH. */
function findChromium(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  const named = ["chromium", "chromium-browser", "google-chrome"].flatMap((name) =>
    folders.map((folder) => path.join(folder, name)),
  );
  return [process.env["SSOX_CHROMIUM"], ...named].find(
    (file): file is string => file !== undefined && existsSync(file),
  );
}

const FLAGS = [
  "--headless=new",
  "--remote-debugging-pipe",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-dev-shm-usage",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-features=OptimizationHints,MediaRouter,DialMediaRouteProvider",
  "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
  "--force-color-profile=srgb",
];

function networkFlags({ proxy }: Network): string[] {
  if (proxy === undefined) return ["--no-proxy-server"];
  const { url, authority } = proxy;
  return [`--proxy-server=${url}`, `--ignore-certificate-errors-spki-list=${authority.spki}`];
}

async function attach(tools: DevTools): Promise<Tab> {
  const { targetId } = await tools.send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await tools.send("Target.attachToTarget", { targetId, flatten: true });
  const session = String(sessionId);
  const call = (method: string, params: CdpParams = {}) => tools.send(method, params, session);
  const [complaints, requested] = [listen(tools, COMPLAINTS), listen(tools, REQUESTS)];
  for (const domain of ["Page", "Runtime", "Log", "Network", "Accessibility"]) {
    await call(`${domain}.enable`);
  }
  const leaving = async (act: () => Promise<unknown>) => {
    const loaded = tools.next("Page.loadEventFired");
    await act();
    await loaded;
  };
  return {
    complaints,
    requested,
    leaving,
    goto: (url) => leaving(() => call("Page.navigate", { url })),
    press: (key) => press(call, key),
    type: async (text) => void (await call("Input.insertText", { text })),
    evaluate: (expression) => evaluate(call, expression),
    accessibility: async () => accessibleNodes(await call("Accessibility.getFullAXTree")),
    emulate: (media) => emulate(call, media),
    async screenshot() {
      const { data } = await call("Page.captureScreenshot", { captureBeyondViewport: true });
      return Buffer.from(String(data), "base64");
    },
  };
}

type Call = (method: string, params?: CdpParams) => Promise<CdpParams>;

/** Of each event, what is worth keeping. */
type Listeners = Readonly<Record<string, (params: CdpParams) => string>>;

const COMPLAINTS: Listeners = {
  "Runtime.consoleAPICalled": (params) => JSON.stringify(params["args"]),
  "Runtime.exceptionThrown": (params) => JSON.stringify(params["exceptionDetails"]),
  "Log.entryAdded": (params) => JSON.stringify(params["entry"]),
};

const REQUESTS: Listeners = {
  "Network.requestWillBeSent": (params) => String(record(params["request"])["url"]),
};

function listen(tools: DevTools, listeners: Listeners): readonly string[] {
  const seen: string[] = [];
  for (const [event, read] of Object.entries(listeners)) {
    tools.on(event, (params) => seen.push(read(params)));
  }
  return seen;
}

const KEYS: Readonly<Record<string, CdpParams>> = {
  Tab: { key: "Tab", code: "Tab", windowsVirtualKeyCode: 9 },
  Enter: { key: "Enter", code: "Enter", windowsVirtualKeyCode: 13, text: "\r" },
  Space: { key: " ", code: "Space", windowsVirtualKeyCode: 32, text: " " },
  ArrowDown: { key: "ArrowDown", code: "ArrowDown", windowsVirtualKeyCode: 40 },
  ArrowUp: { key: "ArrowUp", code: "ArrowUp", windowsVirtualKeyCode: 38 },
};
const SHIFT = 8;

async function press(call: Call, key: Key): Promise<void> {
  const modifiers = key.startsWith("Shift+") ? SHIFT : 0;
  const event = { ...KEYS[key.replace("Shift+", "")], modifiers };
  const type = "text" in event ? "keyDown" : "rawKeyDown";
  await call("Input.dispatchKeyEvent", { ...event, type });
  await call("Input.dispatchKeyEvent", { ...event, type: "keyUp" });
}

async function evaluate(call: Call, expression: string): Promise<unknown> {
  const answer = await call("Runtime.evaluate", { expression, returnByValue: true });
  if (answer["exceptionDetails"]) throw new Error(JSON.stringify(answer["exceptionDetails"]));
  return record(answer["result"])["value"];
}

async function emulate(call: Call, { width, height = 900, scheme }: Media): Promise<void> {
  if (width !== undefined) {
    const metrics = { width, height, deviceScaleFactor: 1, mobile: width < 600 };
    await call("Emulation.setDeviceMetricsOverride", metrics);
  }
  if (scheme !== undefined) {
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    await call("Emulation.setEmulatedMedia", { features });
  }
}

function accessibleNodes({ nodes }: CdpParams): readonly AccessibleNode[] {
  return list(nodes)
    .map(record)
    .filter((node) => node["ignored"] !== true)
    .map((node) => ({
      role: String(record(node["role"])["value"]),
      name: String(record(node["name"])["value"] ?? ""),
      properties: Object.fromEntries(
        list(node["properties"]).map((property) => {
          const { name, value } = record(property);
          return [String(name), record(value)["value"]];
        }),
      ),
    }));
}

function record(value: unknown): CdpParams {
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
