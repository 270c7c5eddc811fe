import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { describe, expect, onTestFinished, test } from "vitest";
import { withLock } from "../../../src/system/files/lock.ts";
import { holds } from "../../../src/system/files/lock-file.ts";
import { thisProcess } from "../../../src/system/files/process-identity.ts";
import {
  bundledPrograms,
  ordinaryUser,
  type Running,
  run,
  temporaryFolder,
  until,
} from "./programs.ts";

const program = bundledPrograms({
  // Adds one to the number in a file, with time to go wrong between reading and writing.
  count: `
    import { readFileSync, writeFileSync } from "node:fs";
    import { setTimeout as delay } from "node:timers/promises";
    import { withLock } from "src/system/files/lock.ts";
    const [lock, counter] = process.argv.slice(2);
    await withLock(lock, {}, async () => {
      const count = Number(readFileSync(counter, "utf8"));
      await delay(2);
      writeFileSync(counter, String(count + 1));
    });`,
  // Holds the lock until a line comes, says before and after whether it is its own.
  hold: `
    import { once } from "node:events";
    import { withLock } from "src/system/files/lock.ts";
    const [lock] = process.argv.slice(2);
    setInterval(() => {}, 1000);
    await withLock(lock, {}, async ({ isOwn }) => {
      console.log("held " + isOwn());
      await once(process.stdin, "data");
      console.log("still " + isOwn());
    });
    console.log("released");
    process.exit();`,
  // Removes the lock of one dead holder, again and again.
  remove: `
    import { removeIf } from "src/system/files/lock-file.ts";
    const [lock, id] = process.argv.slice(2);
    console.log("removing");
    for (;;) removeIf(lock, id);`,
  // Takes the lock once and says what came of it.
  take: `
    import { withLock } from "src/system/files/lock.ts";
    const [lock] = process.argv.slice(2);
    try {
      await withLock(lock, { giveUpAfter: 3000 }, async () => console.log("taken"));
    } catch (error) {
      console.log(error.code + " " + error.message);
    }`,
});

function newLock(): string {
  return path.join(temporaryFolder(), "token.lock");
}

async function holder(lock: string): Promise<Running> {
  const running = run([process.execPath, program("hold"), lock]);
  await until(() => running.output().includes("held true"), "the lock is held");
  return running;
}

/** Milliseconds until the lock could be had; at most a minute. */
async function waitFor(lock: string): Promise<number> {
  const started = performance.now();
  await withLock(lock, { giveUpAfter: 60_000 }, async () => {});
  return performance.now() - started;
}

/** A lock file of a process that is not this one, untouched for so many seconds. */
function writeLock(lock: string, content: object | string, age = 0): void {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  writeFileSync(lock, text);
  setAge(lock, age);
}

function setAge(file: string, seconds: number): void {
  const time = new Date(Date.now() - seconds * 1000);
  utimesSync(file, time, time);
}

const OTHER_ID = "0".repeat(24);

function namesIn(lock: string): string[] {
  return readdirSync(path.dirname(lock));
}

describe("one at a time", () => {
  test("thirty processes count to thirty", async () => {
    const lock = newLock();
    const counter = path.join(path.dirname(lock), "counter");
    writeFileSync(counter, "0");
    const all = Array.from({ length: 30 }, () =>
      run([process.execPath, program("count"), lock, counter]),
    );
    for (const { end, output } of all)
      expect([await end, output()]).toEqual([{ code: 0, signal: null }, ""]);
    expect(readFileSync(counter, "utf8")).toBe("30");
    expect(namesIn(lock)).toEqual(["counter"]);
  });

  test("two bodies of one process do not overlap", async () => {
    const lock = newLock();
    let inside = 0;
    let most = 0;
    const body = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside -= 1;
    };
    await Promise.all([1, 2, 3, 4].map(() => withLock(lock, {}, body)));
    expect(most).toBe(1);
  });

  test("the file names its holder, is private, and goes when the body throws", async () => {
    const lock = path.join(temporaryFolder(), "new", "folder", "token.lock");
    const failed = withLock(lock, {}, async ({ isOwn }) => {
      expect(isOwn()).toBe(true);
      expect(JSON.parse(readFileSync(lock, "utf8"))).toMatchObject(thisProcess());
      expect(statSync(lock).mode & 0o777).toBe(0o600);
      expect(statSync(path.dirname(lock)).mode & 0o777).toBe(0o700);
      expect(namesIn(lock)).toEqual(["token.lock"]);
      throw new Error("the body's own");
    });
    await expect(failed).rejects.toThrow("the body's own");
    expect(namesIn(lock)).toEqual([]);
  });

  test("gives what the body gives", async () => {
    expect(await withLock(newLock(), {}, async () => "answer")).toBe("answer");
  });
});

