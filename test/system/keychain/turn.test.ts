import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { Interrupted, SsoxError } from "../../../src/errors.ts";
import { inTurn } from "../../../src/system/keychain/turn.ts";
import { temporaryHome } from "../../helpers/context.ts";

const givenUp = () =>
  new SsoxError("KeychainUnavailable", "another one was not answered", { hint: "unlock it" });

describe("calls of the keychain", () => {
  it("come one after the other", async () => {
    const { turn, folder } = start();
    let running = 0;
    const call = async (answer: number) => {
      running += 1;
      await delay(20);
      expect(running).toBe(1);
      running -= 1;
      return answer;
    };
    const answers = await Promise.all([1, 2, 3, 4].map((n) => inTurn(turn(), () => call(n))));
    expect(answers).toEqual([1, 2, 3, 4]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("fail together when the first of them is not answered; later ones ask again", async () => {
    const { turn, folder } = start();
    const asked: string[] = [];
    const hangs = (name: string) => async (): Promise<never> => {
      asked.push(name);
      await delay(1_100);
      throw new Error("not answered");
    };
    const calls = ["a", "b", "c"].map((name) => inTurn(turn(), hangs(name)));
    const ends = await Promise.all(
      calls.map((call) => call.catch((error: Error) => error.message)),
    );
    const [message, ...others] = ["not answered", "another one was not answered"];
    expect(ends.sort()).toEqual([...others, ...others, message]);
    expect(asked).toHaveLength(1);
    await delay(20);
    expect(readdirSync(folder)).toEqual(["keychain.lock.late"]);
    expect(await inTurn(turn(), async () => "answered")).toBe("answered");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("do not fail together when the first fails at once", async () => {
    const { turn } = start();
    const refused = inTurn(turn(), async () => {
      await delay(50);
      throw new Error("dismissed");
    });
    const other = inTurn(turn(), async () => "answered");
    await expect(refused).rejects.toThrow("dismissed");
    expect(await other).toBe("answered");
  });

  it("wait until the user ends it", async () => {
    const { turn } = start();
    let free = () => {};
    const first = inTurn(turn(), () => new Promise<void>((resolve) => (free = resolve)));
    await vi.waitFor(() => expect(free.name).not.toBe("free"));
    const controller = new AbortController();
    const second = inTurn(turn(controller.signal), async () => "never");
    controller.abort(new Interrupted("SIGINT"));
    await expect(second).rejects.toThrow(Interrupted);
    free();
    await first;
  });

  it("need no turn where no lock can be written", async () => {
    const { folder } = start();
    writeFileSync(path.join(folder, "file"), "");
    const file = path.join(folder, "file", "keychain.lock");
    const turn = { file, givenUp, signal: undefined };
    expect(await inTurn(turn, async () => "answered")).toBe("answered");
  });
});

function start() {
  const folder = path.join(temporaryHome(), "locks");
  mkdirSync(folder);
  const file = path.join(folder, "keychain.lock");
  return { folder, turn: (signal?: AbortSignal) => ({ file, givenUp, signal }) };
}
