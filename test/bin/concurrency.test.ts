import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { expect, it } from "vitest";
import { systemClock } from "../../src/system/clock.ts";
import { resolvePaths } from "../../src/system/paths.ts";
import { filesBelow, homeEnvironment, signInAsAwsCli, temporaryHome } from "../helpers/context.ts";
import { awsConfigFor, requestsOf, startTestLab } from "../helpers/lab.ts";
import { runSsox } from "../helpers/program.ts";

const MANY = process.env["SSOX_SOAK"] ? 100 : 20;

it.each([1, 2, 3])(
  `${MANY} at once, with an expired token and refresh tokens for one use: one refresh, one fetch, ${MANY} answers (run %i)`,
  async (run) => {
    const lab = await startTestLab({ refreshTokens: "single-use", latency: 100 });
    const home = temporaryHome();
    const env = homeEnvironment(home, lab);
    const paths = resolvePaths(env);
    mkdirSync(path.dirname(paths.configFile));
    writeFileSync(paths.configFile, awsConfigFor(lab));
    const { file } = await signInAsAwsCli(
      lab,
      { paths, clock: systemClock },
      { expiresAt: "2020-01-01T00:00:00Z" },
    );
    const account = lab.organisation.accounts[0]?.id ?? "";
    const words = ["credential-process", "--account", account, "--role", "ReadOnlyAccess"];
    const begun = performance.now();
    const ends = await Promise.all(
      Array.from({ length: MANY }, () => runSsox(words, { env, timeout: 5 * 60_000 })),
    );
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    console.log(`run ${run}: ${MANY} at once, all served after ${seconds} s`);
    expect(ends.map(({ status, stderr }) => ({ status, stderr }))).toEqual(
      Array.from({ length: MANY }, () => ({
        status: 0,
        stderr: expect.stringMatching(/^(Waiting .*\n)*$/),
      })),
    );
    const keys = ends.map(({ stdout }): string => JSON.parse(stdout).AccessKeyId);
    expect(new Set(keys).size).toBe(1);
    const grants = requestsOf(lab, "CreateToken").map(({ grantType, status }) => [
      grantType,
      status,
    ]);
    expect(grants.slice(1)).toEqual([["refresh_token", 200]]);
    expect(requestsOf(lab, "GetRoleCredentials")).toHaveLength(1);
    expect(Object.keys(filesBelow(paths.tokenCache))).toEqual([path.basename(file)]);
    expect(Object.keys(filesBelow(paths.roleCache))).toHaveLength(1);
    expect(JSON.parse(readFileSync(file, "utf8"))).toHaveProperty("refreshToken");
  },
  20 * 60_000,
);
