import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { findSession, parseAwsConfig } from "../../src/aws/config.ts";
import { parseConfigDocument } from "../../src/aws/config-document.ts";
import {
  type SessionEdit,
  setSsoRegion,
  upsertSession,
  writeConfig,
} from "../../src/aws/config-edit.ts";
import { Interrupted } from "../../src/errors.ts";
import { withLock } from "../../src/system/files/lock.ts";
import { asOrdinaryUser } from "../helpers/ordinary-user.ts";

const ACME: SessionEdit = {
  name: "acme",
  startUrl: "https://d-1234567890.awsapps.com/start#/",
  region: "eu-west-1",
};

describe("upsertSession", () => {
  const upsert = (text: string, session: SessionEdit) =>
    upsertSession(parseConfigDocument(text), session).text;

  test("writes a new section with the scope of the access portal", () => {
    expect(upsert("", ACME)).toBe(
      "[sso-session acme]\nsso_start_url = https://d-1234567890.awsapps.com/start#/\n" +
        "sso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n",
    );
  });

  test("amends a section and leaves its scopes and other keys", () => {
    const before =
      "# mine\n[sso-session acme]\nssox_store = keychain\nsso_region = us-east-1\nsso_registration_scopes = a, b\n";
    expect(upsert(before, ACME)).toBe(
      "# mine\n[sso-session acme]\nssox_store = keychain\nsso_region = eu-west-1\n" +
        "sso_registration_scopes = a, b\nsso_start_url = https://d-1234567890.awsapps.com/start#/\n",
    );
  });

  test("writes the scopes that are given", () => {
    expect(upsert("", { ...ACME, scopes: ["a", "b:c"] })).toContain("= a,b:c\n");
  });

  test("further keys are written, and taken out where they are empty", () => {
    const before = "[sso-session acme]\nssox_exclude = a:b\nssox_store = file\n";
    const more = [
      ["ssox_exclude", ""],
      ["ssox_include", "c:d"],
    ] as const;
    expect(upsert(before, { ...ACME, more })).toBe(
      "[sso-session acme]\nssox_store = file\nsso_start_url = https://d-1234567890.awsapps.com/start#/\n" +
        "sso_region = eu-west-1\nssox_include = c:d\n",
    );
    expect(upsert("", { ...ACME, more })).not.toContain("ssox_exclude");
  });

  test("a profile that repeats what the session had gets its new values", () => {
    const profile = "[profile a]\nsso_session = acme\nsso_region = us-east-1\n";
    const others =
      "[profile b]\nsso_session = acme\nsso_region = us-east-2\n[profile c]\nsso_region = us-east-1\n";
    const session = "[sso-session acme]\nsso_region = us-east-1\n";
    expect(upsert(session + profile + others, ACME)).toBe(
      "[sso-session acme]\nsso_region = eu-west-1\nsso_start_url = https://d-1234567890.awsapps.com/start#/\n" +
        profile.replace("us-east-1", "eu-west-1") +
        others,
    );
  });

  test("a profile of the same name is another section", () => {
    expect(upsert("[profile acme]\n", ACME)).toMatch(/^\[profile acme\]\n\n\[sso-session acme\]\n/);
  });

  test("refuses a name or URL that would write more than itself", () => {
    for (const session of [
      { ...ACME, name: "a]\ncredential_process = evil\n[b" },
      { ...ACME, startUrl: "https://x\ncredential_process = evil" },
    ]) {
      expect(() => upsert("", session)).toThrow(expect.objectContaining({ code: "Usage" }));
    }
  });
});