describe("taking over", () => {
  test("at once, when the holder was killed", async () => {
    const lock = newLock();
    const { child, end } = await holder(lock);
    child.kill("SIGKILL");
    await end;
    expect(existsSync(lock)).toBe(true);
    expect(await waitFor(lock)).toBeLessThan(2_500);
  });

  test("at once, while the holder is a zombie", async () => {
    const lock = newLock();
    // A shell that becomes `sleep` never asks how its child ended.
    const command = `"$0" "$1" "$2" & exec sleep 60`;
    const parent = run(["/bin/sh", "-c", command, process.execPath, program("hold"), lock]);
    await until(() => existsSync(lock), "the lock is held");
    const { pid } = JSON.parse(readFileSync(lock, "utf8")) as { pid: number };
    process.kill(pid, "SIGKILL");
    await until(() => readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z "), "a zombie");
    expect(await waitFor(lock)).toBeLessThan(2_500);
    expect(parent.child.exitCode).toBe(null);
  });

  test("at once, when the holder's pid belongs to another process now", async () => {
    const lock = newLock();
    writeLock(lock, { id: OTHER_ID, ...thisProcess(), startTime: "1" });
    expect(await waitFor(lock)).toBeLessThan(2_500);
  });

  test.concurrent.each([
    ["of another pid namespace", { namespace: "pid:[1]" }],
    ["of another boot", { bootId: "00000000-0000-0000-0000-000000000000" }],
  ])("not before five seconds of watching, when the untouched lock is %s", async (_, other) => {
    const folder = mkdtempSync(path.join(tmpdir(), "ssox-test-"));
    const lock = path.join(folder, "token.lock");
    // The process of that pid is gone, or so it looks from here.
    writeLock(lock, { id: OTHER_ID, ...thisProcess(), startTime: "1", ...other }, 20);
    const waited = await waitFor(lock);
    rmSync(folder, { recursive: true });
    expect(waited).toBeGreaterThan(4_900);
    expect(waited).toBeLessThan(12_000);
  });

  test.concurrent.each(["", "{", "null", '{"id":"x"}'])(
    "of a damaged file, only when it is old: %j",
    async (content) => {
      const folder = mkdtempSync(path.join(tmpdir(), "ssox-test-"));
      const lock = path.join(folder, "token.lock");
      writeLock(lock, content, 20);
      const waited = await waitFor(lock);
      rmSync(folder, { recursive: true });
      expect(waited).toBeGreaterThan(4_900);
      expect(waited).toBeLessThan(12_000);
    },
  );

  test.concurrent("not before fifteen seconds, when its time says nothing", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "ssox-test-"));
    const lock = path.join(folder, "token.lock");
    writeLock(lock, { id: OTHER_ID, ...thisProcess(), namespace: "pid:[1]" }, -3600);
    const waited = await waitFor(lock);
    rmSync(folder, { recursive: true });
    expect(waited).toBeGreaterThan(14_900);
    expect(waited).toBeLessThan(25_000);
  });

  test.concurrent("never, while its holder touches it", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "ssox-test-"));
    const lock = path.join(folder, "token.lock");
    writeLock(lock, { id: OTHER_ID, ...thisProcess(), namespace: "pid:[1]" }, 20);
    const touching = setInterval(() => setAge(lock, 20), 1_000);
    const waiting = withLock(lock, { giveUpAfter: 8_000 }, async () => "taken");
    await expect(waiting).rejects.toMatchObject({ code: "FileLocked" });
    clearInterval(touching);
    rmSync(folder, { recursive: true });
  });

  test("a holder touches its lock", async () => {
    const lock = newLock();
    await withLock(lock, {}, async () => {
      setAge(lock, 60);
      await until(() => Date.now() - statSync(lock).mtimeMs < 30_000, "the lock is touched");
    });
  });

  test("a holder that was stopped sees it, and leaves the other's lock alone", async () => {
    const lock = newLock();
    const stopped = await holder(lock);
    stopped.child.kill("SIGSTOP");
    setAge(lock, 20);
    await withLock(lock, { giveUpAfter: 30_000 }, async ({ isOwn }) => {
      stopped.child.kill("SIGCONT");
      stopped.child.stdin?.write("\n");
      await stopped.end;
      expect(stopped.output()).toBe("held true\nstill false\nreleased\n");
      expect(isOwn()).toBe(true);
    });
    expect(namesIn(lock)).toEqual([]);
  });

  test("a live lock that was moved aside in place of a dead one is put back", async () => {
    const lock = newLock();
    const fresh = `${lock}.fresh`;
    const removers = [1, 2].map(() => run([process.execPath, program("remove"), lock, OTHER_ID]));
    for (const { output } of removers) await until(() => output() !== "", "it removes");
    for (let round = 0; round < 1_000; round += 1) {
      writeLock(fresh, { id: OTHER_ID, ...thisProcess() });
      renameSync(fresh, lock);
      const live = { id: randomBytes(12).toString("hex"), ...thisProcess() };
      writeLock(fresh, live);
      renameSync(fresh, lock);
      await until(() => holds(lock, live.id), `the live lock of round ${round}`);
    }
    for (const { child } of removers) child.kill("SIGKILL");
  });
});

