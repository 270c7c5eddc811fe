import { expect, test } from "vitest";
import { startRelay } from "../helpers/context.ts";
import { requestsOf } from "../helpers/lab.ts";
import { runSsox } from "../helpers/program.ts";
import { clientFile, openDesk, witnessOf } from "./desk.ts";

/*
 * One job with 16 clients that outlives its credentials again and again, while
 * the portal comes and goes.
 */

const SECONDS = process.env["SSOX_SOAK"] ? 240 : 60;
const LIFETIME = 45;

test.for([
  ["down", async () => ({ status: 503, headers: {}, body: "{}" })],
  ["silent", () => new Promise<never>(() => {})],
] as const)(
  "54 · 16 clients under one exec never fail, with the portal %s for 8 seconds at each renewal [boto3] [JS SDK v3]",
  {
    timeout: (SECONDS + 120) * 1000,
  },
  async ([_how, failing], running) => {
    const python = witnessOf("boto3", running);
    const node = witnessOf("JS SDK v3", running);
    const desk = await openDesk("boto3", python, {
      lab: { lifetimes: { roleCredentials: LIFETIME } },
    });
    const relay = await startRelay(desk.lab);
    let refused = 0;
    let downUntil: number | undefined = 0;
    // Down from the first request of each renewal on, for less than the 15 seconds that remain then.
    relay.relaying = async (_request, pass) => {
      downUntil ??= performance.now() + 8_000;
      if (performance.now() >= downUntil) {
        downUntil = undefined;
        return await pass();
      }
      refused += 1;
      return await failing();
    };
    await desk.signIn();
    const crowd = (program: string, file: string) =>
      `${program} ${clientFile(file)} 8 ${SECONDS} 0.5 & `;
    const job = `${crowd(python.program, "crowd.py")}${crowd(node.program, "crowd.mjs")}wait`;
    const end = await runSsox(["exec", "--profile", "dev", "--", "sh", "-c", job], {
      env: {
        ...desk.env(),
        AWS_ENDPOINT_URL_SSO: relay.url,
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      },
      timeout: (SECONDS + 90) * 1000,
    });

    const said = end.stdout.trim().split("\n");
    const failures = said.filter((line) => line.startsWith("FAILED"));
    const fetched = requestsOf(desk.lab, "GetRoleCredentials").length;
    console.log(
      `${said.length} calls of 16 clients in ${SECONDS} s: ${failures.length} failed; ` +
        `${fetched} renewals of ${LIFETIME} s, ${refused} requests refused by the portal`,
    );
    expect(failures).toEqual([]);
    expect(end).toMatchObject({ status: 0, stderr: "" });
    expect(new Set(said)).toHaveLength(1);
    expect(said[0]).toEqual(desk.arnOf("DeveloperAccess"));
    // Each of them every few seconds at the least, on machines that are busy.
    expect(said.length).toBeGreaterThan((16 * SECONDS) / 5);
    expect(refused).toBeGreaterThanOrEqual(fetched - 1);
    expect(fetched).toBeGreaterThanOrEqual(Math.floor(SECONDS / LIFETIME) + 1);
    expect(fetched).toBeLessThanOrEqual(SECONDS / 25 + 2);
  },
);
