import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire, wrap } from "node:module";
import os from "node:os";
import path from "node:path";
import { Script } from "node:vm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { codeCacheFolder, loadCached } from "../../src/system/code-cache.ts";

const TRUE = `exports.says = "what the file says";`;
// V8 takes it for the code above: it compares no more than the length.
const FALSE = `exports.says = "what a cache said.";`;

const PURPOSE = { name: "status", isDone: () => true };

const require = createRequire(import.meta.url);

let folder: string;
let program: string;
let cacheFolder: string;
let place: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "ssox-code-cache-"));
  program = path.join(folder, "program.cjs");
  writeFileSync(program, TRUE);
  cacheFolder = path.join(folder, "cache", "code");
  mkdirSync(cacheFolder, { recursive: true, mode: 0o700 });
  place = path.join(cacheFolder, `program-status-1234-${process.version}-${process.arch}`);
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("the code cache", () => {
  it("is what runs, where it is the user's own", () => {
    writeCache();
    expect(says()).toBe("what a cache said.");
  });

  it.each<[string, () => void]>([
    ["the file is writable by the group", () => chmodSync(place, 0o620)],
    ["the file is writable by all", () => chmodSync(place, 0o602)],
    ["its folder is writable by the group", () => chmodSync(cacheFolder, 0o770)],
    ["the folder above is writable by all", () => chmodSync(path.dirname(cacheFolder), 0o777)],
    ["the file is a symbolic link", () => linked(place)],
    ["its folder is a symbolic link", () => linked(cacheFolder)],
    ["it is cut", () => writeFileSync(place, "")],
    ["it is of another content", () => renameSync(place, place.replace("1234", "5678"))],
    ["it is of another Node", () => renameSync(place, place.replace(process.version, "v20.0.0"))],
    ["there is no folder for it", () => rmSync(cacheFolder, { recursive: true })],
  ])("is passed over when %s", (_, change) => {
    writeCache();
    change();
    expect(says()).toBe("what the file says");
  });

  it("serves the files beside it, each loaded once", () => {
    writeFileSync(
      program,
      `exports.first = require("./beside.cjs"); exports.second = require("./beside.cjs");
       exports.says = require("node:path").basename(__filename);`,
    );
    writeFileSync(path.join(folder, "beside.cjs"), "exports.here = __dirname;");
    const loaded = loadCached(program, PURPOSE, {
      hashes: { "program.cjs": "1", "beside.cjs": "2" },
      folder: cacheFolder,
      require,
    }) as Record<string, unknown>;
    expect(loaded["first"]).toEqual({ here: folder });
    expect(loaded["second"]).toBe(loaded["first"]);
    expect(loaded["says"]).toBe("program.cjs");
  });
});

describe("codeCacheFolder", () => {
  it("is there for the user alone", () => {
    expect(codeCacheFolder("/home/ada/.cache/ssox", {})).toBe("/home/ada/.cache/ssox/code");
  });

  it.each([{ SUDO_UID: "1000" }, { DOAS_USER: "ada" }])("is not there under %j", (env) => {
    expect(codeCacheFolder("/home/ada/.cache/ssox", env)).toBeUndefined();
  });
});

function writeCache(): void {
  const data = new Script(wrap(FALSE), { filename: program }).createCachedData();
  writeFileSync(place, data, { mode: 0o600 });
  chmodSync(place, 0o600);
  expect(readdirSync(cacheFolder)).toHaveLength(1);
}

function linked(file: string): void {
  renameSync(file, `${file}.elsewhere`);
  symlinkSync(`${file}.elsewhere`, file);
}

function says(): string {
  const hashes = { "program.cjs": "1234" };
  const loaded = loadCached(program, PURPOSE, { hashes, folder: cacheFolder, require });
  return (loaded as { says: string }).says;
}