describe("waiting", () => {
  test("gives up after its time, and says who holds the lock", async () => {
    const lock = newLock();
    const { pid } = await holder(lock);
    await expect(withLock(lock, { giveUpAfter: 1_000 }, async () => {})).rejects.toMatchObject({
      code: "FileLocked",
      message: `${lock} has been held by process ${pid} for over 1 seconds.`,
      hint: `ps -fp ${pid}`,
    });
    expect(namesIn(lock)).toEqual(["token.lock"]);
  });

  test("tells the user once, after three seconds", async () => {
    const lock = newLock();
    await holder(lock);
    const told: number[] = [];
    const started = performance.now();
    const onWait = () => told.push(performance.now() - started);
    await expect(withLock(lock, { giveUpAfter: 4_500, onWait }, async () => {})).rejects.toThrow();
    expect(told).toHaveLength(1);
    expect(told[0]).toBeGreaterThan(2_900);
  });

  test("ends with the signal, for its reason", async () => {
    const lock = newLock();
    await holder(lock);
    const controller = new AbortController();
    const reason = new Error("enough");
    const waiting = withLock(lock, { signal: controller.signal }, async () => "body");
    setTimeout(() => controller.abort(reason), 100);
    await expect(waiting).rejects.toBe(reason);
    await expect(
      withLock(newLock(), { signal: controller.signal }, async () => "body"),
    ).rejects.toBe(reason);
    expect(namesIn(lock)).toEqual(["token.lock"]);
  });

  test("ends without the lock when the answer came up", async () => {
    const lock = newLock();
    const running = await holder(lock);
    let asked = 0;
    const settled = () => {
      asked += 1;
      return "the holder's work";
    };
    const waiting = withLock(lock, { settled }, async () => "body");
    await new Promise((resolve) => setTimeout(resolve, 300));
    // It is looked for when the lock moves, and not before.
    expect(asked).toBe(0);
    running.child.stdin?.write("\n");
    expect(await waiting).toBe("the holder's work");
    expect(asked).toBe(1);
    expect(namesIn(lock)).toEqual([]);
  });

  test("the answer is looked for after a killed holder, too", async () => {
    const lock = newLock();
    const { child } = await holder(lock);
    const waiting = withLock(lock, { settled: () => "written before it died" }, async () => "body");
    child.kill("SIGKILL");
    expect(await waiting).toBe("written before it died");
  });

  test("without an answer the body runs", async () => {
    const lock = newLock();
    const running = await holder(lock);
    const waiting = withLock(lock, { settled: () => undefined }, async () => "body");
    running.child.stdin?.write("\n");
    expect(await waiting).toBe("body");
  });
});

