import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { Interrupted } from "../../../src/errors.ts";
import { canShowWindows, systemKeychain } from "../../../src/system/keychain/keychain.ts";
import { temporaryHome } from "../../helpers/context.ts";

const HANGS = "console.log(); setInterval(() => {}, 1000);";

describe("the keychain's helper process", () => {
  it("gets its request on stdin, in JSON, and nothing as an argument", async () => {
    const { keychain, file } = withHelper(`
      const fs = require("node:fs");
      const request = JSON.parse(fs.readFileSync(0, "utf8"));
      fs.writeFileSync(FILE, JSON.stringify({ request, argv: process.argv, options: process.env.NODE_OPTIONS }));
      console.log(JSON.stringify({ value: "kept" }));`);
    expect(await keychain.get("token/1")).toBe("kept");
    await keychain.set("token/1", "a secret");
    const { request, argv, options } = JSON.parse(readFileSync(file, "utf8"));
    expect(request).toMatchObject({ do: "set", name: "token/1", value: "a secret" });
    expect(argv.join(" ")).not.toContain("secret");
    expect(options).toBeUndefined();
  });

  it("that fails, or says nothing of use, is a keychain that cannot be used", async () => {
    const answers = ['{"error":"no service.\\nmore"}', "", "{", "[]", '{"value":1}'];
    for (const answer of answers) {
      const { keychain } = withHelper(`console.log(${JSON.stringify(answer)})`);
      await expect(keychain.get("token/1")).rejects.toMatchObject({
        code: "KeychainUnavailable",
        exitStatus: 6,
        message: expect.stringMatching(/^The keychain cannot be used: [^\n]*[^.]\.$/),
      });
    }
  });

  it("that hangs is killed; a user who could unlock is told, and can give up", async () => {
    const alone = withHelper(HANGS);
    const began = performance.now();
    await expect(alone.keychain.get("token/1")).rejects.toMatchObject({
      code: "KeychainUnavailable",
    });
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(alone.notes).toEqual([]);

    const controller = new AbortController();
    const attended = withHelper(HANGS, {
      canUnlock: true,
      note: () => controller.abort(new Interrupted("SIGINT")),
    });
    const waiting = attended.keychain.get("token/1", controller.signal);
    await expect(waiting).rejects.toThrow(Interrupted);
    expect(attended.notes).toEqual(["Waiting for the keychain to be unlocked …"]);
  });

  it("is asked to remove 50 items at a time", async () => {
    const { keychain, file } = withHelper(`
      const fs = require("node:fs");
      const { names } = JSON.parse(fs.readFileSync(0, "utf8"));
      fs.appendFileSync(FILE, names.length + " " + names.at(-1) + "\\n");
      console.log(JSON.stringify({ value: null }));`);
    await keychain.remove(Array.from({ length: 120 }, (_, item) => `role/${item}`));
    expect(readFileSync(file, "utf8")).toBe("50 role/49\n50 role/99\n20 role/119\n");
  });

  it("is not started for nothing", async () => {
    const { keychain } = withHelper("process.exit(1)");
    await keychain.remove([]);
    const ended = AbortSignal.abort(new Interrupted("SIGINT"));
    await expect(keychain.get("token/1", ended)).rejects.toThrow(Interrupted);
  });
});

it("on Linux a window needs a display", () => {
  expect(canShowWindows({})).toBe(process.platform !== "linux");
  expect(canShowWindows({ DISPLAY: ":0" })).toBe(true);
  expect(canShowWindows({ WAYLAND_DISPLAY: "wayland-0" })).toBe(true);
});

function withHelper(
  body: string,
  options: { canUnlock?: boolean; note?: (text: string) => void } = {},
) {
  const folder = temporaryHome();
  const [helper, file] = [path.join(folder, "helper.cjs"), path.join(folder, "seen")];
  const script = `exports.serve = () => { const FILE = ${JSON.stringify(file)}; ${body} };`;
  writeFileSync(helper, script);
  const notes: string[] = [];
  const note = (text: string): void => {
    notes.push(text);
    options.note?.(text);
  };
  const env = { PATH: process.env["PATH"], NODE_OPTIONS: "--no-warnings" };
  const keychain = systemKeychain(env, {
    helper,
    locks: () => folder,
    canUnlock: options.canUnlock ?? false,
    note,
  });
  return { keychain, notes, file };
}
