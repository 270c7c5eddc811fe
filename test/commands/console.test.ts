import { appendFileSync } from "node:fs";
import { expect, it } from "vitest";
import { main } from "../../src/main.ts";
import { forbiddenBrowser, userBrowser } from "../helpers/browser.ts";
import { type SceneOptions, signInAsAwsCli, startScene } from "../helpers/context.ts";
import { root } from "../helpers/program.ts";

const ACCOUNT = "012345678901";
const url = (role: string) =>
  `https://d-1234567890.awsapps.com/start/#/console?account_id=${ACCOUNT}&role_name=${role}`;

it("prints a URL a line, of profiles by flag and by name, each once", async () => {
  const { ssox, terminal } = await start();
  expect(await ssox("ops", "--profile", "dev", "dev", "--profile", "ops", "--print")).toBe(0);
  expect(terminal.stdout).toBe(`${url("DeveloperAccess")}\n${url("Ops")}\n`);
  expect(terminal.stderr).toBe("");
});

it("takes an account and a role, an account's name too", async () => {
  const { ssox, terminal, lab, context } = await start();
  await signInAsAwsCli(lab, context);
  for (const account of [ACCOUNT, "Sandbox"]) {
    expect(await ssox("--account", account, "--role", "Ops", "--print")).toBe(0);
  }
  expect(terminal.stdout).toBe(`${url("Ops")}\n${url("Ops")}\n`);
});

it("without a name takes AWS_PROFILE, else asks at a terminal", async () => {
  const named = await start({ env: { AWS_PROFILE: "ops" } });
  expect(await named.ssox("--print")).toBe(0);
  expect(named.terminal.stdout).toBe(`${url("Ops")}\n`);
  const asked = await start({ terminal: { interactive: true, answers: ["dev"] } });
  expect(await asked.ssox("--print")).toBe(0);
  expect(asked.terminal.stdout).toBe(`${url("DeveloperAccess")}\n`);
});

it("tells with --json whose each URL is", async () => {
  const { ssox, terminal } = await start();
  expect(await ssox("dev", "chain", "--federation", "--print", "--json")).toBe(3);
  expect(JSON.parse(terminal.stdout)).toMatchObject({ error: { code: "LoginRequired" } });
  const { ssox: again, terminal: other } = await start();
  expect(await again("dev", "--print", "--json")).toBe(0);
  expect(JSON.parse(other.stdout)).toEqual([
    { profile: "dev", accountId: ACCOUNT, role: "DeveloperAccess", url: url("DeveloperAccess") },
  ]);
});

it("opens the browser, and says so with the account's name where that is known", async () => {
  const browser = userBrowser();
  const { ssox, terminal, lab, context } = await start({ browser });
  await signInAsAwsCli(lab, context);
  expect(await main(["accounts", "--refresh"], root, context)).toBe(0);
  const before = [terminal.stdout, terminal.stderr];
  expect(await ssox("dev", "--federation")).toBe(0);
  expect(terminal.stdout).toBe(before[0]);
  expect(terminal.stderr).toBe(
    `${before[1]}Opening the console of sandbox\\x1b[31m as DeveloperAccess.\n`,
  );
  expect(await browser.page()).toContain("AWSReservedSSO_DeveloperAccess_");
});

it("signs in for federation with --login, or after a question", async () => {
  for (const [words, options] of [
    [["--login"], {}],
    [[], { terminal: { interactive: true, answers: [true] } }],
  ] as const) {
    const { ssox, terminal } = await start({ browser: userBrowser(), ...options });
    expect(await ssox("dev", "--federation", "--print", ...words)).toBe(0);
    expect(terminal.stdout).toContain("/federation?Action=login&");
  }
});

it.each([
  [["dev", "--account", ACCOUNT, "--role", "Ops"], /not both/],
  [["--account", ACCOUNT], /--role/],
  [["dev", "--service", "s3", "--destination", "https://console.aws.amazon.com/"], /--service/],
  [["dev", "--json"], /--print/],
  [["chain"], /--federation/],
  [["dev", "--nonsense"], /--nonsense/],
])("%j is wrong usage", async (words, told) => {
  const { ssox, terminal } = await start({ browser: forbiddenBrowser() });
  expect(await ssox(...words)).toBe(2);
  expect(terminal.stderr).toMatch(told);
});

it("shows a URL that nobody can open here on stdout", async () => {
  const { ssox, terminal } = await start({ browser: forbiddenBrowser({ available: false }) });
  expect(await ssox("dev")).toBe(0);
  expect(terminal.stdout).toBe(`${url("DeveloperAccess")}\n`);
  expect(terminal.stderr).toBe("No browser can be opened here; open this yourself:\n");
});

async function start(options: SceneOptions = {}) {
  const roles = [{ name: "DeveloperAccess" }, { name: "Ops" }];
  const accounts = [{ id: ACCOUNT, name: "sandbox", roles }];
  const hostile = [{ id: ACCOUNT, name: "sandbox\u001b[31m", roles }];
  const { lab, clock, context } = await startScene({
    profiles: [
      { name: "dev", accountId: ACCOUNT, roleName: "DeveloperAccess" },
      { name: "ops", accountId: ACCOUNT, roleName: "Ops" },
    ],
    lab: {
      organisation: {
        users: [{ name: "ada" }],
        accounts: options.browser === undefined ? accounts : hostile,
      },
    },
    ...options,
  });
  const chain = `[profile chain]\nrole_arn = arn:aws:iam::${ACCOUNT}:role/Gate\nsource_profile = dev\n`;
  appendFileSync(context.paths.configFile, chain);
  const ssox = (...words: string[]) => clock.run(main(["console", ...words], root, context));
  return { lab, context, ssox, terminal: context.terminal };
}
