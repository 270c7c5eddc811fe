import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { onTestFinished, type TestContext } from "vitest";
import { requireOrSkip } from "./witness.ts";

/** A Secret Service on a bus of its own. */
export interface Keyring {
  /** For programs that are to find it. */
  readonly env: Readonly<Record<string, string>>;
  /** Every secret under an attribute set of ssox's, by name: what another program sees. */
  items(): Record<string, string>;
  /** Gives an item of ssox's another secret, as another program could. */
  replace(name: string, secret: string): void;
  /** Locks it, as at the next start of the machine. */
  lock(prompter: Prompter): Promise<void>;
  /** It is there, and answers nothing any more. */
  hang(): void;
}

/** `absent` is a bus without a Secret Service. */
export type KeyringState = "working" | "absent";

/** `nobody`: no prompter is on the bus; `silent`: one that never answers. */
export type Prompter = "nobody" | "silent";

/**
 * A real gnome-keyring, whose data lies in `home` as in a user's; ends with the
 * test. Without gnome-keyring, dbus-daemon or python3-dbus the test is skipped,
 * and fails with SSOX_REQUIRE_ALL=1.
 */
export async function startKeyring(
  home: string,
  state: KeyringState,
  test: TestContext,
): Promise<Keyring> {
  requireOrSkip(
    hasPrograms() || undefined,
    "gnome-keyring with dbus-daemon and python3-dbus",
    test,
  );
  const address = await startBus(home);
  const env = { ...environment(home), DBUS_SESSION_BUS_ADDRESS: address };
  let daemon = state === "working" ? await startDaemon(env, "password") : undefined;
  return {
    env: { DBUS_SESSION_BUS_ADDRESS: address, XDG_DATA_HOME: env.XDG_DATA_HOME },
    async lock(prompter) {
      if (daemon) await stop(daemon);
      daemon = await startDaemon(env, undefined);
      if (prompter === "silent") await startPython(PROMPTER, env);
    },
    hang: () => void daemon?.kill("SIGSTOP"),
    items: () => JSON.parse(execFileSync(PYTHON, ["-c", ITEMS], { env, encoding: "utf8" })),
    replace: (name, secret) =>
      void execFileSync(PYTHON, ["-c", REPLACE, name], { env, input: secret }),
  };
}

const PYTHON = "/usr/bin/python3";

function hasPrograms(): boolean {
  try {
    execFileSync("gnome-keyring-daemon", ["--version"], { stdio: "ignore" });
    execFileSync("dbus-daemon", ["--version"], { stdio: "ignore" });
    execFileSync(PYTHON, ["-c", "import dbus"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function environment(home: string) {
  const runtime = path.join(home, "bus");
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  const XDG_DATA_HOME = path.join(home, "data");
  return { PATH: process.env["PATH"] ?? "", HOME: home, XDG_RUNTIME_DIR: runtime, XDG_DATA_HOME };
}

/** It activates nothing: what is on it was started here. */
const BUS = (folder: string) => `<!DOCTYPE busconfig PUBLIC
 "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir=${folder}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>
`;

async function startBus(home: string): Promise<string> {
  const env = environment(home);
  const file = path.join(env.XDG_RUNTIME_DIR, "bus.conf");
  writeFileSync(file, BUS(env.XDG_RUNTIME_DIR));
  const words = [`--config-file=${file}`, "--nofork", "--nopidfile", "--print-address"];
  return (await firstLine(started("dbus-daemon", words, env))).trim();
}

/** @param password unlocks the login keyring, and makes it when there is none */
async function startDaemon(
  env: Record<string, string>,
  password: string | undefined,
): Promise<ChildProcess> {
  const unlock = password === undefined ? [] : ["--unlock"];
  const words = ["--foreground", "--components=secrets", ...unlock];
  const daemon = started("gnome-keyring-daemon", words, env);
  daemon.stdin?.end(password ?? "");
  await startPython(READY, env, password === undefined ? "locked" : "unlocked");
  return daemon;
}

function started(command: string, words: readonly string[], env: Record<string, string>) {
  const child = spawn(command, words, { env, stdio: ["pipe", "pipe", "ignore"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  const end = once(child, "exit");
  child.kill("SIGTERM");
  await end;
}

/** Until it prints its first line; it may go on after that. */
async function startPython(
  program: string,
  env: Record<string, string>,
  ...words: string[]
): Promise<void> {
  await firstLine(started(PYTHON, ["-c", program, ...words], env));
}

async function firstLine(child: ChildProcess): Promise<string> {
  return await new Promise((resolve, reject) => {
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      if (text.includes("\n")) resolve(text);
    });
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`ended with ${code} before it was ready`)));
  });
}

/** The service has its name before the login keyring is there and unlocked. */
const READY = `
import dbus, sys, time
bus = dbus.SessionBus()
at = "org.freedesktop.secrets"
def ready():
    if not bus.name_has_owner(at): return False
    service = dbus.Interface(bus.get_object(at, "/org/freedesktop/secrets"), "org.freedesktop.Secret.Service")
    collection = service.ReadAlias("default")
    if collection == "/": return False
    locked = bus.get_object(at, collection).Get("org.freedesktop.Secret.Collection", "Locked", dbus_interface="org.freedesktop.DBus.Properties")
    return bool(locked) == (sys.argv[1] == "locked")
for _ in range(500):
    if ready(): break
    time.sleep(0.02)
else: raise SystemExit("no Secret Service that is " + sys.argv[1])
print("ready")
`;

/** Owns the prompter's name and reads nothing: a window that nobody answers. */
const PROMPTER = `
import dbus, dbus.service, time
name = dbus.service.BusName("org.gnome.keyring.SystemPrompter", dbus.SessionBus())
print("ready", flush=True)
time.sleep(600)
`;

const SERVICE = `
import dbus, json, sys
bus = dbus.SessionBus()
at = "org.freedesktop.secrets"
service = dbus.Interface(bus.get_object(at, "/org/freedesktop/secrets"), "org.freedesktop.Secret.Service")
_, session = service.OpenSession("plain", dbus.String("", variant_level=1))
`;

const ITEMS = `${SERVICE}
found = {}
for item in service.SearchItems({"service": "ssox"})[0]:
    it = bus.get_object(at, item)
    name = it.Get("org.freedesktop.Secret.Item", "Attributes", dbus_interface="org.freedesktop.DBus.Properties")["username"]
    secret = it.GetSecret(session, dbus_interface="org.freedesktop.Secret.Item")
    found[str(name)] = bytes(secret[2]).decode()
print(json.dumps(found))
`;

const REPLACE = `${SERVICE}
[path] = service.SearchItems({"service": "ssox", "username": sys.argv[1]})[0]
secret = dbus.Struct((session, dbus.ByteArray(b""), dbus.ByteArray(sys.stdin.buffer.read()), "text/plain"), signature="oayays")
bus.get_object(at, path).SetSecret(secret, dbus_interface="org.freedesktop.Secret.Item")
`;
