import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { reserveFile, writeFileAtomically } from "../../../src/system/files/atomic-write.ts";
import { fingerprintOf, readWithFingerprint } from "../../../src/system/files/fingerprint.ts";
import { requireOrSkip } from "../../helpers/witness.ts";
import { bundledPrograms, ordinaryUser, run, temporaryFolder } from "./programs.ts";

const program = bundledPrograms({
  // Writes whole contents, one after the other, until it is killed.
  rewrite: `
    import { writeFileAtomically } from "src/system/files/atomic-write.ts";
    const [file] = process.argv.slice(2);
    for (let round = 0; ; round += 1) {
      writeFileAtomically(file, String(round % 10).repeat(200_000));
      if (round === 0) console.log("writing");
    }`,
  write: `
    import { reserveFile, writeFileAtomically } from "src/system/files/atomic-write.ts";
    const [how, file, bytes] = process.argv.slice(2);
    try {
      if (how === "reserve") reserveFile(file, Number(bytes)).discard();
      else writeFileAtomically(file, "x".repeat(Number(bytes)));
      console.log("written");
    } catch (error) {
      console.log(error.code + " " + error.message);
    }`,
});

function shell(command: string, file: string): void {
  execFileSync("/bin/sh", ["-c", command, file], { stdio: "ignore" });
}

function mode(file: string): number {
  return statSync(file).mode & 0o7777;
}

