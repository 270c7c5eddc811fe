import { describe, expect, test } from "vitest";
import { madeUpOrganisation } from "../../src/lab/organisation/made-up.ts";
import type { Organisation } from "../../src/lab/organisation/organisation.ts";
import { FOLLOW_SHORTCUT } from "../../src/lab/pages/shortcut.ts";
import { startTestLab, type TestLabOptions } from "../helpers/lab.ts";

const ADA = { name: "ada" };
const BOB = { name: "bob", assignments: new Map([["111111111111", ["ReadOnlyAccess"]]]) };

const SMALL: Organisation = {
  users: [ADA, BOB],
  accounts: [
    account("111111111111", "payments-prod", "ReadOnlyAccess", "Billing"),
    account("222222222222", "payments-dev", "ReadOnlyAccess"),
    account("003333333333", "search", "Admin"),
  ],
};

function account(id: string, name: string, ...roles: string[]) {
  return { id, name, email: `${id}@example.com`, roles: roles.map((role) => ({ name: role })) };
}

async function start(organisation: Organisation, options: TestLabOptions = {}) {
  const lab = await startTestLab({ organisation, ...options });
  return async (path: string) => {
    const response = await fetch(lab.url + path);
    const page = await response.text();
    return { status: response.status, page, ...listed(page) };
  };
}

/** Accounts and roles of a start page. */
function listed(page: string) {
  const all = (pattern: RegExp) => [...page.matchAll(pattern)].map(([, text = ""]) => text);
  return {
    accounts: all(/<h2><bdi>(.*?)<\/bdi>/g),
    roles: all(/role_name=([^"&]*)"/g),
  };
}

describe("the start page", () => {
  test("asks for the user where there are several", async () => {
    const get = await start(SMALL);
    const { status, page, accounts } = await get("/start");
    expect([status, accounts]).toEqual([200, []]);
    expect(page.match(/type="radio" name="user" value="(ada|bob)"/g)).toHaveLength(2);
    expect((await get("/start?user=mallory")).status).toBe(404);
  });

  test("lists what is assigned to the user", async () => {
    const get = await start(SMALL);
    const ada = await get("/start/?user=ada");
    expect(ada.accounts).toEqual(["payments-prod", "payments-dev", "search"]);
    expect(ada.roles).toEqual(["ReadOnlyAccess", "Billing", "ReadOnlyAccess", "Admin"]);
    const bob = await get("/start?user=bob");
    expect([bob.accounts, bob.roles]).toEqual([["payments-prod"], ["ReadOnlyAccess"]]);
  });

  test.each([
    ["PAYMENTS", ["payments-prod", "payments-dev"], 3],
    ["00333", ["search"], 1],
    ["2222@example.com", ["payments-dev"], 1],
    ["payments readonly", ["payments-prod", "payments-dev"], 2],
    ["billing", ["payments-prod"], 1],
    ["search billing", [], 0],
    ["  ", ["payments-prod", "payments-dev", "search"], 4],
  ])("filter %j", async (filter, accounts, roles) => {
    const get = await start(SMALL);
    const found = await get(`/start?user=ada&filter=${encodeURIComponent(filter)}`);
    expect(found.accounts).toEqual(accounts);
    expect(found.roles).toHaveLength(roles);
  });

  test("shows 100 accounts a page, and the nearest page to one that is not there", async () => {
    const get = await start(madeUpOrganisation({ accounts: 250, roles: 2 }));
    const pages = [await get("/start"), await get("/start?page=2"), await get("/start?page=3")];
    expect(pages.map(({ accounts }) => accounts.length)).toEqual([100, 100, 50]);
    expect(new Set(pages.flatMap(({ accounts }) => accounts)).size).toBe(250);
    expect(pages[1]?.page).toContain("Page 2 of 3");
    for (const [asked, number] of [
      ["0", 1],
      ["-1", 1],
      ["x", 1],
      ["99", 3],
    ]) {
      expect((await get(`/start?page=${asked}`)).page).toContain(`Page ${number} of 3`);
    }
  });

  test("keeps user and filter on the way to the next page", async () => {
    const organisation = { ...madeUpOrganisation({ accounts: 250, roles: 1 }), users: [ADA, BOB] };
    const get = await start(organisation);
    const { page } = await get("/start?user=ada&filter=a+e");
    const next = /href="([^"]*)">Next</.exec(page)?.[1]?.replaceAll("&#38;", "&");
    expect(next).toBe("/start?user=ada&filter=a+e&page=2");
  });

  test("bounds the roles of a tile; the filter finds the others", async () => {
    const get = await start(madeUpOrganisation({ accounts: 1, roles: 500 }));
    const all = await get("/start");
    expect(all.roles).toHaveLength(30);
    expect(all.page).toContain("470 more roles");
    expect((await get("/start?filter=team499")).roles).toEqual(["Team499Access"]);
  });

  test("asks for the start URL where the lab has several", async () => {
    const startUrl = "https://other.awsapps.com/start";
    const other = { users: [{ name: "eve" }], accounts: [account("444444444444", "other")] };
    const get = await start(SMALL, { moreInstances: [{ startUrl, organisation: other }] });
    const { page } = await get("/start");
    const link = `/start?start_url=${encodeURIComponent(startUrl)}`;
    expect(page).toContain(`href="${link}"`);
    expect((await get(link)).accounts).toEqual(["other"]);
    expect((await get(`${link}&user=ada`)).status).toBe(404);
  });
});

