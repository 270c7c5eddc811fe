import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readAwsProfiles } from "../../src/aws/profiles.ts";
import { temporaryHome } from "../helpers/context.ts";

const SESSION = "[sso-session acme]\nsso_start_url = https://a/start\nsso_region = eu-west-1\n";

describe("the profiles of both files", () => {
  it("have the keys of both, and those of the credentials file win", () => {
    const { config, table } = read({
      config: `${SESSION}[profile dev]\nregion = eu-west-1\noutput = json\n`,
      credentials: "[dev]\nregion = us-east-2\naws_access_key_id = A\n[other]\nregion = x\n",
    });
    expect(config.profiles.get("dev")?.settings).toEqual({
      region: "us-east-2",
      output: "json",
      aws_access_key_id: "A",
    });
    expect(table.get("dev")).toMatchObject({
      config: { region: "eu-west-1" },
      credentials: { aws_access_key_id: "A" },
    });
    expect(Object.keys(table.get("dev")?.config ?? {})).toEqual(["region", "output"]);
    expect([...table.keys()]).toEqual(["dev", "other"]);
  });

  it("may be SSO's by keys of either file", () => {
    const { config } = read({
      config: `${SESSION}[profile dev]\nsso_session = acme\nsso_account_id = 1\n`,
      credentials: "[dev]\nsso_account_id = 2\nsso_role_name = R\n",
    });
    expect(config.profiles.get("dev")?.sso).toMatchObject({
      session: { name: "acme" },
      accountId: "2",
      roleName: "R",
    });
  });

  it("are [NAME] in the credentials file, and nothing else", () => {
    const { table } = read({
      config: "[other]\na = 1\n[default]\nb = 1\n",
      credentials: "[default]\nc = 1\n[profile x]\nd = 1\n[sso-session y]\ne = 1\n",
    });
    expect([...table.keys()]).toEqual(["default"]);
    expect(table.get("default")?.settings).toEqual({ b: "1", c: "1" });
  });

  it.each([
    ["alike", "[profile dev]\nregion = r\n", "[dev]\noutput = json\n", true],
    ["alike beside others that are not", "[profile 'x']\na:1\n[profile dev]\n", "[y]\nB=1\n", true],
    ["alike where there are none", "", "", true],
    ["not alike in quotes", '[profile "dev"]\n', "", false],
    ["not alike with capitals in the credentials file", "", "[dev]\nRegion = r\n[x]\n", false],
    ["not alike beside what botocore gives to all", "[DEFAULT]\na = 1\n", "", false],
    ["not alike with a comment", "[profile x]\n[profile dev]\nregion = r # here\n", "", false],
  ])("are read %s", (_how, config, credentials, expected) => {
    expect(read({ config, credentials }).isReadAlike("dev")).toBe(expected);
  });

  it("are none without files", () => {
    expect([...read({}).table]).toEqual([]);
  });

  it("are refused where botocore rejects the credentials file", () => {
    expect(() => read({ credentials: "[a]\nb = 1\n[a]\n" })).toThrowError(
      expect.objectContaining({
        code: "ConfigInvalid",
        message: expect.stringContaining("credentials, line 3"),
      }),
    );
  });

  it("are not changed by hostile names", () => {
    const { table } = read({ credentials: "[__proto__]\na = 1\n[b]\n__proto__ = 2\n" });
    expect([...table.keys()]).toEqual(["__proto__", "b"]);
    expect(Object.keys(table.get("b")?.settings ?? {})).toEqual(["__proto__"]);
  });
});

function read(files: { config?: string; credentials?: string }) {
  const folder = path.join(temporaryHome(), ".aws");
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return readAwsProfiles({
    configFile: path.join(folder, "config"),
    credentialsFile: path.join(folder, "credentials"),
  });
}
