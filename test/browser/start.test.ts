import { expect, test } from "vitest";
import { madeUpOrganisation } from "../../src/lab/organisation/made-up.ts";
import { openTab } from "../helpers/chromium.ts";
import { startTestLab } from "../helpers/lab.ts";
import { headingOf, tabTo } from "./keyboard.ts";

const TILES = `document.querySelectorAll("ul.tiles > li").length`;
const STATUS = `document.querySelector("[role=status]").innerText`;

test("1,000 accounts: choose a user, turn the page, filter, open a role, by keyboard alone", async (context) => {
  const made = madeUpOrganisation({ accounts: 1000, roles: 20 });
  const organisation = { ...made, users: [{ name: "ada" }, { name: "bob" }] };
  const lab = await startTestLab({ organisation });
  const tab = await openTab(context);

  await tab.goto(`${lab.url}/start`);
  await tabTo(tab, "ada");
  await tab.press("ArrowDown");
  await tabTo(tab, "Continue");
  await tab.leaving(() => tab.press("Enter"));
  expect(await tab.evaluate("document.body.innerText")).toContain("Accounts of bob");
  expect(await tab.evaluate(TILES)).toBe(100);
  expect(await tab.evaluate(STATUS)).toBe("1,000 accounts.");

  await tabTo(tab, "Next");
  await tab.leaving(() => tab.press("Enter"));
  expect(await tab.evaluate("document.body.innerText")).toContain("Page 2 of 10");
  expect(await tab.evaluate(TILES)).toBe(100);

  const wanted = made.accounts[777];
  await tabTo(tab, "filter");
  await tab.type(`${wanted?.id} readonly`);
  await tab.leaving(() => tab.press("Enter"));
  expect(await tab.evaluate(TILES)).toBe(1);
  expect(await tab.evaluate(STATUS)).toContain("1 of 1,000 accounts");

  await tabTo(tab, `ReadOnlyAccess in ${wanted?.name} ${wanted?.id}`);
  await tab.leaving(() => tab.press("Enter"));
  expect(await headingOf(tab)).toBe("Console");
  expect(await tab.evaluate(`document.querySelector("dl").innerText`)).toContain(wanted?.id);

  await tabTo(tab, "All accounts");
  await tab.leaving(() => tab.press("Enter"));
  expect(await tab.evaluate(TILES)).toBe(100);
  expect(tab.complaints).toEqual([]);
  const elsewhere = tab.requested.filter((url) => !url.startsWith(`${lab.url}/`));
  expect(elsewhere.filter((url) => url !== "about:blank" && url !== "data:,")).toEqual([]);
});

test("a shortcut link of the access portal leads to the console, and any other to the start page", async (context) => {
  const lab = await startTestLab();
  const tab = await openTab(context);
  const link = `${lab.url}/start/#/console?account_id=105992674944&role_name=ReadOnlyAccess`;
  await tab.leaving(() => tab.goto(link));
  await expect.poll(() => headingOf(tab)).toBe("Console");
  await tab.goto(`${lab.url}/start/#/other`);
  expect(await headingOf(tab)).toBe("Your accounts");
  expect(tab.complaints).toEqual([]);
});
