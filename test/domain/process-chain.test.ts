import { describe, expect, it } from "vitest";
import { environmentOfProcess, type RunningProcess } from "../../src/domain/process-chain.ts";

const of = (profile: string, configFile = "/config"): RunningProcess => {
  return { profile, configFile, credentialsFile: "/credentials" };
};

/** The environment within the programs of these, one started by the other. */
function within(...processes: readonly RunningProcess[]) {
  let env: Readonly<Record<string, string | undefined>> = { HOME: "/home/u" };
  for (const each of processes) env = environmentOfProcess(env, each, each.profile);
  return env;
}

describe("the environment of a credential_process", () => {
  it("is that of ssox, and names those that wait for it", () => {
    expect(within(of("a"))).toEqual({
      HOME: "/home/u",
      _SSOX_PROFILE_CHAIN:
        '{"profile":"a","configFile":"/config","credentialsFile":"/credentials"}',
    });
    const lines = within(of("a"), of('b\n"'))["_SSOX_PROFILE_CHAIN"]?.split("\n");
    expect(lines).toHaveLength(2);
  });

  it.each([
    [[of("a")], of("a"), "a", "a → a"],
    [[of("a")], of("a"), "role", "a → role → a"],
    [[of("a"), of("b")], of("a"), "a", "a → b → a"],
    [[of("a"), of("b"), of('c\n"')], of("b"), "b", 'b → c\n" → b'],
  ])("names a circle: %j, then %j for %s", (running, next, asked, circle) => {
    expect(() => environmentOfProcess(within(...running), next, asked)).toThrowError(
      expect.objectContaining({
        code: "ConfigInvalid",
        message: expect.stringContaining(`leads back to it: ${circle}.`),
      }),
    );
  });

  it.each([
    ["another profile", [of("a")], of("b")],
    ["a profile of another file", [of("a")], of("a", "/other")],
  ])("is one for %s", (_what, running, next) => {
    expect(() => environmentOfProcess(within(...running), next, "b")).not.toThrow();
  });

  it.each(["", "a", "{", '{"profile":"a"}', '{"profile":1,"configFile":"/config"}', "[]\n\n"])(
    "takes nothing from %j",
    (value) => {
      const env = environmentOfProcess({ _SSOX_PROFILE_CHAIN: value }, of("a"), "a");
      expect(env).toEqual({ ...within(of("a")), HOME: undefined });
    },
  );
});