describe("names from outside", () => {
  test("are escaped, isolated, visible and not too long", async () => {
    const names = [
      "<script>alert(1)</script>",
      `" onfocus="alert(1)`,
      "right\u202eto left",
      "bell\u0007",
      "👩‍👩‍👧",
      " edges ",
      "n".repeat(5000),
      "half\ud800",
    ];
    const accounts = names.map((name, index) => account(`1000000000${10 + index}`, name, "Role"));
    const get = await start({ users: [ADA], accounts });
    const { status, page } = await get("/start");
    const unseen = (point: string) => `<span class="unseen">${point}</span>`;
    expect(status).toBe(200);
    const rest = page.replace(`<script>${FOLLOW_SHORTCUT}</script>`, "");
    expect(rest).not.toMatch(/<script|onfocus="/);
    expect(page).toContain("<h2><bdi>&#60;script&#62;alert(1)&#60;/script&#62;</bdi></h2>");
    expect(page).toContain(`<h2><bdi>right${unseen("U+202E")}to left</bdi></h2>`);
    expect(page).toContain(`<h2><bdi>bell${unseen("U+0007")}</bdi></h2>`);
    expect(page).toContain("<h2><bdi>👩‍👩‍👧</bdi></h2>");
    expect(page).toContain(`<bdi>${unseen("U+0020")}edges${unseen("U+0020")}</bdi>`);
    expect(page).toContain(`<bdi>half${unseen("U+D800")}</bdi>`);
    expect(page).toMatch(
      /<h2><bdi>n{120}<\/bdi>&hellip; <span class="note">\(4,880 more characters\)/,
    );
  });

  test("in a filter and a destination are text too", async () => {
    const get = await start(SMALL);
    const hostile = encodeURIComponent(`"><script>alert(1)</script>`);
    expect((await get(`/start?user=ada&filter=${hostile}`)).page).not.toContain("<script");
    const role = "/console?user=ada&account_id=003333333333&role_name=Admin";
    const { page } = await get(`${role}&destination=javascript%3Aalert(1)${hostile}`);
    expect(page).not.toMatch(/<script|href="javascript/);
    expect(page).toContain("<bdi>javascript:alert(1)");
  });
});

describe("the console page", () => {
  test("says which console the link stands for", async () => {
    const get = await start(SMALL);
    const { page } = await get("/start?user=ada&filter=search");
    const link = /href="(\/console[^"]*)"/.exec(page)?.[1]?.replaceAll("&#38;", "&") ?? "";
    const to = encodeURIComponent("https://console.aws.amazon.com/s3/home#x");
    const found = await get(`${link}&destination=${to}`);
    expect(found.status).toBe(200);
    for (const text of ["search", "003333333333", "Admin", "ada", "/s3/home#x"]) {
      expect(found.page).toContain(text);
    }
    expect(found.page.replaceAll("&#38;", "&")).toContain(
      `https://d-1234567890.awsapps.com/start/#/console?account_id=003333333333&role_name=Admin&destination=${to}`,
    );
  });

  test("without a role it lets the user choose one", async () => {
    const get = await start(SMALL);
    const { roles } = await get("/console?user=ada&account_id=111111111111");
    expect(roles).toEqual(["ReadOnlyAccess", "Billing"]);
  });

  test("asks for the user of a shortcut link, and keeps its parameters", async () => {
    const get = await start(SMALL);
    const { page } = await get("/console?account_id=003333333333&role_name=Admin");
    expect(page).toContain('<input type="hidden" name="account_id" value="003333333333">');
    expect(page).toContain('<input type="hidden" name="role_name" value="Admin">');
  });

  test.each([
    "/console?user=bob&account_id=111111111111&role_name=Billing",
    "/console?user=bob&account_id=222222222222",
    "/console?user=ada&account_id=003333333333&role_name=admin",
    "/console?user=ada",
  ])("refuses what is not assigned: %s", async (path) => {
    const get = await start(SMALL);
    expect((await get(path)).status).toBe(403);
  });
});
