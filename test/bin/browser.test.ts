import { appendFileSync } from "node:fs";
import { expect, it } from "vitest";
import { requestsOf } from "../helpers/lab.ts";
import { node, runSsox } from "../helpers/program.ts";
import { PKCE, startPlace } from "./place.ts";

it.each([
  ["beats BROWSER", (browser: string) => browser, "false", 0],
  ["that is empty leaves it to BROWSER", () => "", undefined, 0],
  [
    "is what is started, and no shell: nobody comes back",
    (browser: string) => `true; ${browser}`,
    "false",
    3,
  ],
])("ssox_browser %s", async (_what, key, BROWSER, status) => {
  const { env, lab, paths } = await startPlace();
  const browser = `${node()} -e 'fetch(process.argv[1])' %s`;
  appendFileSync(paths.configFile, `ssox_browser = ${key(browser)}\n`);
  const end = await runSsox([...PKCE, "--timeout", status === 0 ? "60" : "2"], {
    env: { ...env, ...(BROWSER !== undefined && { BROWSER }) },
  });
  expect(end).toMatchObject({ status });
  expect(requestsOf(lab, "Authorize")).toHaveLength(status === 0 ? 1 : 0);
});