describe("setSsoRegion", () => {
  const set = (text: string, name: string) => {
    const session = { ...findSession(parseAwsConfig("config", text), name), region: "eu-west-1" };
    return setSsoRegion(parseConfigDocument(text), session);
  };
  const regional = "https://sso.example.com/";

  test("changes that one line of the section", () => {
    const before = `# mine\r\n[sso-session acme]\r\n  sso_region=us-east-1\r\n  sso_start_url=${regional}\r\n[profile x]\r\nregion=us-east-1\r\n`;
    const after = before.replace("sso_region=us-east-1", "sso_region = eu-west-1");
    expect(set(before, "acme")).toBe(after);
    expect(set(after, "acme")).toBe(after);
  });

  test("profiles that repeat the key go with it: botocore rejects two values", () => {
    const before = `[sso-session acme]
sso_start_url = ${regional}
sso_region = us-east-1
[profile repeats]
sso_session = acme
sso_region = us-east-1
[profile says-nothing]
sso_session = acme
[profile of-another]
sso_session = beta
sso_region = us-east-1
`;
    const after = set(before, "acme");
    expect(after.match(/sso_region = \S+/g)).toEqual([
      "sso_region = eu-west-1",
      "sso_region = eu-west-1",
      "sso_region = us-east-1",
    ]);
    expect(after.length).toBe(before.length);
  });

  test("an old-form session: every profile of its start URL, byte for byte the same", () => {
    const profile = (name: string, startUrl: string) =>
      `[profile ${name}]\nsso_start_url = ${startUrl}\nsso_region = us-east-1\n`;
    const before = profile("a", regional) + profile("b", regional) + profile("c", `${regional}#/`);
    expect(set(before, regional).match(/sso_region = \S+/g)).toEqual([
      "sso_region = eu-west-1",
      "sso_region = eu-west-1",
      "sso_region = us-east-1",
    ]);
  });

  test("a session that was given another start URL meanwhile is left alone", () => {
    const before = `[sso-session acme]\nsso_start_url = ${regional}\nsso_region = us-east-1\n`;
    const session = findSession(parseAwsConfig("config", before), "acme");
    const now = before.replace("sso.example.com", "sso.example.org");
    expect(setSsoRegion(parseConfigDocument(now), { ...session, region: "eu-west-1" })).toBe(now);
    expect(setSsoRegion(parseConfigDocument(""), { ...session, region: "eu-west-1" })).toBe("");
  });
});

