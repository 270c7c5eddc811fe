import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { parseConfigDocument } from "../../src/aws/config-document.ts";
import {
  type OverlayOptions,
  removeAbandonedOverlays,
  writeOverlay,
} from "../../src/aws/overlay.ts";
import { thisProcess } from "../../src/system/files/process-identity.ts";

function home(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "ssox-overlay-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const NOTHING: OverlayOptions = {
  config: parseConfigDocument(""),
  credentials: parseConfigDocument(""),
  profile: undefined,
  region: undefined,
};

function overlayOf(config: string, options: Partial<OverlayOptions> = {}, credentials = "") {
  const folder = home();
  const runtime = path.join(folder, "run", "ssox");
  const overlay = writeOverlay(runtime, {
    ...NOTHING,
    config: parseConfigDocument(config),
    credentials: parseConfigDocument(credentials),
    ...options,
  });
  const text = readFileSync(overlay.file, "utf8");
  const added = text.slice(text.lastIndexOf("[profile ssox-exec-"));
  return { runtime, overlay, text, added: added.replace(/^# The settings of one .*\n/m, "") };
}

describe("writeOverlay", () => {
  const CONFIG = `# a comment
[default]
aws_access_key_id = AKIAOTHER
region = us-east-1

[profile dev]
sso_session = acme
sso_account_id = 111122223333
sso_role_name = DeveloperAccess
ssox_managed = acme
region = eu-west-1
output = json
s3 =
  max_concurrent_requests = 20
  addressing_style = path
retry_mode = adaptive
services = local

[services local]
s3 =
  endpoint_url = http://localhost:9000
`;

  it("is the user's file byte for byte, with the profile's settings added", () => {
    const { overlay, text, added } = overlayOf(CONFIG, { profile: "dev" });
    expect(text.startsWith(`${CONFIG}\n[profile ${overlay.profile}]\n`)).toBe(true);
    expect(added).toBe(`[profile ${overlay.profile}]
region = eu-west-1
output = json
s3 =
  max_concurrent_requests = 20
  addressing_style = path
retry_mode = adaptive
services = local
`);
  });

  it("has the settings that stand in the credentials file alone, and no credentials of it", () => {
    const credentials = `[default]
output = yaml
[dev]
aws_access_key_id = AKIASECRET
aws_secret_access_key = SECRET
credential_process = /bin/SECRET
s3 =
  addressing_style = virtual
REGION = us-east-1
ca_bundle = /ca # ours
[profile dev]
cli_pager = no
`;
    const { text, added, overlay } = overlayOf(CONFIG, { profile: "dev" }, credentials);
    expect(added).toBe(`[profile ${overlay.profile}]
REGION = us-east-1
output = json
s3 =
  addressing_style = virtual
retry_mode = adaptive
services = local
ca_bundle = /ca # ours
`);
    expect(text).not.toContain("SECRET");
    const ofDefault = overlayOf(CONFIG, { profile: "default" }, credentials);
    expect(ofDefault.added).toBe(
      `[profile ${ofDefault.overlay.profile}]\nregion = us-east-1\noutput = yaml\n`,
    );
  });

  it("has the settings of a profile that the config file does not have, or that has no config file", () => {
    const credentials = "[old]\nsso_role_name = R\nregion = us-east-1";
    for (const config of [CONFIG, "[profile dev]\r\nregion = r\r\n", ""]) {
      const { added, overlay } = overlayOf(config, { profile: "old" }, credentials);
      const eol = config?.includes("\r\n") ? "\r\n" : "\n";
      expect(added).toBe(`[profile ${overlay.profile}]${eol}region = us-east-1${eol}`);
    }
  });

  it("joins settings of both files, however they are indented there", () => {
    const config = "[profile dev]\noutput = json\ns3 =\n  a = 1\n";
    const credentials = "[dev]\n\tregion = r\n\tretry_mode = standard\n\ts3 =\n\t\tb = 2\n";
    const { text } = overlayOf(config, { profile: "dev" }, credentials);
    const { entries = [] } = parseConfigDocument(text).sections.at(-1) ?? {};
    expect(entries.map(({ key, value, nested }) => [key, nested ?? value])).toEqual([
      ["output", "json"],
      ["s3", [{ key: "b", value: "2" }]],
      ["region", "r"],
      ["retry_mode", "standard"],
    ]);
  });

  it("has no setting below which the SDK for JavaScript would find credentials", () => {
    const hidden = "output = json\n  aws_access_key_id = AKIASECRET\nregion = r\n";
    const { text } = overlayOf("", { profile: "dev" }, `[dev]\n${hidden}`);
    expect(text).not.toContain("SECRET");
    const inConfig = overlayOf(`[profile dev]\n${hidden}`, { profile: "dev" });
    expect(inConfig.added).toBe(`[profile ${inConfig.overlay.profile}]\nregion = r\n`);
  });

  it("has no credentials in [DEFAULT], which botocore would give to the added profile", () => {
    const shared = `# for all
[DEFAULT]
region = us-east-1
aws_access_key_id = AKIAOTHER
aws_secret_access_key = other
source_profile = base
[profile dev]
output = json
[DEFAULT]
credential_process = /bin/other
  --and more
`;
    const { text, overlay } = overlayOf(shared, { profile: "dev" });
    expect(text.slice(0, text.indexOf("# The settings"))).toBe(`# for all
[DEFAULT]
region = us-east-1
aws_secret_access_key = other
source_profile = base
[profile dev]
output = json
[DEFAULT]

[profile ${overlay.profile}]
output = json
`);
  });

  it("has the process by which the added profile gets its credentials", () => {
    const { added, overlay } = overlayOf(CONFIG, {
      profile: "dev",
      region: "r",
      credentialProcess: (name) => `ssox for ${name}`,
    });
    expect(added).toContain("region = r\n");
    expect(added).toContain(`credential_process = ssox for ${overlay.profile}\n`);
  });

  it("leaves every key out from which credentials could come", () => {
    const keys = [
      "aws_access_key_id",
      "aws_secret_access_key",
      "aws_session_token",
      "aws_security_token",
      "aws_account_id",
      "AWS_Access_Key_Id2 = x\nrole_arn",
      "source_profile",
      "credential_source",
      "credential_process",
      "web_identity_token_file",
      "role_session_name",
      "external_id",
      "mfa_serial",
      "duration_seconds",
      "login_session",
      "sso_session",
      "sso_start_url",
      "sso_region",
      "ssox_break_glass",
    ];
    const config = `[profile dev]\n${keys.map((key) => `${key} = x\n`).join("")}output = text\n`;
    const { overlay, added } = overlayOf(config, { profile: "dev" });
    expect(added).toBe(`[profile ${overlay.profile}]\nAWS_Access_Key_Id2 = x\noutput = text\n`);
  });

  it("keeps CRLF, and ends a last line that has no end", () => {
    const config = "[profile dev]\r\nsso_session = a\r\ns3 =\r\n  x = 1\r\nregion = r";
    const { overlay, text } = overlayOf(config, { profile: "dev" });
    expect(text.startsWith(`${config}\r\n\r\n[profile ${overlay.profile}]\r\n`)).toBe(true);
    expect(text).toContain("]\r\ns3 =\r\n  x = 1\r\nregion = r\r\n# ");
  });

  it("puts a region in the place of the profile's, where no indented line swallows it", () => {
    const config = "[profile dev]\n  region = us-east-1\n  output = json\n";
    const { text, overlay } = overlayOf(config, { profile: "dev", region: "eu-north-1" });
    const added = parseConfigDocument(text).sections.at(-1);
    expect(added?.name).toBe(overlay.profile);
    expect(added?.entries.map(({ key, value }) => [key, value])).toEqual([
      ["region", "eu-north-1"],
      ["output", "json"],
    ]);
  });

  it("takes the settings of [default] when that is the profile", () => {
    const { added, overlay } = overlayOf(CONFIG, { profile: "default" });
    expect(added).toBe(`[profile ${overlay.profile}]\nregion = us-east-1\n`);
  });

  it("works without a config file", () => {
    const { text, overlay } = overlayOf("", { region: "eu-west-1" });
    expect(text.startsWith(`[profile ${overlay.profile}]\nregion = eu-west-1\n#`)).toBe(true);
  });

  it("adds an empty profile when account and role were given", () => {
    const { added, overlay } = overlayOf(CONFIG);
    expect(added).toBe(`[profile ${overlay.profile}]\n`);
  });

  it("is a read-only file in a private folder, and goes away", () => {
    const { overlay, runtime } = overlayOf(CONFIG);
    expect(statSync(overlay.file).mode & 0o777).toBe(0o400);
    expect(statSync(runtime).mode & 0o777).toBe(0o700);
    expect(overlay.remove()).toBeUndefined();
    expect(readdirSync(runtime)).toEqual([]);
    expect(overlay.remove()).toBeUndefined();
  });

  it("keeps what the child wrote all the same, and says where", () => {
    const { overlay } = overlayOf(CONFIG);
    chmodSync(overlay.file, 0o600);
    writeFileSync(overlay.file, "[profile changed]\n");
    const kept = overlay.remove() ?? "";
    expect(readFileSync(kept, "utf8")).toBe("[profile changed]\n");
    expect(readdirSync(path.dirname(kept))).toEqual([path.basename(kept)]);
    expect(overlay.remove()).toBeUndefined();
  });

  it("makes a folder private that was not", () => {
    const folder = home();
    chmodSync(folder, 0o755);
    writeOverlay(folder, NOTHING);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it("says where it cannot be written", () => {
    const file = path.join(home(), "file");
    writeFileSync(file, "");
    expect(() => writeOverlay(path.join(file, "x"), NOTHING)).toThrowError(
      expect.objectContaining({ code: "WriteFailed" }),
    );
  });
});

describe("removeAbandonedOverlays", () => {
  const OWNER_LINE = "# The settings of one `ssox exec`; it removes them. Owner: ";
  const NOW = Date.now();

  function folderWith(...owners: object[]): string {
    const folder = home();
    owners.forEach((owner, index) => {
      const text = `[profile x]\n${OWNER_LINE}${JSON.stringify(owner)}\n`;
      writeFileSync(path.join(folder, `exec-${index}-abc.config`), text, { mode: 0o400 });
    });
    return folder;
  }

  it("removes those of killed processes alone", () => {
    const script = "process.stdout.write(String(process.pid))";
    const pid = Number(execFileSync(process.execPath, ["-e", script], { encoding: "utf8" }));
    const folder = folderWith({ ...thisProcess(), pid }, thisProcess());
    writeFileSync(path.join(folder, "other.config"), "");
    removeAbandonedOverlays(folder, NOW);
    expect(readdirSync(folder)).toEqual(["exec-1-abc.config", "other.config"]);
  });

  it("finds the owner of an overlay that writeOverlay wrote", () => {
    const { runtime, overlay } = overlayOf("[default]\nregion = r\n");
    removeAbandonedOverlays(runtime, NOW + 1e12);
    expect(readdirSync(runtime)).toEqual([path.basename(overlay.file)]);
    chmodSync(overlay.file, 0o600);
    const other = readFileSync(overlay.file, "utf8").replace(
      /"startTime":"\d+"/,
      '"startTime":"1"',
    );
    writeFileSync(overlay.file, other);
    expect(removeAbandonedOverlays(runtime, NOW)).toEqual([overlay.profile]);
    expect(readdirSync(runtime)).toEqual([]);
  });

  it("keeps those of another machine or boot for 30 days", () => {
    const folder = folderWith({ ...thisProcess(), pid: 1, bootId: "elsewhere" }, {});
    removeAbandonedOverlays(folder, NOW);
    expect(readdirSync(folder)).toHaveLength(2);
    for (const name of readdirSync(folder)) {
      const old = NOW / 1000 - 31 * 86_400;
      utimesSync(path.join(folder, name), old, old);
    }
    removeAbandonedOverlays(folder, NOW);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("does not mind a folder that is not there", () => {
    removeAbandonedOverlays(path.join(home(), "none"), NOW);
  });
});
