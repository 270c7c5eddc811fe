import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it, vi } from "vitest";
import { homeEnvironment, temporaryHome } from "../helpers/context.ts";
import { startTestLab } from "../helpers/lab.ts";
import { type FoundFile, filesIn, foldersIn, placesOf } from "../helpers/places.ts";
import { node, root } from "../helpers/program.ts";
import { SecretSearch } from "../helpers/search.ts";
import { onTerminal } from "../helpers/terminal.ts";

/*
 * The table of docs/security.md is true: every file that ssox leaves has its
 * row there, with its mode and its secrets, and goes when the row says so.
 */

const DEVICE = ["login", "--flow", "device", "--no-browser"];

it("every file that ssox makes stands in the table, with its mode and its secrets", async (running) => {
  const { home, env, lab, run, command, start, role, look, seen } = await desk();
  await run([...DEVICE, "--start-url", lab.startUrl, "--sso-region", "eu-west-1"]);
  await run(["login", "--flow", "pkce", "--force"]);
  await run(["accounts"]);
  await run(["sync-profiles"]);
  await run(["whoami", ...role]);
  const picked = await onTerminal([["choose", "\r"]], command(["pick"]), { env }, running);
  expect(picked).toMatchObject({ status: 0 });
  const exec = start(["exec", ...role, "--", node(), "-e", "process.stdin.resume()"]);
  await vi.waitFor(() => expect(look().get("exec")).toBe(1), WAITING);
  exec.stdin?.end();
  await once(exec, "close");
  look();
  // What a killed one leaves.
  lab.configure({ approve: "never" });
  const login = start([...DEVICE, "--force"]);
  await vi.waitFor(() => expect(look().get("temporary")).toBe(1), WAITING);
  login.kill("SIGKILL");
  await once(login, "close");
  look();

  const search = new SecretSearch(lab.secrets());
  const found = new Map<string, Set<string>>();
  for (const { file, mode, content } of seen) {
    const name = path.relative(home, file);
    const rows = placesOf(env).filter(({ patterns }) => patterns.some((one) => one.test(file)));
    expect(rows, `rows of docs/security.md for ~/${name}`).toHaveLength(1);
    const [row] = rows;
    if (row?.mode !== undefined) expect(octal(mode), name).toBe(octal(row.mode));
    const kinds = found.get(row?.what ?? "") ?? new Set();
    found.set(row?.what ?? "", kinds);
    for (const { kind } of search.findIn(content)) kinds.add(kind);
  }
  expect(Object.fromEntries([...found].map(([what, kinds]) => [what, [...kinds].sort()]))).toEqual(
    Object.fromEntries(
      placesOf(env).map(({ what, secrets }) => [
        what,
        secrets.filter((kind) => kind !== "configKey").sort(),
      ]),
    ),
  );
  expect(octal(statSync(path.join(home, ".aws", "config")).mode)).toBe("100600");
  for (const [folder, mode] of foldersIn(home)) expect(octal(mode), folder).toBe("700");
}, 120_000);

it("a file goes when the table says so, whatever killed processes left", async () => {
  const { home, env, lab, run, role } = await desk();
  const places = placesOf(env);
  const isGone = (by: string) => {
    const rows = places.filter(({ removedBy }) => removedBy.split(", ").includes(by));
    expect(rows, `rows that ${by} removes`).not.toEqual([]);
    const files = filesIn(home).map(({ file }) => file);
    const left = files.filter((file) => {
      return rows.some(({ patterns }) => patterns.some((one) => one.test(file)));
    });
    expect(left, `what ${by} leaves`).toEqual([]);
  };
  const fill = async () => {
    await run(DEVICE);
    await run(["whoami", ...role]);
    // As kill -9 between writing and renaming leaves them.
    for (const folder of ["sso", "cli"]) {
      const cache = path.join(home, ".aws", folder, "cache");
      const [file] = filesIn(cache);
      if (!file) throw new Error(`nothing lies in ${cache}`);
      const left = path.join(cache, `.${path.basename(file.file)}.0123456789ab.tmp`);
      writeFileSync(left, file.content);
    }
  };
  await run([...DEVICE, "--start-url", lab.startUrl, "--sso-region", "eu-west-1"]);
  await run(["whoami", ...role]);
  await run([...DEVICE, "--force"]);
  isGone("a new sign-in");
  isGone("the command at its end");
  await fill();
  await run(["exec", ...role, "--", "true"]);
  isGone("`exec` at the program's end");
  await run(["logout"]);
  isGone("`logout`");
  await fill();
  await run(["logout", "--all"]);
  isGone("`logout`");
  isGone("`logout --all`");
  const search = new SecretSearch(lab.secrets());
  expect(filesIn(home).filter(({ content }) => search.findIn(content).length > 0)).toEqual([]);
}, 120_000);

const WAITING = { timeout: 30_000, interval: 20 };

/** A home in which there is nothing, and programs that may make files readable by all. */
async function desk() {
  const lab = await startTestLab();
  const home = temporaryHome();
  const BROWSER = `${node()} -e 'fetch(process.argv[1])' %s`;
  const env = { ...homeEnvironment(home, lab), BROWSER };
  const script = 'umask 000; exec "$@"';
  const program = [node(), path.join(root, "bin", "ssox.js")];
  const command = (words: readonly string[]) => ["sh", "-c", script, "sh", ...program, ...words];
  const start = (words: readonly string[]): ChildProcess => {
    const [file = "", ...args] = command(words);
    return spawn(file, args, { env, stdio: ["pipe", "ignore", "ignore"] });
  };
  const seen: ReturnType<typeof filesIn> = [];
  const isSeen = ({ file, mode, content }: FoundFile) =>
    seen.some((one) => one.file === file && one.mode === mode && one.content.equals(content));
  const account = lab.organisation.accounts[0]?.id ?? "";
  return {
    lab,
    home,
    env,
    seen,
    role: ["--account", account, "--role", "ReadOnlyAccess"],
    command,
    start,
    async run(words: readonly string[]): Promise<void> {
      const child = start(words);
      child.stdin?.end();
      const [status] = await once(child, "close");
      expect(status, words.join(" ")).toBe(0);
    },
    /** Sees what is there; counts what is there for a time. */
    look(): Map<string, number> {
      const files = filesIn(home);
      // Once each: how often one looks is a matter of time, and all of it is searched.
      for (const found of files) if (!isSeen(found)) seen.push(found);
      const count = (pattern: RegExp) => files.filter(({ file }) => pattern.test(file)).length;
      return new Map([
        ["exec", count(/\/exec-[^/]+$/)],
        ["temporary", count(/\.tmp$/)],
      ]);
    },
  };
}

function octal(mode: number): string {
  return mode.toString(8);
}
