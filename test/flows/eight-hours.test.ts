import { once } from "node:events";
import { get } from "node:http";
import { json } from "node:stream/consumers";
import { object, parse, string } from "valibot";
import { expect, it } from "vitest";
import { credentialProcess } from "../../src/flows/credential-process.ts";
import { exec } from "../../src/flows/exec.ts";
import { madeUpOrganisation } from "../../src/lab/organisation/made-up.ts";
import type { Environment } from "../../src/system/environment.ts";
import { signInAsAwsCli, startScene } from "../helpers/context.ts";

const MINUTE = 60_000;
const EIGHT_HOURS = 8 * 60;

interface Day {
  /** Minutes that the role's credentials last; the token lasts an hour. */
  readonly role: number;
  readonly who: "credential_process" | "exec and credential_process";
  /** In minutes. */
  readonly fetchedEvery: number;
  readonly refreshedEvery: number;
}

/*
 * A consumer asks every minute. credential_process fetches when less than 15
 * minutes, or a third of a shorter role, are left: 46, or 11, minutes after the
 * last time. exec renews after two thirds: 40, or 10, and credential_process
 * lives on what it fetched. A token is asked for only then, and renewed when it
 * has less than 15 minutes.
 */
it.each<Day>([
  { role: 60, who: "credential_process", fetchedEvery: 46, refreshedEvery: 46 },
  { role: 15, who: "credential_process", fetchedEvery: 11, refreshedEvery: 55 },
  { role: 60, who: "exec and credential_process", fetchedEvery: 40, refreshedEvery: 80 },
  { role: 15, who: "exec and credential_process", fetchedEvery: 10, refreshedEvery: 50 },
])(
  "eight hours of $who with a role of $role minutes: fetched every $fetchedEvery, the token refreshed every $refreshedEvery",
  async ({ role, who, fetchedEvery, refreshedEvery }) => {
    const { begun, clock, context, lab, processLeft, underExec } = await openScene(role);
    const eachMinute = async (execLeft: () => Promise<number>) => {
      for (let minute = 0; minute < EIGHT_HOURS; minute += 1) {
        if (minute > 0) await clock.advance(MINUTE);
        // At two thirds the renewal is under way, and served when it is there.
        const waiting = { timeout: 20_000, interval: 1, message: `minute ${minute}` };
        if (who !== "credential_process") {
          await expect.poll(execLeft, waiting).toBeGreaterThan(role / 3);
        }
        expect(await processLeft()).toBeGreaterThanOrEqual(Math.min(15, role / 3));
      }
    };
    if (who === "credential_process") await eachMinute(processLeft);
    else await underExec(eachMinute);

    const asked = lab.requests.slice(begun);
    expect(asked.filter(({ status }) => status !== 200)).toEqual([]);
    const start = clock.now() - (EIGHT_HOURS - 1) * MINUTE;
    const minutesOf = (wanted: string) =>
      asked
        .filter(({ operation }) => operation === wanted)
        .map(({ time }) => (time - start) / MINUTE);
    expect(minutesOf("GetRoleCredentials")).toEqual([0, ...multiples(fetchedEvery)]);
    expect(minutesOf("CreateToken")).toEqual(multiples(refreshedEvery));
    expect(context.terminal.stderr).toBe("");
  },
  180_000,
);

/** Within eight hours. */
function multiples(minutes: number): number[] {
  const count = Math.ceil(EIGHT_HOURS / minutes) - 1;
  return Array.from({ length: count }, (_, index) => (index + 1) * minutes);
}

/** Somebody is signed in; roles last so many minutes. */
async function openScene(role: number) {
  const organisation = madeUpOrganisation({ accounts: 1, roles: 1 });
  const [
    {
      id,
      roles: [first],
    } = { id: "", roles: [] },
  ] = organisation.accounts;
  const scene = await startScene({
    lab: {
      organisation,
      lifetimes: { session: 24 * 3600, accessToken: 3600, roleCredentials: role * 60 },
    },
    profiles: [{ name: "dev", accountId: id, roleName: first?.name ?? "" }],
  });
  const { clock, context, lab } = scene;
  await signInAsAwsCli(lab, context);
  const selection = { profile: "dev" };
  const minutesUntil = (expiration: string) => (Date.parse(expiration) - clock.now()) / MINUTE;
  return {
    ...scene,
    /** How many requests came before. */
    begun: lab.requests.length,
    /** Runs credential-process: minutes that its credentials last. */
    async processLeft() {
      const { Expiration = "" } = await credentialProcess(selection, context);
      return minutesUntil(Expiration);
    },
    /** Runs exec; `body` stands for its program, and is told what the endpoint serves. */
    async underExec(body: (execLeft: () => Promise<number>) => Promise<void>) {
      const run = async (_command: string, _args: readonly string[], env: Environment) => {
        await body(async () => minutesUntil(await servedExpiration(env)));
        return 0;
      };
      const request = { selection, mode: "server", region: undefined, maySignIn: "never" } as const;
      const processes = { ...context.processes, run };
      expect(await exec({ ...request, command: "job", args: [] }, { ...context, processes })).toBe(
        0,
      );
    },
  };
}

async function servedExpiration(env: Environment): Promise<string> {
  const headers = { Authorization: env["AWS_CONTAINER_AUTHORIZATION_TOKEN"] ?? "" };
  const asked = get(env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] ?? "", { headers });
  const [answer] = await once(asked, "response");
  return parse(object({ Expiration: string() }), await json(answer)).Expiration;
}