describe("writing", () => {
  test("a new file is 0600, its new folders 0700, whatever the umask", () => {
    const file = path.join(temporaryFolder(), "one", "two", "file");
    const before = process.umask(0o000);
    onTestFinished(() => void process.umask(before));
    writeFileAtomically(file, "text ü");
    expect(readFileSync(file, "utf8")).toBe("text ü");
    expect([file, path.dirname(file), path.dirname(path.dirname(file))].map(mode)).toEqual([
      0o600, 0o700, 0o700,
    ]);
    expect(readdirSync(path.dirname(file))).toEqual(["file"]);
  });

  test("an existing file keeps its mode, unless another one is wanted", () => {
    const file = path.join(temporaryFolder(), "file");
    writeFileSync(file, "old");
    chmodSync(file, 0o640);
    writeFileAtomically(file, "new");
    expect(mode(file)).toBe(0o640);
    writeFileAtomically(file, "newer", { mode: 0o600 });
    expect([mode(file), readFileSync(file, "utf8")]).toEqual([0o600, "newer"]);
  });

  test.skipIf(process.getuid?.() !== 0)("an existing file keeps its owner (as root)", () => {
    const file = path.join(temporaryFolder(), "file");
    writeFileSync(file, "old");
    chownSync(file, 12, 34);
    writeFileAtomically(file, "new");
    const { uid, gid } = statSync(file);
    expect({ uid, gid }).toEqual({ uid: 12, gid: 34 });
  });

  test.skipIf(process.getuid?.() !== 0)("also where the folder gives its group (as root)", () => {
    const folder = temporaryFolder();
    const file = path.join(folder, "file");
    writeFileSync(file, "old");
    chownSync(folder, 0, 34);
    chmodSync(folder, 0o2700);
    writeFileAtomically(file, "new");
    expect(statSync(file).gid).toBe(process.getegid?.());
  });

  test("another user's file, in a folder of one's own, becomes one's own", async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, "file");
    writeFileSync(file, "old");
    if (ordinaryUser !== undefined) chownSync(folder, ordinaryUser, ordinaryUser);
    const options = ordinaryUser === undefined ? {} : { uid: ordinaryUser };
    const { end, output } = run([process.execPath, program("write"), "write", file, "3"], options);
    await end;
    expect([output(), readFileSync(file, "utf8")]).toEqual(["written\n", "xxx"]);
    expect(statSync(file).uid).toBe(ordinaryUser ?? process.getuid?.());
  });

  test("a link stays, its target is written", () => {
    const folder = temporaryFolder();
    const [link, other, target] = ["link", "other", "target"].map((name) =>
      path.join(folder, name),
    );
    writeFileSync(`${target}`, "old");
    symlinkSync("other", `${link}`);
    symlinkSync(`${target}`, `${other}`);
    writeFileAtomically(`${link}`, "new");
    expect(readlinkSync(`${link}`)).toBe("other");
    expect(lstatSync(`${other}`).isSymbolicLink()).toBe(true);
    expect(readFileSync(`${target}`, "utf8")).toBe("new");
  });

  test("a link counts from the folder where it really lies", () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, "dotfiles", "aws"), { recursive: true });
    mkdirSync(path.join(folder, "home"));
    const secret = path.join(folder, "dotfiles", "config");
    writeFileSync(secret, "old");
    symlinkSync("../config", path.join(folder, "dotfiles", "aws", "config"));
    symlinkSync("../dotfiles/aws", path.join(folder, "home", ".aws"));
    writeFileAtomically(path.join(folder, "home", ".aws", "config"), "new");
    expect(readFileSync(secret, "utf8")).toBe("new");
    expect(readdirSync(path.join(folder, "home"))).toEqual([".aws"]);
  });

  test("a link to nowhere gets its target", () => {
    const folder = temporaryFolder();
    const link = path.join(folder, "link");
    symlinkSync("new/target", link);
    writeFileAtomically(link, "new");
    expect(readlinkSync(link)).toBe("new/target");
    expect(readFileSync(path.join(folder, "new", "target"), "utf8")).toBe("new");
  });

  test("links in a circle: WriteFailed", () => {
    const folder = temporaryFolder();
    symlinkSync("b", path.join(folder, "a"));
    symlinkSync("a", path.join(folder, "b"));
    const file = path.join(folder, "a");
    expect(() => writeFileAtomically(file, "new")).toThrow(
      expect.objectContaining({
        code: "WriteFailed",
        message: `Cannot write ${file}: too many symbolic links.`,
        hint: `ls -ld ${file}`,
      }),
    );
  });

  test("what is no regular file stays: a folder, a pipe, a part of the path that is a file", () => {
    const folder = temporaryFolder();
    const at = (name: string) => path.join(folder, name);
    mkdirSync(at("folder"));
    shell('mkfifo "$0"', at("pipe"));
    writeFileSync(at("file"), "old");
    const messages = [
      ["folder", "a folder is in its place"],
      ["pipe", "it is no regular file"],
      ["file/below", "a file is in the place of a folder"],
    ] as const;
    for (const [name, message] of messages) {
      expect(() => writeFileAtomically(at(name), "new"), name).toThrow(
        expect.objectContaining({
          code: "WriteFailed",
          message: `Cannot write ${at(name)}: ${message}.`,
        }),
      );
    }
    expect(lstatSync(at("pipe")).isFIFO()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(["file", "folder", "pipe"]);
  });

  test("38 · a process killed at any moment leaves the old content or the new one", async () => {
    const file = path.join(temporaryFolder(), "file");
    for (let round = 0; round < 30; round += 1) {
      const { child, end, output } = run([process.execPath, program("rewrite"), file]);
      await expect.poll(output, { timeout: 20_000, interval: 1 }).toBe("writing\n");
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
      child.kill("SIGKILL");
      await end;
      const content = readFileSync(file, "utf8");
      expect(content.length).toBe(200_000);
      expect(new Set(content).size).toBe(1);
    }
  });

  test("a reader never sees a part", async () => {
    const file = path.join(temporaryFolder(), "file");
    const { output, child } = run([process.execPath, program("rewrite"), file]);
    await expect.poll(output, { timeout: 20_000, interval: 1 }).toBe("writing\n");
    for (let round = 0; round < 1_000; round += 1) {
      expect(readFileSync(file, "utf8").length).toBe(200_000);
    }
    child.kill("SIGKILL");
  });
});

describe("reserving", () => {
  test("commit leaves the text alone, and gives the file's fingerprint", () => {
    const file = path.join(temporaryFolder(), "file");
    const place = reserveFile(file, 1_000);
    expect(existsSync(file)).toBe(false);
    const fingerprint = place.commit("short");
    expect(readFileSync(file, "utf8")).toBe("short");
    expect(fingerprint).toBe(fingerprintOf(file));
    expect(readWithFingerprint(file)).toEqual({ text: "short", fingerprint });
    place.discard();
    expect(readdirSync(path.dirname(file))).toEqual(["file"]);
  });

  test("a text longer than the place is whole, too", () => {
    const file = path.join(temporaryFolder(), "file");
    reserveFile(file, 10).commit("é".repeat(1_000));
    expect(readFileSync(file, "utf8")).toBe("é".repeat(1_000));
  });

  test("discard leaves nothing, and the old file as it was", () => {
    const file = path.join(temporaryFolder(), "file");
    writeFileSync(file, "old");
    const place = reserveFile(file, 1_000);
    expect(readdirSync(path.dirname(file))).toHaveLength(2);
    place.discard();
    place.discard();
    expect(readdirSync(path.dirname(file))).toEqual(["file"]);
    expect(() => place.commit("new")).toThrow("committed or discarded before");
    expect(readFileSync(file, "utf8")).toBe("old");
  });

  test("every write changes the fingerprint, also one of the same size in place", () => {
    const file = path.join(temporaryFolder(), "file");
    writeFileAtomically(file, "one");
    const first = fingerprintOf(file);
    writeFileAtomically(file, "two");
    const second = fingerprintOf(file);
    expect(second).not.toBe(first);
    writeFileSync(file, "six");
    utimesSync(file, 1, 1);
    expect(fingerprintOf(file)).not.toBe(second);
    expect(fingerprintOf(`${file}.missing`)).toBe(undefined);
  });
});

