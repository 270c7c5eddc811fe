import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { array, number, object, parse, string } from "valibot";
import { beforeAll, describe, expect, it } from "vitest";
import { root } from "../helpers/program.ts";

const Packed = array(object({ size: number(), files: array(object({ path: string() })) }));

describe("the package", () => {
  let size: number;
  let files: string[];

  beforeAll(async () => {
    // Without its scripts: `prepare` would build the program anew while other tests run it.
    const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
    const { stdout } = await promisify(execFile)("npm", args, { cwd: root });
    const [packed] = parse(Packed, JSON.parse(stdout));
    if (packed === undefined) throw new Error("npm has packed nothing");
    size = packed.size;
    files = packed.files.map((file) => file.path).sort();
  });

  it("holds the built program and its papers, and nothing else", () => {
    expect(files).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "THIRD-PARTY-NOTICES",
      "bin/ssox.js",
      "dist/answer.cjs",
      "dist/aws-credential-providers.cjs",
      "dist/aws-sdk.cjs",
      "dist/diff.cjs",
      "dist/help-narrow.json",
      "dist/help.json",
      "dist/hot.cjs",
      "dist/https-proxy-agent.cjs",
      "dist/init.bash",
      "dist/init.fish",
      "dist/init.ps1",
      "dist/init.zsh",
      "dist/inquirer.cjs",
      "dist/keychain.cjs",
      "dist/lab.cjs",
      "dist/open.cjs",
      "dist/ssox.cjs",
      "dist/uqr.cjs",
      "package.json",
      "sbom.cdx.json",
    ]);
  });

  it("keeps a byte a character: what V8 reads of a wider one takes twice the time", () => {
    const text = readFileSync(path.join(root, "dist", "ssox.cjs"), "utf8");
    expect(text.match(/[\u0100-\uffff]/g) ?? []).toEqual([]);
  });

  it("is under 3 MB", () => {
    expect(size).toBeGreaterThan(100_000);
    expect(size).toBeLessThan(3_000_000);
  });

  it("brings one optional dependency and runs nothing when it is installed", () => {
    const pjson: unknown = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
    for (const key of ["dependencies", "peerDependencies", "private"]) {
      expect(pjson).not.toHaveProperty(key);
    }
    // Native libraries, which cannot be bundled.
    expect(pjson).toHaveProperty("optionalDependencies", { "@napi-rs/keyring": "2.1.2" });
    for (const script of ["preinstall", "install", "postinstall"]) {
      expect(pjson).not.toHaveProperty(["scripts", script]);
    }
  });
});

describe("THIRD-PARTY-NOTICES and the SBOM", () => {
  const Sbom = object({
    components: array(object({ name: string(), version: string(), purl: string() })),
  });
  const { components } = parse(
    Sbom,
    JSON.parse(readFileSync(path.join(root, "sbom.cdx.json"), "utf8")),
  );
  const notices = readFileSync(path.join(root, "THIRD-PARTY-NOTICES"), "utf8");

  it("name the bundled packages", () => {
    const names = components.map((component) => component.name);
    expect(names).toEqual(expect.arrayContaining(["@oclif/core", "@aws-sdk/client-sso", "open"]));
    expect(names).not.toContain("vitest");
    expect(names).not.toContain("typescript");
  });

  it("name the same packages", () => {
    for (const { name, version } of components) expect(notices).toContain(`\n${name} ${version} (`);
  });

  it("hold the licence texts", () => {
    expect(notices).toContain("Permission is hereby granted, free of charge");
    expect(notices).toContain("TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION");
  });
});
