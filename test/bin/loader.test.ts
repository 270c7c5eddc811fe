import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { array, object, parse, string } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { node, root } from "../helpers/program.ts";

const Package = object({ version: string(), engines: object({ node: string() }) });
const pjson = parse(Package, JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")));
const floor = pjson.engines.node.replace(">=", "");

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "ssox-loader-"));
  cpSync(path.join(root, "bin"), path.join(folder, "bin"), { recursive: true });
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("bin/ssox.js", () => {
  it("asks for a build where there is none", () => {
    expect(load(folder)).toEqual({
      status: 1,
      stdout: "",
      stderr: "ssox: ssox is not built.\n  → npm run build\n",
    });
  });

  it.each(["18.20.8", "20.16.0", "9.0.0"])("refuses Node %s in plain words", (version) => {
    const { status, stdout, stderr } = load(root, asNode(version));
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toBe(`ssox: ssox needs Node ${floor} or later; this is ${version}.\n`);
  });

  it.each([`${floor}.0`, "22.0.0", "100.1.0"])("accepts Node %s", (version) => {
    expect(load(root, asNode(version))).toEqual({
      status: 0,
      stdout: `ssox ${pjson.version}\n`,
      stderr: "",
    });
  });

  it("reads no chunk for --help and --version", () => {
    for (const word of ["--version", "--help"]) {
      expect(filesRead([word])).not.toContain("aws-sdk.cjs");
      expect(filesRead([word])).toContain("hot.cjs");
    }
  });

  it("leaves compiled code behind, for the user alone, and runs it the next time", () => {
    const code = path.join(folder, ".cache", "ssox", "code");
    const first = load(root, [], ["status"]);
    const [name = "", ...others] = readdirSync(code);
    expect(others).toEqual([]);
    expect(name).toMatch(/^ssox-status-[0-9a-f]{16}-v\d+\.\d+\.\d+-\w+$/);
    expect(statSync(code).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(code, name)).mode & 0o777).toBe(0o600);
    expect(filesRead(["status"])).toContain(name);
    expect(load(root, [], ["status"])).toEqual(first);
  });

  it("keeps it apart for each command, and for help", () => {
    const code = path.join(folder, ".cache", "ssox", "code");
    for (const words of [["status"], ["exec", "--help"], ["--help"]]) load(root, [], words);
    const names = readdirSync(code).map((name) => name.split("-").slice(0, 2).join("-"));
    expect(names.sort()).toEqual(["ssox-help", "ssox-status"]);
  });

  it("keeps nothing of a run that was refused: the next one would find too little", () => {
    for (const words of [
      ["status", "x"],
      ["credential-process", "--profile", "none"],
    ])
      expect(load(root, [], words)).toMatchObject({ status: 2, stdout: "" });
    expect(readdirSync(folder)).not.toContain(".cache");
  });

  it("leaves nothing behind, and reads nothing, under sudo", () => {
    load(root, [], ["status"], { SUDO_UID: "1000" });
    expect(readdirSync(folder)).not.toContain(".cache");
  });
});

it("runs no code but its own, whatever lies in the data folder", () => {
  const data = path.join(folder, "data", "ssox");
  const plugin = path.join(data, "node_modules", "plugin");
  mkdirSync(path.join(plugin, "commands"), { recursive: true });
  const plugins = [{ name: "plugin", type: "user" }];
  const oclif = { commands: "./commands", hooks: { init: "./commands/alien" } };
  const described = { name: "data", version: "1.0.0", dependencies: { plugin: "1.0.0" } };
  const files = {
    [path.join(data, "package.json")]: { ...described, oclif: { schema: 1, plugins } },
    [path.join(plugin, "package.json")]: { name: "plugin", version: "1.0.0", oclif },
  };
  for (const [file, content] of Object.entries(files)) writeFileSync(file, JSON.stringify(content));
  writeFileSync(path.join(plugin, "commands", "alien.js"), 'console.error("alien code");');
  for (const words of [["status"], ["--help"], ["alien"]]) {
    const env = { XDG_DATA_HOME: path.dirname(data) };
    const { stdout, stderr } = load(root, [], words, env);
    expect(stdout + stderr, words.join()).not.toContain("alien code");
  }
});

/** The names of the files that ssox opens, as its own calls of node:fs show them. */
function filesRead(words: string[]): string[] {
  const preload = path.join(folder, "watch.cjs");
  writeFileSync(
    preload,
    `const fs = require("node:fs");
     const files = [];
     for (const call of ["readFileSync", "openSync"]) {
       const plain = fs[call];
       fs[call] = (file, ...rest) => (files.push(String(file)), plain(file, ...rest));
     }
     process.on("exit", () => fs.writeSync(1, "\\nread " + JSON.stringify(files)));`,
  );
  const { stdout, status } = load(root, ["-r", preload], words);
  expect(status).toBe(0);
  const read = parse(array(string()), JSON.parse(stdout.split("\nread ")[1] ?? ""));
  return read.map((file) => path.basename(file));
}

/** Node's arguments for a Node that says it is of this version. */
function asNode(version: string): string[] {
  const disguise = path.join(folder, "disguise.cjs");
  const value = JSON.stringify({ value: version });
  writeFileSync(disguise, `Object.defineProperty(process.versions, "node", ${value});`);
  return ["-r", disguise];
}

function load(home: string, nodeArgs: string[] = [], words = ["--version"], more = {}) {
  const args = [...nodeArgs, path.join(home, "bin", "ssox.js"), ...words];
  const env = { HOME: folder, ...more };
  const { status, stdout, stderr } = spawnSync(node(), args, { env, encoding: "utf8" });
  return { status, stdout, stderr };
}