describe("what lies about", () => {
  test("leftovers of killed processes go, young ones and other files stay", async () => {
    const lock = newLock();
    const folder = path.dirname(lock);
    const hex = (bytes: number) => randomBytes(bytes).toString("hex");
    const old = [`token.lock.${hex(12)}`, `token.lock.${hex(6)}.old`];
    const kept = [`token.lock.${hex(12)}`, "token.lock.mine", `other.lock.${hex(12)}`];
    for (const name of [...old, ...kept]) writeFileSync(path.join(folder, name), "");
    for (const name of [...old, ...kept.slice(1)]) setAge(path.join(folder, name), 90);
    await withLock(lock, {}, async () => {});
    expect(namesIn(lock)).toEqual(kept.sort());
  });

  test("a lock that became another's between body and release stays", async () => {
    const lock = newLock();
    await withLock(lock, {}, async ({ isOwn }) => {
      unlinkSync(lock);
      writeLock(lock, { id: OTHER_ID, ...thisProcess() });
      expect(isOwn()).toBe(false);
    });
    expect(JSON.parse(readFileSync(lock, "utf8"))).toMatchObject({ id: OTHER_ID });
  });

  test("a folder that went away under the body takes nothing from its result", async () => {
    const lock = path.join(temporaryFolder(), "cache", "token.lock");
    const folder = path.dirname(lock);
    const result = await withLock(lock, {}, async ({ isOwn }) => {
      renameSync(folder, `${folder}.away`);
      writeFileSync(folder, "a file in its place");
      // Long enough for a touch, which must not end the process.
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      return `done, own: ${isOwn()}`;
    });
    expect(result).toBe("done, own: false");
  });

  test("a lock that is a link to nowhere is waited for, not spun on", async () => {
    const lock = newLock();
    symlinkSync("nowhere", lock);
    const waiting = withLock(lock, { giveUpAfter: 500 }, async () => {});
    await expect(waiting).rejects.toMatchObject({ code: "FileLocked", hint: `ls -l ${lock}` });
  });
});

describe("where no lock can be", () => {
  test("a part of the path is a file, or the lock a folder: WriteFailed", async () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, "file"), "");
    mkdirSync(path.join(folder, "folder.lock"));
    for (const name of ["file/token.lock", "folder.lock"]) {
      const lock = path.join(folder, name);
      const failed = withLock(lock, {}, async () => {});
      await expect(failed, name).rejects.toMatchObject({ code: "WriteFailed" });
    }
  });

  test("the hint names what is there, not what could not be made", async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, "file");
    writeFileSync(file, "");
    const lock = path.join(file, "folder", "token.lock");
    await expect(withLock(lock, {}, async () => {})).rejects.toHaveProperty(
      "hint",
      `mv ${file} ${file}.old`,
    );
  });

  /** A folder of the user who runs the program, with that mode. */
  function folderOf(user: number | undefined, mode: number): string {
    const folder = temporaryFolder();
    if (user !== undefined) chownSync(folder, user, user);
    chmodSync(folder, mode);
    onTestFinished(() => chmodSync(folder, 0o700));
    return folder;
  }

  async function take(lock: string): Promise<string> {
    const options = ordinaryUser === undefined ? {} : { uid: ordinaryUser };
    const { end, output } = run([process.execPath, program("take"), lock], options);
    await end;
    return output();
  }

  test("a folder that may not be written: WriteFailed", async () => {
    const lock = path.join(folderOf(ordinaryUser, 0o500), "token.lock");
    expect(await take(lock)).toBe(`WriteFailed Cannot write ${lock}: permission denied.\n`);
  });

  test("a dead lock in a folder that may not be written: WriteFailed", async () => {
    const folder = folderOf(ordinaryUser, 0o700);
    const lock = path.join(folder, "token.lock");
    writeLock(lock, { id: OTHER_ID, ...thisProcess(), startTime: "1" });
    chmodSync(lock, 0o644);
    chmodSync(folder, 0o500);
    expect(await take(lock)).toBe(`WriteFailed Cannot write ${lock}: permission denied.\n`);
  });

  test("a folder that may not be listed is as good as any", async () => {
    const lock = path.join(folderOf(ordinaryUser, 0o300), "token.lock");
    expect(await take(lock)).toBe("taken\n");
    expect(existsSync(lock)).toBe(false);
  });
});
