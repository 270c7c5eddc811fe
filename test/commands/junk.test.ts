import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { roleCacheFile } from "../../src/aws/role-cache.ts";
import { usableToken } from "../../src/flows/usable-token.ts";
import { main } from "../../src/main.ts";
import { sha1, signInAsAwsCli, startScene } from "../helpers/context.ts";
import { asOrdinaryUser } from "../helpers/ordinary-user.ts";
import { root } from "../helpers/program.ts";

/*
 * The folders of the AWS CLI's caches hold what other tools put there. The one
 * file whose name is the session's, or the role's, counts, and it too may hold
 * anything.
 */

const LOGIN = ["login", "--flow", "device", "--no-browser"];
/** Of coreutils. */
const MKFIFO = "mkfifo";
const FUTURE = "2099-01-01T00:00:00Z";
const TOKEN = { startUrl: "", region: "eu-west-1", accessToken: "aoa-other", expiresAt: FUTURE };

async function open() {
  const scene = await startScene();
  const { context, lab } = scene;
  const { tokenCache, roleCache } = context.paths;
  for (const folder of [tokenCache, roleCache]) mkdirSync(folder, { recursive: true });
  const [account] = lab.organisation.accounts;
  const target = ["--account", account?.id ?? "", "--role", "ReadOnlyAccess"];
  return {
    ...scene,
    tokenFile: path.join(tokenCache, `${sha1("acme")}.json`),
    credentials: ["credential-process", ...target],
    /** The exit status, once the waits are over. */
    run: (words: readonly string[]) => scene.clock.run(main(words, root, context)),
  };
}

it.each<[string, string | Buffer]>([
  ["empty", ""],
  ["cut", `{"startUrl": "https://d-12`],
  ["no JSON", "Hello."],
  ["a list", "[]"],
  ["null", "null"],
  ["a list of lists without end", "[".repeat(200_000)],
  ["binary", Buffer.from([0xff, 0xfe, 0x00, 0x80])],
  ["of a later format", JSON.stringify({ version: 2, tokens: [TOKEN] })],
  ["of other types", JSON.stringify({ ...TOKEN, expiresAt: 4_070_908_800 })],
  ["without a time", JSON.stringify({ ...TOKEN, expiresAt: undefined })],
  ["a token under __proto__", `{"__proto__": ${JSON.stringify(TOKEN)}}`],
  [
    "a token of another portal",
    JSON.stringify({ ...TOKEN, startUrl: "https://other.awsapps.com/start" }),
  ],
])(
  "a token file that is %s reads as signed out, and the next sign-in replaces it",
  async (_what, content) => {
    const { tokenFile, credentials, run } = await open();
    writeFileSync(tokenFile, content);
    expect(await run(credentials)).toBe(3);
    expect(await run(["status", "--session", "acme"])).toBe(3);
    expect(readFileSync(tokenFile)).toEqual(Buffer.from(content));
    expect(await run(LOGIN)).toBe(0);
    expect(await run(credentials)).toBe(0);
  },
);

it("a token file of three gigabytes reads as signed out", async () => {
  const { tokenFile, credentials, run } = await open();
  writeFileSync(tokenFile, "{");
  truncateSync(tokenFile, 3 * 2 ** 30);
  expect(await run(credentials)).toBe(3);
  expect(await run(LOGIN)).toBe(0);
  expect(await run(credentials)).toBe(0);
});

it("a token for other scopes is refused by the portal, and needs a sign-in", async () => {
  const { lab, tokenFile, credentials, run } = await open();
  writeFileSync(tokenFile, JSON.stringify({ ...TOKEN, startUrl: lab.startUrl }));
  expect(await run(credentials)).toBe(3);
  expect(await run(LOGIN)).toBe(0);
  expect(await run(credentials)).toBe(0);
});

it.each<[string, (file: string) => void]>([
  ["a folder", (file) => mkdirSync(file)],
  ["a link to itself", (file) => symlinkSync(file, file)],
  ["a pipe that nobody writes to", (file) => void execFileSync(MKFIFO, [file])],
  ["a link to a device that never ends", (file) => symlinkSync("/dev/zero", file)],
])("%s in the token file's place cannot be read, which is told", async (_what, make) => {
  const { context, tokenFile, credentials, run } = await open();
  make(tokenFile);
  for (const words of [credentials, ["status"], LOGIN]) {
    expect(await run(words), words[0]).toBe(6);
    expect(context.terminal.stderr).toContain(
      `CacheInvalid: Cannot read the token file ${tokenFile}`,
    );
  }
});

it("a token file that may not be read is told", async () => {
  const { context, lab, session } = await open();
  const { file } = await signInAsAwsCli(lab, context);
  await asOrdinaryUser(context.paths.home, async () => {
    chmodSync(file, 0);
    await expect(usableToken(session, context)).rejects.toMatchObject({
      code: "CacheInvalid",
      exitStatus: 6,
      message: expect.stringContaining("permission denied"),
    });
  });
});

