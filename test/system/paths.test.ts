import { chownSync, statSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { describe, expect, test } from "vitest";
import { resolvePaths } from "../../src/system/paths.ts";
import { temporaryHome } from "../helpers/context.ts";

const HOME = { HOME: "/home/anna" };

test("everything lies below HOME", () => {
  expect(resolvePaths(HOME)).toEqual({
    home: "/home/anna",
    configFile: "/home/anna/.aws/config",
    credentialsFile: "/home/anna/.aws/credentials",
    tokenCache: "/home/anna/.aws/sso/cache",
    roleCache: "/home/anna/.aws/cli/cache",
    state: "/home/anna/.local/state/ssox",
    locks: "/home/anna/.local/state/ssox/locks",
    cache: "/home/anna/.cache/ssox",
    runtime: "/home/anna/.local/state/ssox/run",
  });
});

test("the XDG variables move ssox's own places, relative ones and empty ones do not", () => {
  const run = temporaryHome();
  const xdg = { XDG_STATE_HOME: "/s", XDG_CACHE_HOME: "/c", XDG_RUNTIME_DIR: run };
  expect(resolvePaths({ ...HOME, ...xdg })).toMatchObject({
    state: "/s/ssox",
    cache: "/c/ssox",
    runtime: `${run}/ssox`,
    tokenCache: "/home/anna/.aws/sso/cache",
  });
  for (const value of ["relative/path", ""]) {
    const odd = { XDG_STATE_HOME: value, XDG_CACHE_HOME: value, XDG_RUNTIME_DIR: value };
    expect(resolvePaths({ ...HOME, ...odd })).toEqual(resolvePaths(HOME));
  }
});

describe("XDG_RUNTIME_DIR", () => {
  const runtimeWith = (XDG_RUNTIME_DIR: string) => {
    return resolvePaths({ ...HOME, XDG_RUNTIME_DIR }).runtime;
  };

  test("may be missing where it would be made in a folder of the user's own, and no deeper", () => {
    const home = temporaryHome();
    expect(runtimeWith(`${home}/run`)).toBe(`${home}/run/ssox`);
    expect(runtimeWith(`${home}/run/user/1000`)).toBe(resolvePaths(HOME).runtime);
    writeFileSync(`${home}/file`, "");
    expect(runtimeWith(`${home}/file`)).toBe(resolvePaths(HOME).runtime);
    expect(runtimeWith(`${home}/file/run`)).toBe(resolvePaths(HOME).runtime);
  });

  test("of somebody else, as after `su`, is left alone", (running) => {
    const folder = temporaryHome();
    if (process.getuid?.() === 0) chownSync(folder, 12_345, 12_345);
    const foreign = process.getuid?.() === 0 ? folder : "/proc";
    if (statSync(foreign).uid === process.getuid?.()) running.skip("everything here is the user's");
    expect(runtimeWith(foreign)).toBe(resolvePaths(HOME).runtime);
  });
});

describe("the AWS files", () => {
  test.each([
    ["/etc/aws", "/etc/aws"],
    ["~/x", "/home/anna/x"],
    ["~", "/home/anna"],
    ["~bob/x", `${process.cwd()}/~bob/x`],
    ["$HOME/x", "/home/anna/x"],
    [`\${DIR}/x`, "/d/x"],
    ["$DIR/$DIR", "/d/d"],
    ["/x/$UNKNOWN/y", "/x/$UNKNOWN/y"],
    ["relative", `${process.cwd()}/relative`],
    ["", "fallback"],
  ])("at %j: %s", (value, expected) => {
    const env = {
      ...HOME,
      DIR: "/d",
      AWS_CONFIG_FILE: value,
      AWS_SHARED_CREDENTIALS_FILE: value,
    };
    const { configFile, credentialsFile } = resolvePaths(env);
    const fallback = expected === "fallback";
    expect(configFile).toBe(fallback ? "/home/anna/.aws/config" : expected);
    expect(credentialsFile).toBe(fallback ? "/home/anna/.aws/credentials" : expected);
  });

  test("in the child of exec the real config file is ssox's, not the overlay", () => {
    const real = { ...HOME, SSOX_AWS_CONFIG_FILE: "/real" };
    const below = "/home/anna/.local/state/ssox/run/exec-1-0a.config";
    expect(resolvePaths({ ...real, AWS_CONFIG_FILE: below }).configFile).toBe("/real");
    const env = { ...real, XDG_RUNTIME_DIR: "/r/", AWS_CONFIG_FILE: "/r/ssox/exec-1-0a.config" };
    expect(resolvePaths(env).configFile).toBe("/real");
    expect(resolvePaths({ ...real, AWS_CONFIG_FILE: "" }).configFile).toBe("/real");
    expect(resolvePaths(real).configFile).toBe("/real");
  });

  test("in the child of exec a file of the user's own comes before the one of exec", () => {
    for (const own of ["/own", "/elsewhere/exec-1-0a.config"]) {
      const env = { ...HOME, AWS_CONFIG_FILE: own, SSOX_AWS_CONFIG_FILE: "/real" };
      expect(resolvePaths(env).configFile).toBe(own);
    }
  });
});

test("without HOME, or with a relative one, the user database says it", () => {
  for (const env of [{}, { HOME: "" }, { HOME: "relative" }]) {
    expect(resolvePaths(env).home).toBe(userInfo().homedir);
  }
});
