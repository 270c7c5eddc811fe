import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { heldToken } from "../../src/flows/held-token.ts";
import { currentInventory, listInventory } from "../../src/flows/inventory.ts";
import { RequestLimiter } from "../../src/flows/request-limiter.ts";
import { signIn } from "../../src/flows/sign-in.ts";
import { storeOf } from "../../src/flows/stores/store-of.ts";
import { listForSync } from "../../src/flows/sync-profiles-listing.ts";
import { usableToken } from "../../src/flows/usable-token.ts";
import { madeUpOrganisation } from "../../src/lab/organisation/made-up.ts";
import { ListingJournal, type ListingPurpose } from "../../src/state/listing-journal.ts";
import { type SceneOptions, signInAsAwsCli, startScene } from "../helpers/context.ts";
import { requestsOf } from "../helpers/lab.ts";

const HOUR = 3_600_000;
const READING = { maySignIn: "never", purpose: "read" } as const;

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

  it("40 · has every account behind a limit, and among faults", async () => {
    const accounts = 60;
    const { lab, list } = await start({
      lab: {
        organisation: madeUpOrganisation({ accounts, roles: 2 }),
        rateLimits: { ListAccountRoles: { perSecond: 10, burst: 5 } },
        faults: [
          { kind: "status", status: 503, operation: "ListAccountRoles", chance: 0.02, count: 9 },
          { kind: "reset", operation: "ListAccountRoles", chance: 0.02, count: 9 },
          { kind: "cut", close: false, operation: "ListAccountRoles", chance: 0.02, count: 9 },
          { kind: "reset", operation: "ListAccounts" },
        ],
      },
    });
    const listed = await list();
    expect(listed.failed).toEqual([]);
    expect(listed.accounts.map(({ roles }) => roles.length)).toEqual(Array(accounts).fill(2));
    const asked = requestsOf(lab, "ListAccountRoles");
    const good = asked.filter(({ status, fault }) => status === 200 && fault === undefined);
    expect(good).toHaveLength(accounts);
    expect(asked.filter(({ status }) => status === 429).length).toBeLessThan(accounts / 2);
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

  it("keeps what was listed when single accounts are refused or fail, and tells which", async () => {
    const organisation = madeUpOrganisation({ accounts: 6, roles: 1 });
    const { relay, list, current } = await start({ lab: { organisation } });
    const ids = organisation.accounts.map(({ id }) => id).sort();
    const [refused = "", failing = ""] = ids;
    relay.relaying = async ({ path: asked }, pass) => {
      if (asked.includes(`account_id=${refused}`)) return { status: 403, headers: {}, body: "{}" };
      return asked.includes(`account_id=${failing}`) ? "cut" : await pass();
    };
    const { accounts, failed } = await list();
    expect(failed).toEqual([
      {
        accountId: refused,
        code: "AccessDenied",
        message: `AWS refuses to list the roles of ${refused} for acme.`,
      },
      { accountId: failing, code: "NetworkError", message: expect.stringContaining(failing) },
    ]);
    expect(accounts.map(({ id, roles }) => [id, roles.length])).toEqual(
      ids.map((id, index) => [id, index < 2 ? 0 : 1]),
    );
    // Time may mend one of them: all is listed anew.
    const again: string[] = [];
    relay.relaying = async ({ path: asked }, pass) => {
      if (asked.includes("account_id=")) again.push(asked.replace(/^.*account_id=(\d+).*$/, "$1"));
      return asked.includes(refused) ? { status: 403, headers: {}, body: "{}" } : await pass();
    };
    const mended = await current();
    expect(again.sort()).toEqual(ids);
    expect(mended.failed.map(({ accountId }) => accountId)).toEqual([refused]);
    expect(mended.inventory.accounts.filter(({ roles }) => roles.length > 0)).toHaveLength(5);
    // None can mend the other.
    expect((await current()).failed).toHaveLength(1);
    expect(again).toHaveLength(ids.length);
  });

  it("gives up when nothing answers any more, and begins anew later", async () => {
    const accounts = 120;
    const { relay, context, list } = await start({
      lab: { organisation: madeUpOrganisation({ accounts, roles: 1 }) },
    });
    let [passed, cut] = [0, 0];
    relay.relaying = async ({ path: asked }, pass) => {
      if (asked.startsWith("/assignment/roles")) {
        if (passed >= 20) {
          cut += 1;
          return "cut";
        }
        passed += 1;
      }
      return await pass();
    };
    const { failed } = await list();
    expect(failed.length).toBe(accounts - 20);
    expect(new Set(failed.map(({ code }) => code))).toEqual(new Set(["NetworkError"]));
    // Those that were under way, five times each.
    expect(cut).toBeLessThanOrEqual(80 * 5);
    expect(readdirSync(path.join(context.paths.cache, "inventory"))).toEqual([
      expect.stringMatching(/\.json$/),
      expect.stringMatching(/\.names$/),
    ]);
    passed = 0;
    relay.relaying = async ({ path: asked }, pass) => {
      if (asked.startsWith("/assignment/roles")) passed += 1;
      return await pass();
    };
    expect((await list()).failed).toEqual([]);
    expect(passed).toBe(accounts);
  });

  it("goes on where another was ended, tells so, and is as old as that", async () => {
    const { relay, clock, context, list } = await start({
      lab: { organisation: madeUpOrganisation({ accounts: 30, roles: 1 }) },
      terminal: { interactive: true },
    });
    const roles = ({ path: asked }: { path: string }) => asked.startsWith("/assignment/roles");
    let asked = 0;
    relay.relaying = async (request, pass) => {
      if (roles(request)) asked += 1;
      if (asked > 12) await new Promise(() => {});
      return await pass();
    };
    const begun = clock.now();
    // As kill -9 leaves it: nothing of it goes on.
    const ended = list();
    ended.catch(() => {});
    await expect.poll(() => asked, { timeout: 20_000 }).toBeGreaterThan(12);
    await clock.advance(60_000);
    asked = 0;
    relay.relaying = async (request, pass) => {
      expect(roles(request)).toBe(true);
      asked += 1;
      return await pass();
    };
    const { accounts, listedAt } = await list();
    expect(accounts).toHaveLength(30);
    expect(accounts.every(({ roles }) => roles.length === 1)).toBe(true);
    expect(asked).toBe(18);
    expect(listedAt).toBe(begun);
    expect(context.terminal.stderr).toContain("12 of 30 accounts are done");
  });

  it.each([
    ["refresh", "refresh", 1],
    ["sync", "refresh", 2],
    ["read", "refresh", 2],
    ["sync", "sync", 1],
    ["sync", "read", 1],
    ["read", "sync", 1],
    ["prune", "prune", 2],
    ["refresh", "read", 1],
  ] as const)(
    "an interrupted run to %s, then one to %s: the accounts are asked for %i times",
    async (former, purpose, times) => {
      const { lab, relay, clock, context, session } = await start();
      relay.relaying = async ({ path: asked }, pass) => {
        if (asked.startsWith("/assignment/roles")) context.interrupt();
        return await pass();
      };
      const list = (to: ListingPurpose, signal: AbortSignal) => {
        const options = { maySignIn: "never", purpose: to } as const;
        return clock.run(listInventory(session, options, { ...context, signal }));
      };
      await expect(list(former, context.signal)).rejects.toThrow();
      relay.relaying = (_request, pass) => pass();
      await list(purpose, AbortSignal.any([]));
      expect(requestsOf(lab, "ListAccounts")).toHaveLength(times);
    },
  );

  it.each([
    [false, 60_000],
    [true, undefined],
  ])("what profiles are written from (pruned: %s) is as old as its answers", async (prune, age) => {
    const { relay, clock, context, session } = await start();
    relay.relaying = async ({ path: asked }, pass) => {
      if (asked.startsWith("/assignment/roles")) context.interrupt();
      return await pass();
    };
    const list = (signal: AbortSignal) => {
      const options = { cached: false, maySignIn: "never", prune } as const;
      const edges = { ...context, signal };
      return clock.run(listForSync(session, options, edges, new RequestLimiter(edges)));
    };
    await expect(list(context.signal)).rejects.toThrow();
    await clock.advance(60_000);
    relay.relaying = (_request, pass) => pass();
    const { listedAt } = await list(AbortSignal.any([]));
    expect(listedAt && Math.round((clock.now() - listedAt) / 10_000) * 10_000).toBe(age);
    expect((await list(AbortSignal.any([]))).listedAt).toBe(undefined);
  });

  it("of which nothing is left to ask opens no connection", async () => {
    const { lab, clock, context, session } = await start();
    const store = storeOf(session, context);
    const { fingerprint = "" } = (await heldToken(store, session)) ?? {};
    const by = { signIn: store.marks.accept(fingerprint).signInId, purpose: "read" } as const;
    const journal = ListingJournal.open(context.paths.cache, session, by, clock.now());
    journal.noteAccounts([{ id: "111111111111", name: undefined, email: undefined }]);
    journal.noteRoles("111111111111", ["Admin"]);
    journal.close();
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    onTestFinished(() => void process.off("unhandledRejection", unhandled));
    const endpoint = { AWS_ENDPOINT_URL_SSO: "https://127.0.0.1:1" };
    const env = { ...context.env, ...endpoint, AWS_CA_BUNDLE: "/nowhere.pem" };
    const listed = await clock.run(listInventory(session, READING, { ...context, env }));
    expect(listed.accounts).toMatchObject([{ id: "111111111111", roles: ["Admin"] }]);
    expect(requestsOf(lab, "ListAccounts")).toEqual([]);
    // The modules of the SDK may still be loading.
    await import("@aws-sdk/client-sso");
    await clock.advance(0);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it("begins anew after another sign-in", async () => {
    const { lab, session, relay, clock, context, list } = await start();
    relay.relaying = async ({ path: asked }, pass) => {
      if (asked.startsWith("/assignment/roles")) context.interrupt();
      return await pass();
    };
    await expect(list()).rejects.toThrow();
    const [journal = ""] = readdirSync(path.join(context.paths.cache, "inventory"));
    expect(journal).toMatch(/\.partial$/);
    await clock.advance(1000);
    await signInAsAwsCli(lab, context);
    relay.relaying = (_request, pass) => pass();
    await listInventory(session, READING, { ...context, signal: AbortSignal.any([]) });
    expect(requestsOf(lab, "ListAccounts")).toHaveLength(2);
  });

  it("tells how far it is, how fast, and how long it will take", async () => {
    const shown: (string | undefined)[] = [];
    const { context, session, clock } = await start({
      lab: {
        organisation: madeUpOrganisation({ accounts: 60, roles: 1 }),
        rateLimits: { ListAccountRoles: { perSecond: 5, burst: 1 } },
      },
    });
    const terminal = { ...context.terminal, progress: (text?: string) => void shown.push(text) };
    await clock.run(listInventory(session, READING, { ...context, terminal }));
    expect(shown[0]).toBe("Listing roles: 1 of 60 accounts");
    const line = /^Listing roles: 4\d of 60 accounts, \d(\.\d)? a second, about \d+ s left$/;
    expect(shown).toContainEqual(expect.stringMatching(line));
    expect(shown.at(-1)).toBe(undefined);
  });

  it("is kept where only the user can read it", async () => {
    const { context, list } = await start();
    await list();
    const folder = path.join(context.paths.cache, "inventory");
    for (const name of readdirSync(folder)) {
      expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);
      expect(readFileSync(path.join(folder, name), "utf8")).not.toMatch(/token/i);
    }
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

  it("fails when not one account could be listed, and keeps no inventory", async () => {
    const { relay, context, list } = await start();
    relay.relaying = async ({ path: asked }, pass) =>
      asked.startsWith("/assignment/roles") ? "cut" : await pass();
    await expect(list()).rejects.toMatchObject({ code: "NetworkError" });
    const kept = readdirSync(path.join(context.paths.cache, "inventory"));
    expect(kept.filter((name) => name.endsWith(".json"))).toEqual([]);
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

describe("the kept listing after a sign-in by another program", () => {
  it("is made anew", async () => {
    const { lab, context, current } = await start();
    await current();
    await signInAsAwsCli(lab, context);
    await current();
    expect(requestsOf(lab, "ListAccounts")).toHaveLength(2);
    await current();
    expect(requestsOf(lab, "ListAccounts")).toHaveLength(2);
  });

  it("is shown neither offline nor when that sign-in has ended", async () => {
    const { lab, relay, clock, context, current } = await start();
    await current();
    await signInAsAwsCli(lab, context);
    relay.relaying = async () => "cut";
    await expect(current()).rejects.toMatchObject({ code: "NetworkError" });
    await clock.advance(48 * HOUR);
    relay.relaying = (_request, pass) => pass();
    await expect(current()).rejects.toMatchObject({ code: "LoginRequired" });
    rmSync(context.paths.tokenCache, { recursive: true });
    expect((await current()).inventory.accounts).not.toEqual([]);
  });

  it("is the same sign-in's after a refresh, and when it has ended", async () => {
    const { lab, relay, clock, session, context, current } = await start();
    await current();
    await clock.advance(50 * 60_000);
    await clock.run(usableToken(session, context));
    expect(requestsOf(lab, "CreateToken")).toHaveLength(2);
    await current();
    await clock.advance(48 * HOUR);
    relay.relaying = async () => "cut";
    await current();
    relay.relaying = (_request, pass) => pass();
    await current();
    expect(requestsOf(lab, "ListAccounts")).toHaveLength(1);
  });

  it("counts for no sign-in when its file does not tell of which it is", async () => {
    const { lab, context, current } = await start();
    await current();
    const folder = path.join(context.paths.cache, "inventory");
    const file = path.join(folder, readdirSync(folder)[0] ?? "");
    const { signIn: _, ...former } = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify(former));
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
    list: () => place.clock.run(listInventory(session, READING, context)),
    current: (refresh = false) =>
      place.clock.run(currentInventory(session, { maySignIn: "never", refresh }, context)),
  };
}
