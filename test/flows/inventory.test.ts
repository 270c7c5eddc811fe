import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { currentInventory, listInventory } from "../../src/flows/inventory.ts";
import { signIn } from "../../src/flows/sign-in.ts";
import { madeUpOrganisation } from "../../src/lab/organisation/made-up.ts";
import { type SceneOptions, signInAsAwsCli, startScene } from "../helpers/context.ts";
import { requestsOf } from "../helpers/lab.ts";

const HOUR = 3_600_000;

describe("a listing", () => {
  it("39 · has every account and role, over all pages, in an order of its own", async () => {
    const organisation = madeUpOrganisation({ accounts: 250, roles: 3 });
    const { lab, list } = await start({ lab: { organisation } });
    const { accounts } = await list();
    const ids = organisation.accounts.map(({ id }) => id).sort();
    expect(accounts.map(({ id }) => id)).toEqual(ids);
    expect(accounts.every(({ roles }) => roles.length === 3)).toBe(true);
    expect(accounts[0]?.roles).toEqual([...(accounts[0]?.roles ?? [])].sort());
    expect(requestsOf(lab, "ListAccounts")).toHaveLength(3);
  });

  it("40 · has every account after a burst that was refused for its rate", async () => {
    const accounts = 12;
    const { lab, clock, relay, list } = await start({
      lab: {
        organisation: madeUpOrganisation({ accounts, roles: 1 }),
        rateLimits: { ListAccountRoles: { perSecond: 1, burst: accounts / 2 } },
      },
    });
    relay.relaying = async (_request, pass) => {
      const answer = await pass();
      // Before ssox hears of it: the other half may pass from now on.
      if (answer.status === 429) await clock.advance(60_000);
      return answer;
    };
    expect((await list()).accounts).toHaveLength(accounts);
    const asked = requestsOf(lab, "ListAccountRoles");
    expect(asked.filter(({ status }) => status === 200)).toHaveLength(accounts);
    const refused = asked.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(asked).toHaveLength(accounts + refused.length);
  });

  it("has an account once that comes on two pages", async () => {
    const { relay, list } = await start({
      lab: { organisation: madeUpOrganisation({ accounts: 2, roles: 1 }) },
    });
    let first = "";
    relay.relaying = async ({ path: asked }, pass) => {
      if (!asked.startsWith("/assignment/accounts")) return await pass();
      if (asked.includes("next_token")) return { status: 200, headers: {}, body: first };
      const answer = await pass();
      first = answer.body;
      const body = JSON.stringify({ ...JSON.parse(first), nextToken: "again" });
      return { ...answer, body };
    };
    expect((await list()).accounts).toHaveLength(2);
  });

  it("asks nothing more behind a failure", async () => {
    const { relay, list } = await start({
      lab: { organisation: madeUpOrganisation({ accounts: 60, roles: 1 }) },
    });
    let relayed = 0;
    relay.relaying = async ({ path: asked }, pass) => {
      if (!asked.startsWith("/assignment/roles")) return await pass();
      relayed += 1;
      if (relayed < 2) return await pass();
      const headers = { "x-amzn-errortype": "InvalidRequestException" };
      return { status: 400, headers, body: '{"message":"no"}' };
    };
    await expect(list()).rejects.toThrow();
    await expect.poll(() => relayed, { timeout: 2_000 }).toBeGreaterThan(3);
    // Those that were under way: no worker goes on to another account.
    expect(relayed).toBeLessThan(10);
  });

  it("is kept where only the user can read it", async () => {
    const { context, list } = await start();
    await list();
    const folder = path.join(context.paths.cache, "inventory");
    const [name = ""] = readdirSync(folder);
    expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);
    expect(readFileSync(path.join(folder, name), "utf8")).not.toMatch(/token/i);
  });

  it("renews a token that is refused once, for all its calls", async () => {
    const { lab, relay, list } = await start({
      lab: { organisation: madeUpOrganisation({ accounts: 12, roles: 1 }) },
    });
    const refused = new Set<string>();
    relay.relaying = async ({ path: asked }, pass) => {
      const answer = await pass();
      if (!asked.startsWith("/assignment/roles") || refused.size >= 4) return answer;
      refused.add(asked);
      return { status: 401, headers: { "content-type": "application/json" }, body: "{}" };
    };
    expect((await list()).accounts).toHaveLength(12);
    const refreshes = requestsOf(lab, "CreateToken").filter(
      ({ grantType }) => grantType === "refresh_token",
    );
    expect(refreshes).toHaveLength(1);
  });

  it("keeps nothing when it fails on the way", async () => {
    const { relay, context, list } = await start();
    relay.relaying = async ({ path: asked }, pass) =>
      asked.startsWith("/assignment/roles") ? "cut" : await pass();
    await expect(list()).rejects.toMatchObject({ code: "NetworkError" });
    expect(() => readdirSync(context.paths.cache)).toThrow();
  });

  it("that AWS refuses is AccessDenied", async () => {
    const { relay, list } = await start();
    relay.relaying = async () => ({ status: 403, headers: {}, body: "" });
    await expect(list()).rejects.toMatchObject({ code: "AccessDenied" });
  });

  it("ends with a signal", async () => {
    const { relay, context, list } = await start();
    relay.relaying = async (_request, pass) => {
      context.interrupt();
      return await pass();
    };
    await expect(list()).rejects.toThrow();
    expect(context.signal.aborted).toBe(true);
  });
});

describe("the kept listing", () => {
  it("serves for a day", async () => {
    const { lab, clock, current } = await start({ lab: { lifetimes: { session: 72 * 3600 } } });
    await current();
    await clock.advance(24 * HOUR);
    await current();
    expect(requestsOf(lab, "ListAccounts")).toHaveLength(1);
    await clock.advance(1000);
    await current();
    expect(requestsOf(lab, "ListAccounts")).toHaveLength(2);
  });

  it("serves on when nobody is signed in", async () => {
    const { lab, clock, context, current } = await start();
    const { inventory } = await current();
    await clock.advance(48 * HOUR);
    rmSync(context.paths.tokenCache, { recursive: true });
    expect((await current()).inventory).toEqual(inventory);
    expect(requestsOf(lab, "ListAccounts")).toHaveLength(1);
  });

  it("is not looked at with refresh", async () => {
    const { lab, current } = await start();
    await current();
    await current(true);
    expect(requestsOf(lab, "ListAccounts")).toHaveLength(2);
  });

  it("is made anew after a new sign-in, which may be another user's", async () => {
    const { lab, clock, session, context, current } = await start();
    await current();
    rmSync(context.paths.tokenCache, { recursive: true });
    await clock.advance(1000);
    const options = { flow: "device", noBrowser: true, timeoutSeconds: 600 } as const;
    await clock.run(signIn(session, options, context));
    await current();
    expect(requestsOf(lab, "ListAccounts")).toHaveLength(2);
    await current();
    expect(requestsOf(lab, "ListAccounts")).toHaveLength(2);
  });
});

async function start(options: SceneOptions = {}) {
  const place = await startScene(options);
  const { context, session } = place;
  await signInAsAwsCli(place.lab, context);
  return {
    ...place,
    list: () => listInventory(session, "never", context),
    current: (refresh = false) =>
      currentInventory(session, { maySignIn: "never", refresh }, context),
  };
}
