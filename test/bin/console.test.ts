import { appendFileSync, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it, vi } from "vitest";
import { node, runSsox, spawnSsox } from "../helpers/program.ts";
import { DEVICE, startPlace } from "./place.ts";

const ACCOUNT = "105992674944";

it("starts the browser with the link, and does not wait for it", async () => {
  const { env, lab, opened } = await desk();
  const end = await runSsox(["console", "dev", "--service", "logs"], { env });
  expect(end).toEqual({
    status: 0,
    signal: null,
    stdout: "",
    stderr: `Opening the console of ${ACCOUNT} as Ops 'n $(id) %s.\n`,
  });
  const [url = ""] = await opened(1);
  expect(url).toMatch(/^https:\/\/d-1234567890\.awsapps\.com\/start\/#\/console\?[\x21-\x7e]+$/);
  expect(new URLSearchParams(url.split("?")[1]).get("role_name")).toBe("Ops 'n $(id) %s");
  expect(lab.requests).toEqual([]);
});

it("with --federation starts it with an address of this machine, good once", async () => {
  const { env, opened } = await desk();
  await runSsox(DEVICE, { env });
  const words = ["console", "--account", ACCOUNT, "--role", "ReadOnlyAccess", "--federation"];
  const child = spawnSsox(words, { env });
  const [url = ""] = await opened(1);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}$/);
  expect(child.exitCode, "it waits").toBeNull();
  const first = await fetch(url, { redirect: "manual" });
  expect(first.status).toBe(303);
  expect(first.headers.get("location")).toContain("/federation?Action=login&");
  await vi.waitFor(() => expect(child.exitCode).toBe(0), { timeout: 20_000 });
  await expect(fetch(url)).rejects.toThrow();
});

it.each([
  ["is not set", undefined],
  ["cannot be started", "/nonexistent/browser --new-tab"],
])("opens nothing and shows no secret where BROWSER %s", async (_what, program) => {
  const { env } = await desk();
  await runSsox(DEVICE, { env });
  const role = ["--account", ACCOUNT, "--role", "ReadOnlyAccess"];
  const { BROWSER: _, ...others } = env;
  const without = { ...others, ...(program !== undefined && { BROWSER: program }) };
  expect(await runSsox(["console", ...role], { env: without })).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("/start/#/console?account_id="),
    stderr: "No browser can be opened here; open this yourself:\n",
  });
  expect(await runSsox(["console", ...role, "--federation"], { env: without })).toMatchObject({
    status: 2,
    stdout: "",
    stderr: expect.stringContaining("error Usage: "),
  });
});

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s ends the wait for the browser with %i", async (signal, status) => {
  const { env, opened } = await desk();
  await runSsox(DEVICE, { env });
  const words = ["console", "--account", ACCOUNT, "--role", "ReadOnlyAccess", "--federation"];
  const child = spawnSsox(words, { env });
  await opened(1);
  child.kill(signal);
  await vi.waitFor(() => expect(child.exitCode).toBe(status), { timeout: 20_000 });
});

/** A place whose browser writes down the URL that it was started with, and goes nowhere. */
async function desk() {
  const { env, lab, paths } = await startPlace();
  const profile = `sso_session = acme\nsso_account_id = ${ACCOUNT}\nsso_role_name = Ops 'n $(id) %s`;
  appendFileSync(paths.configFile, `[profile dev]\n${profile}\nregion = eu-west-1\n`);
  const record = path.join(env["HOME"] ?? "", "opened");
  const script = "fs.appendFileSync(process.argv[1], process.argv[2] + String.fromCharCode(10))";
  const BROWSER = `${node()} -e '${script}' ${record} %s`;
  const opened = async (count: number) =>
    await vi.waitFor(
      () => {
        const urls = existsSync(record)
          ? readFileSync(record, "utf8").split("\n").slice(0, -1)
          : [];
        expect(urls).toHaveLength(count);
        return urls;
      },
      { timeout: 20_000 },
    );
  return { env: { ...env, BROWSER }, lab, opened };
}