describe("abandoned temporary files", () => {
  const abandoned = ".file.0123456789ab.tmp";

  function old(folder: string, ...names: string[]): void {
    for (const name of names) {
      writeFileSync(path.join(folder, name), "");
      utimesSync(path.join(folder, name), 1, 1);
    }
  }

  test("of this file go after a minute; young ones and other files stay", () => {
    const folder = temporaryFolder();
    const kept = [".file.tmp", ".file.0123456789ab.tmp.mine", ".other.0123456789ab.tmp"];
    old(folder, abandoned, ...kept);
    writeFileSync(path.join(folder, ".file.ffffffffffff.tmp"), "");
    writeFileAtomically(path.join(folder, "file"), "new");
    expect(readdirSync(folder).sort()).toEqual([...kept, ".file.ffffffffffff.tmp", "file"].sort());
  });

  test("one that cannot be removed stops nobody", () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, abandoned));
    utimesSync(path.join(folder, abandoned), 1, 1);
    writeFileAtomically(path.join(folder, "file"), "new");
    expect(readFileSync(path.join(folder, "file"), "utf8")).toBe("new");
  });

  test("a folder that may not be listed is written all the same", async () => {
    const folder = temporaryFolder();
    if (ordinaryUser !== undefined) chownSync(folder, ordinaryUser, ordinaryUser);
    chmodSync(folder, 0o300);
    onTestFinished(() => chmodSync(folder, 0o700));
    const command = [process.execPath, program("write"), "write", path.join(folder, "file"), "3"];
    const { end, output } = run(command, ordinaryUser === undefined ? {} : { uid: ordinaryUser });
    await end;
    expect(output()).toBe("written\n");
  });
});

describe("a disk that is full", () => {
  test.each(["reserve", "write"])(
    "%s: WriteFailed, the old file stays, nothing is left",
    async (how) => {
      const file = path.join(temporaryFolder(), "file");
      writeFileSync(file, "old");
      // The shell's limit counts blocks of 512 or 1024 bytes: between the two sizes in either case.
      const limited = `ulimit -f 100 && exec "$0" "$@"`;
      const command = ["/bin/sh", "-c", limited, process.execPath, program("write"), how, file];
      const { end, output } = run([...command, "200000"]);
      await end;
      expect(output()).toBe(`WriteFailed Cannot write ${file}: the file size limit is reached.\n`);
      expect(readFileSync(file, "utf8")).toBe("old");
      expect(readdirSync(path.dirname(file))).toEqual(["file"]);
      const { end: fits, output: said } = run([...command, "20000"]);
      await fits;
      expect(said()).toBe("written\n");
    },
  );

  test("the same on a small file system", (context) => {
    const folder = temporaryFolder();
    requireOrSkip(mounted(folder), "the right to mount a tmpfs", context);
    onTestFinished(() => void shell('umount -l "$0"', folder));
    const file = path.join(folder, "file");
    writeFileAtomically(file, "old");
    for (const write of [
      () => reserveFile(file, 100_000),
      () => writeFileAtomically(file, "x".repeat(100_000)),
    ]) {
      expect(write).toThrow(
        expect.objectContaining({
          code: "WriteFailed",
          message: `Cannot write ${file}: no space is left on the disk.`,
          hint: "free some space and run the command again; nothing was changed",
        }),
      );
      expect(readdirSync(folder)).toEqual(["file"]);
      expect(readFileSync(file, "utf8")).toBe("old");
    }
  });

  function mounted(folder: string): true | undefined {
    try {
      shell('mount -t tmpfs -o size=64k tmpfs "$0"', folder);
      return true;
    } catch {
      return undefined;
    }
  }
});
