import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { runSsox } from "../helpers/program.ts";
import { runWitness, type WitnessEnd } from "../helpers/witness.ts";
import { clientFile, openDesk, witnessOf } from "./desk.ts";

/*
 * Processes of three clients find one expired token, whose refresh token is
 * good once. Only those of ssox know of its lock.
 */

const OURS = process.env["SSOX_SOAK"] ? 100 : 20;
const THEIRS = process.env["SSOX_SOAK"] ? 10 : 5;

/** Who was refused does not look into the file again, and says this. */
const TOO_LATE = /TokenRetrievalError|Token is expired|was not found or is invalid/;

/** The SDK for JavaScript writes the file in place: boto3, when it reads half of it, says this. */
const TORN = /KeyError: '[0-9a-f]{40}'$/;

/** So that now the one client is the first, now another. */
const STARTS = [
  { when: "at the same moment", late: () => 0 },
  { when: "half a second later", late: () => 500 },
  { when: "over three seconds", late: () => Math.random() * 3_000 },
];

for (const { when, late } of STARTS) {
  test(`${THEIRS} of boto3, ${THEIRS} of the SDK for JavaScript and, ${when}, ${OURS} of ssox renew one token`, {
    timeout: 20 * 60_000,
  }, async (running) => {
    const python = witnessOf("boto3", running);
    const node = witnessOf("JS SDK v3", running);
    const desk = await openDesk("boto3", python, { lab: { latency: 100 } });
    await desk.signIn({ expiresAt: "2020-01-01T00:00:00Z" });
    const signedIn = desk.lab.requests.length;
    const begun = performance.now();

    const [boto3, js, ours] = await Promise.all([
      many(THEIRS, () =>
        runWitness(python.program, [clientFile("caller-identity.py")], desk.env("dev")),
      ),
      many(THEIRS, () =>
        runWitness(node.program, [clientFile("caller-identity.mjs")], desk.env("dev")),
      ),
      many(OURS, async () => {
        await delay(late());
        const words = ["credential-process", "--profile", "other"];
        return await runSsox(words, { env: desk.env(), timeout: 5 * 60_000 });
      }),
    ]);

    const figures = {
      seconds: Number(((performance.now() - begun) / 1000).toFixed(1)),
      "ssox failed": ours.filter(({ status }) => status !== 0).length,
      "boto3 failed": failed(boto3).length,
      "JS SDK failed": failed(js).length,
      "refreshes asked for": desk.refreshes().length,
    };
    console.log(`a crowd, ssox ${when}: ${JSON.stringify(figures)}`);
    for (const { status, stdout, stderr } of ours) {
      expect(status, stderr).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ Version: 1 });
    }
    for (const { stdout, stderr } of [...failed(boto3), ...failed(js)]) {
      const said = (stdout + stderr).trim();
      if (!TORN.test(said)) expect(said).toMatch(TOO_LATE);
    }
    expect(desk.refreshes().filter(({ status }) => status === 200)).toHaveLength(1);
    // Nobody signed in.
    expect(new Set(desk.operations(signedIn))).toEqual(
      new Set(["CreateToken", "GetRoleCredentials", "GetCallerIdentity"]),
    );
    expect(await desk.ssox(["whoami", "--profile", "dev"])).toMatchObject({ status: 0 });
  });
}

async function many<T>(count: number, run: () => Promise<T>): Promise<T[]> {
  return await Promise.all(Array.from({ length: count }, run));
}

function failed(ends: readonly WitnessEnd[]): readonly WitnessEnd[] {
  return ends.filter(({ code }) => code !== 0);
}