it("a link to a token elsewhere is followed, and stays; one to nothing is signed out", async () => {
  const { clock, context, lab, tokenFile, credentials, run } = await open();
  const elsewhere = path.join(context.paths.home, "elsewhere.json");
  symlinkSync(elsewhere, tokenFile);
  expect(await run(credentials)).toBe(3);
  await signInAsAwsCli(lab, context);
  await clock.advance(50 * 60_000);
  const before = readFileSync(elsewhere, "utf8");
  expect(await run(credentials)).toBe(0);
  expect(readFileSync(elsewhere, "utf8")).not.toBe(before);
  expect(lstatSync(tokenFile).isSymbolicLink()).toBe(true);
});

it.each<[string, number, (file: string) => void]>([
  ["empty", 0, (file) => writeFileSync(file, "")],
  ["cut", 0, (file) => writeFileSync(file, `{"ProviderType": "sso", "Cred`)],
  ["of another kind", 0, (file) => writeFileSync(file, JSON.stringify({ Credentials: {} }))],
  ["a folder", 6, (file) => mkdirSync(file)],
  ["a pipe", 6, (file) => void execFileSync(MKFIFO, [file])],
])(
  "a role's file that is %s holds no credentials: they are fetched, exit %i",
  async (_what, status, make) => {
    const { context, lab, session, credentials, run } = await open();
    await signInAsAwsCli(lab, context);
    const [, , accountId = "", , roleName = ""] = credentials;
    make(roleCacheFile(context.paths.roleCache, { session, accountId, roleName }));
    expect(await run(credentials)).toBe(status);
    if (status === 6) expect(context.terminal.stderr).toContain("WriteFailed: Cannot write");
  },
);

it("a thousand files of other tools stay as they are, and none counts", async () => {
  const { clock, context, lab, credentials, run } = await open();
  const { tokenCache, roleCache } = context.paths;
  fillWithJunk(tokenCache, lab.startUrl);
  fillWithJunk(roleCache, lab.startUrl);
  const before = [entries(tokenCache), entries(roleCache)];
  expect(before[0]?.size).toBeGreaterThan(1_000);

  expect(await run(credentials)).toBe(3);
  expect(await run(LOGIN)).toBe(0);
  expect(await run(credentials)).toBe(0);
  await clock.advance(50 * 60_000);
  expect(await run(credentials)).toBe(0);
  expect(await run(["status"])).toBe(0);
  expect(await run([...LOGIN, "--force"])).toBe(0);
  expect(await run(credentials)).toBe(0);
  expect(await run(["logout"])).toBe(0);
  expect([entries(tokenCache), entries(roleCache)]).toEqual(before);

  // What `aws sso logout` sweeps is told by what is in it, not by its name.
  expect(await run(["logout", "--all"])).toBe(0);
  const swept = (folder: string, old: Map<string, string> | undefined) => {
    const left = entries(folder);
    return [...(old?.keys() ?? [])].filter((name) => !left.has(name));
  };
  expect(swept(tokenCache, before[0])).toEqual(["another-session.json", "cut.json"]);
  expect(swept(roleCache, before[1])).toEqual(["role-of-another-session.json"]);
});

/** What lies about in the caches of people who use many tools. */
function fillWithJunk(folder: string, startUrl: string): void {
  const file = (name: string) => path.join(folder, name);
  const Credentials = {
    AccessKeyId: "ASIA",
    SecretAccessKey: "s",
    SessionToken: "t",
    Expiration: FUTURE,
  };
  const texts: Record<string, string> = {
    "another-session.json": JSON.stringify({ ...TOKEN, startUrl }),
    "botocore-client-id-eu-west-1.json": JSON.stringify({ clientId: "c", expiresAt: FUTURE }),
    "role-of-another-session.json": JSON.stringify({ ProviderType: "sso", Credentials }),
    "assumed-role.json": JSON.stringify({ Credentials, AssumedRoleUser: { Arn: "arn" } }),
    "proto.json": `{"__proto__": ${JSON.stringify({ ...TOKEN, ProviderType: "sso", Credentials })}}`,
    "empty.json": "",
    "cut.json": `{"accessToken": "a`,
    "session.db": "SQLite format 3",
    "UPPER.JSON": JSON.stringify(TOKEN),
    ".json": "{}",
    "notes.txt": "mine",
  };
  for (const [name, text] of Object.entries(texts)) writeFileSync(file(name), text);
  for (let index = 0; index < 1_000; index += 1) writeFileSync(file(`${index}.json`), "{}");
  writeFileSync(file("huge.json"), "{");
  truncateSync(file("huge.json"), 3 * 2 ** 30);
  mkdirSync(file("folder.json"));
  symlinkSync("nowhere", file("dangling.json"));
  symlinkSync("/dev/zero", file("endless.json"));
  execFileSync(MKFIFO, [file("pipe.json")]);
}

/** Every entry of a folder with what any change of it would change; the session's own files come and go. */
function entries(folder: string): Map<string, string> {
  const names = readdirSync(folder).filter((name) => !/^[0-9a-f]{40}\.json$/.test(name));
  return new Map(
    names.map((name) => {
      const { ino, mtimeNs, size, mode } = lstatSync(path.join(folder, name), { bigint: true });
      return [name, `${ino} ${mtimeNs} ${size} ${mode}`];
    }),
  );
}