describe("writeConfig", () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "ssox-write-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    file = path.join(folder, "config");
  });

  test("makes the file and its folder, for the user alone", async () => {
    const nested = path.join(folder, ".aws", "config");
    expect(await writeConfig(nested, "", "[x]\n")).toBe("written");
    expect(readFileSync(nested, "utf8")).toBe("[x]\n");
    expect(statSync(nested).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(nested)).mode & 0o777).toBe(0o700);
  });

  test("keeps the mode and the link, and leaves nothing beside", async () => {
    writeFileSync(file, "old");
    chmodSync(file, 0o644);
    const link = path.join(folder, "link");
    symlinkSync("config", link);
    expect(await writeConfig(link, "old", "new")).toBe("written");
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(file, "utf8")).toBe("new");
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(readdirSync(folder).sort()).toEqual(["config", "link"]);
  });

  test("a link that leads nowhere gets its target, and stays a link", async () => {
    const link = path.join(folder, "link");
    symlinkSync(path.join("dotfiles", "aws", "config"), link);
    expect(await writeConfig(link, "", "[x]\n")).toBe("written");
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    const target = path.join(folder, "dotfiles", "aws");
    expect(readFileSync(path.join(target, "config"), "utf8")).toBe("[x]\n");
    expect(statSync(path.join(target, "config")).mode & 0o777).toBe(0o600);
    expect(readdirSync(target)).toEqual(["config"]);
  });

  test("a folder that may not be written: an error, and nothing is changed", async () => {
    const closed = path.join(folder, "closed");
    mkdirSync(closed);
    const there = path.join(closed, "config");
    writeFileSync(there, "old");
    await asOrdinaryUser(folder, async () => {
      chmodSync(closed, 0o500);
      let prepared = 0;
      const prepare = () => {
        prepared += 1;
        return () => {
          prepared -= 1;
        };
      };
      await expect(writeConfig(there, "old", "new", { prepare })).rejects.toMatchObject({
        code: "WriteFailed",
      });
      expect(prepared).toBe(0);
      chmodSync(closed, 0o700);
    });
    expect(readFileSync(there, "utf8")).toBe("old");
    expect(readdirSync(closed)).toEqual(["config"]);
  });

  test("a file that may not be written is refused, in a folder that may: a rename does not care", async () => {
    writeFileSync(file, "old");
    chmodSync(file, 0o444);
    const link = path.join(folder, "link");
    symlinkSync("config", link);
    await asOrdinaryUser(folder, async () => {
      const prepare = () => expect.fail("nothing is prepared");
      await expect(writeConfig(link, "old", "new", { prepare })).rejects.toMatchObject({
        code: "WriteFailed",
        message: `Cannot write ${file}: permission denied.`,
      });
      expect(await writeConfig(link, "old", "old")).toBe("unchanged");
    });
    expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual(["old", 0o444]);
    expect(readdirSync(folder).sort()).toEqual(["config", "link"]);
  });

  test.skipIf(process.geteuid?.() !== 0).each([
    ["that only root may write", 0o644, 0, 0, "permission denied"],
    ["that everybody may write", 0o666, 0, 0, "its owner and group could not be kept"],
    ["of one's own, with a group that one is not in", 0o660, 65_534, 34, "its owner and group"],
  ])("a file %s is refused, and keeps owner and mode (as root)", async (_, mode, uid, gid, why) => {
    writeFileSync(file, "old");
    await asOrdinaryUser(folder, async () => {
      process.seteuid?.(0);
      chownSync(file, uid, gid);
      chmodSync(file, mode);
      process.seteuid?.(65_534);
      await expect(writeConfig(file, "old", "new")).rejects.toThrow(why);
    });
    expect(readFileSync(file, "utf8")).toBe("old");
    expect(statSync(file)).toMatchObject({ uid, gid });
    expect(statSync(file).mode & 0o777).toBe(mode);
    expect(readdirSync(folder)).toEqual(["config"]);
  });

  test("what was prepared is taken back when the file changed meanwhile", async () => {
    writeFileSync(file, "old");
    let kept = false;
    const prepare = () => {
      kept = true;
      // Another program is faster than the rename.
      writeFileSync(file, "another program's");
      return () => {
        kept = false;
      };
    };
    expect(await writeConfig(file, "old", "new", { prepare })).toBe("changed");
    expect(kept).toBe(false);
    expect(readFileSync(file, "utf8")).toBe("another program's");
    expect(readdirSync(folder)).toEqual(["config"]);
  });

  test("29 · does not touch a file when nothing is new", async () => {
    writeFileSync(file, "same");
    const before = statSync(file, { bigint: true });
    expect(await writeConfig(file, "same", "same")).toBe("unchanged");
    const after = statSync(file, { bigint: true });
    expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
  });

  test("writes nothing when the file holds another text than was read", async () => {
    writeFileSync(file, "another program's");
    expect(await writeConfig(file, "mine", "new")).toBe("changed");
    expect(readFileSync(file, "utf8")).toBe("another program's");
    expect(await writeConfig(path.join(folder, "gone"), "mine", "new")).toBe("changed");
  });

  test("of writers at the same time, through a link or not, none undoes another", async () => {
    writeFileSync(file, "");
    const link = path.join(folder, "link");
    symlinkSync(file, link);
    await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const place = index % 2 === 0 ? file : link;
        for (;;) {
          const read = readFileSync(place, "utf8");
          if ((await writeConfig(place, read, `${read}${index}\n`)) === "written") return;
        }
      }),
    );
    const lines = readFileSync(file, "utf8").trim().split("\n").map(Number);
    expect(lines.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i));
  });

  test("waits for the lock, and the wait ends with the signal", async () => {
    writeFileSync(file, "old");
    const controller = new AbortController();
    const link = path.join(folder, "link");
    symlinkSync(file, link);
    // One lock for one file, whichever name it is called by.
    await withLock(`${file}.lock`, {}, async () => {
      const writing = writeConfig(link, "old", "new", { signal: controller.signal });
      controller.abort(new Interrupted("SIGINT"));
      await expect(writing).rejects.toBeInstanceOf(Interrupted);
    });
    expect(readFileSync(file, "utf8")).toBe("old");
  });
});
