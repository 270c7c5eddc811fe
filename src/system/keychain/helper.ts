import { writeSync } from "node:fs";
import { text as textOf } from "node:stream/consumers";
import { type Answer, parseRequest, type Request } from "./protocol.ts";
import { CREDENTIAL_MANAGER_UNITS, type Items, splitItems } from "./split.ts";

/** Under which everything of ssox stands in the keychain. */
const SERVICE = "ssox";

/**
 * One request to the keychain, in a process of its own: the native library may
 * hang for ever on a locked keychain, `process.exit()` with it, and only
 * SIGKILL ends that. The request, secrets included, comes on stdin alone.
 */
export async function serve(): Promise<void> {
  // Ctrl-C is for the parent: a write that is under way must reach the keychain.
  for (const name of ["SIGINT", "SIGHUP"] as const) process.on(name, () => {});
  const request = parseRequest(await textOf(process.stdin));
  // Tells the parent, whose clock of the keychain starts here, that there is a helper.
  writeSync(1, "\n");
  // For a parent that was killed itself.
  const end = setTimeout(() => process.kill(process.pid, "SIGKILL"), request.limit + 1_000);
  const answer = await answerTo(request).catch(
    (error: unknown): Answer => ({ error: error instanceof Error ? error.message : "it failed" }),
  );
  clearTimeout(end);
  const bytes = Buffer.from(JSON.stringify(answer), "utf8");
  for (let done = 0; done < bytes.length; ) done += writeSync(1, bytes, done);
}

async function answerTo(request: Request): Promise<Answer> {
  const keychain = await openKeychain();
  switch (request.do) {
    case "get":
      return { value: await keychain.get(request.name) };
    case "set":
      await keychain.set(request.name, request.value);
      return { value: null };
    case "remove":
      for (const name of request.names) await keychain.delete(name);
      return { value: null };
    case "prove":
      await keychain.set("probe", "ssox could write");
      await keychain.delete("probe");
      return { value: null };
  }
}

async function openKeychain(): Promise<Items> {
  const { AsyncEntry } = await import("@napi-rs/keyring").catch(() => {
    throw new Error("the optional package @napi-rs/keyring is not installed");
  });
  // Without the pin it falls back to the kernel's keyring, which is empty after a restart.
  const options = { linux: { store: "secret-service" } } as const;
  const entry = (name: string) => new AsyncEntry(SERVICE, name, options);
  const items: Items = {
    get: async (name) => await entry(name).getPassword(),
    set: async (name, text) => await entry(name).setPassword(text),
    delete: async (name) => await entry(name).deleteCredential(),
  };
  return process.platform === "win32" ? splitItems(items, CREDENTIAL_MANAGER_UNITS) : items;
}
