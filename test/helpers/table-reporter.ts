import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Reporter, TestCase, TestModule } from "vitest/node";
import { CLIENTS, repository } from "./witness.ts";

/**
 * Prints one table at the end of a run, client by check, and writes it into the
 * Markdown file that SSOX_PROOF names.
 *
 * A test is in it by its name, which begins with the numbers of its checks and
 * ends with its clients: `2, 3 · ssox login, then get-caller-identity [boto3]`.
 * What the test puts into its meta gives versions and footnotes.
 */
export default class TableReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const results = tests.flatMap((test) => resultOf(test) ?? []);
    if (results.length === 0) return;
    const table = tableOf(results);
    process.stdout.write(`\n${asText(table)}\n`);
    const proof = process.env["SSOX_PROOF"];
    if (proof) writeBetweenMarkers(path.resolve(repository, proof), asMarkdown(table, commit()));
  }
}

export interface CheckResult {
  /** Numbers, or {@link ALONE}. */
  readonly checks: readonly string[];
  readonly clients: readonly string[];
  readonly state: "ok" | "failed" | "skipped";
  /** Why it was skipped, or how the client differs. */
  readonly note?: string | undefined;
  readonly versions: Readonly<Partial<Record<string, string>>>;
}

/** Marks checks of a client and the lab, without ssox. */
const ALONE = "the lab alone";

/** Checks that are one row, by their numbers. A number that is not here is a row without words. */
const ROWS: readonly { readonly checks: readonly string[]; readonly what: string }[] = [
  { checks: [ALONE], what: "signs in, refreshes, assumes roles, is refused" },
  { checks: ["1"], what: "the token file has the AWS CLI's form" },
  { checks: ["2", "3"], what: "ssox login, then get-caller-identity without an OIDC call" },
  { checks: ["4"], what: "its sign-in serves ssox without an OIDC call" },
  { checks: ["11"], what: "client registrations stay apart" },
  { checks: ["13"], what: "ssox login for a profile of the old form" },
  { checks: ["15"], what: "uses the token that ssox refreshed" },
  { checks: ["16"], what: "a token without refresh token" },
  { checks: ["17", "18"], what: "refreshes the token, and ssox uses what it wrote" },
  { checks: ["19"], what: "10 processes beside 10 of ssox, 4 minutes before the token's end" },
  { checks: ["23"], what: "has no credentials after ssox logout" },
  {
    checks: ["24"],
    what: "is the new user after ssox login as someone else, and two users in two sessions",
  },
  { checks: ["25"], what: "aws sso logout, and ssox says signed out" },
  { checks: ["26"], what: "one cache of role credentials" },
  { checks: ["28", "32"], what: "reads the profiles that ssox wrote, hostile names too" },
  { checks: ["31"], what: "a profile in quotes is updated, not doubled" },
  { checks: ["33"], what: "start URL with #/, account id with leading zeros" },
  { checks: ["35"], what: "AWS_CONFIG_FILE with ~ or a variable" },
  { checks: ["36", "37"], what: "takes in each broken home what ssox doctor predicts" },
  { checks: ["43"], what: "variables, profiles and partitions lead to the same endpoints" },
  { checks: ["44"], what: "ssox as credential_process, also by a path with a space" },
  { checks: ["47"], what: "tells why credential_process failed" },
  { checks: ["48"], what: "50 calls run credential_process once" },
  { checks: ["50"], what: "exec --mode env: polluted environment, any [default]" },
  { checks: ["51"], what: "exec: the region" },
  { checks: ["52"], what: "exec --mode server: polluted environment, any [default]" },
  { checks: ["54"], what: "keeps the role under exec past the end of its credentials" },
  { checks: ["56"], what: "keeps the role by AWS_PROFILE past the end of the token" },
  { checks: ["57"], what: "names and order of aws configure export-credentials" },
];

export interface Table {
  readonly clients: readonly string[];
  readonly rows: readonly { readonly check: string; readonly cells: readonly string[] }[];
  readonly footnotes: readonly string[];
  readonly versions: readonly string[];
}

/** One row for each check that was run; a cell without a test is `–`. */
export function tableOf(results: readonly CheckResult[]): Table {
  const listed = new Set(ROWS.flatMap(({ checks }) => checks));
  const unlisted = results.flatMap(({ checks }) => checks.filter((each) => !listed.has(each)));
  const footnotes: string[] = [];
  const rows = [...ROWS, ...[...new Set(unlisted)].map((each) => ({ checks: [each], what: "" }))]
    .sort((one, other) => number(one.checks[0]) - number(other.checks[0]))
    .flatMap(({ checks, what }) => {
      const ofRow = results.filter((result) => result.checks.some((each) => checks.includes(each)));
      if (ofRow.length === 0) return [];
      const check = `${checks.join(", ")} · ${what}`;
      return [{ check, cells: CLIENTS.map((client) => cellOf(client, ofRow, footnotes)) }];
    });
  const versions = Object.assign({}, ...results.map((result) => result.versions));
  const known = CLIENTS.filter((client) => versions[client] !== undefined);
  const named = known.map((client) => `${client} ${versions[client]}`);
  return { clients: CLIENTS, rows, footnotes, versions: named };
}

/** The table in columns, for a terminal. */
export function asText({ clients, rows, footnotes, versions }: Table): string {
  const lines = [["", ...clients], ...rows.map(({ check, cells }) => [check, ...cells])];
  const widths = lines[0]?.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  const columns = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return [...columns, "", ...numbered(footnotes), "", ...versions, ""].join("\n");
}

/** The table for a page, with what it was measured at. */
export function asMarkdown(table: Table, measuredAt: string): string {
  const { clients, rows, footnotes, versions } = table;
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    `Measured at ${measuredAt}, with ${versions.join(", ")}.`,
    "",
    line(["", ...clients]),
    line(["---", ...clients.map(() => "---")]),
    ...rows.map(({ check, cells }) => line([check, ...cells].map(escaped))),
    "",
    ...numbered(footnotes).map((note) => `${escaped(note)}  `),
  ].join("\n");
}

const BEGIN = "<!-- interop table: begin -->";
const END = "<!-- interop table: end -->";

/** Replaces what stands between the markers; a file without them gets them at its end. */
export function writeBetweenMarkers(file: string, text: string): void {
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  const [from, to] = [before.indexOf(BEGIN), before.indexOf(END)];
  const block = `${BEGIN}\n${text}\n${END}`;
  const after =
    from === -1 || to < from
      ? `${before}${before === "" || before.endsWith("\n") ? "" : "\n"}${block}\n`
      : `${before.slice(0, from)}${block}${before.slice(to + END.length)}`;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, after);
}

/** The parts of a test's name; undefined when the table has no place for it. */
export function partsOf(
  name: string,
): { checks: readonly string[]; clients: readonly string[] } | undefined {
  const found = /^(the lab alone|\d+(?:, \d+)*) · .*?((?: \[[^\][]+\])+)$/.exec(name);
  const [, checks = "", brackets = ""] = found ?? [];
  const clients = CLIENTS.filter((client) => brackets.includes(` [${client}]`));
  return clients.length === 0 ? undefined : { checks: checks.split(", "), clients };
}

function resultOf(test: TestCase): CheckResult | undefined {
  const parts = partsOf(test.name);
  const result = test.result();
  if (parts === undefined || result.state === "pending") return undefined;
  const { versions = {}, differs } = test.meta();
  const common = { ...parts, versions };
  if (result.state === "failed") return { ...common, state: "failed" };
  if (result.state === "skipped") {
    // Left out by -t and the like: nothing was to be found out.
    return result.note === undefined
      ? undefined
      : { ...common, state: "skipped", note: result.note };
  }
  return { ...common, state: "ok", note: differs };
}

function cellOf(client: string, ofRow: readonly CheckResult[], footnotes: string[]): string {
  const results = ofRow.filter(({ clients }) => clients.includes(client));
  const worst = (["failed", "skipped", "ok"] as const).find((state) =>
    results.some((result) => result.state === state),
  );
  if (worst === undefined) return "–";
  if (worst === "failed") return "FAILED";
  const notes = results.flatMap(({ state, note }) => (state === worst && note ? [note] : []));
  const word = worst === "ok" && notes.length > 0 ? "differs" : worst;
  return [word, ...new Set(notes.map((note) => `[${footnote(note, footnotes)}]`))].join(" ");
}

/** The note's number, from 1. */
function footnote(note: string, footnotes: string[]): number {
  if (!footnotes.includes(note)) footnotes.push(note);
  return footnotes.indexOf(note) + 1;
}

/** Of a check; what has none comes first. */
function number(check: string | undefined): number {
  return Number.parseInt(check ?? "", 10) || 0;
}

function numbered(footnotes: readonly string[]): string[] {
  return footnotes.map((note, index) => `[${index + 1}] ${note}`);
}

function escaped(text: string): string {
  return text.replaceAll("|", "\\|");
}

function commit(): string {
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: repository, encoding: "utf8" }).trim();
  const changed = git("status", "--porcelain", "--", "src", "test") !== "";
  return `commit ${git("log", "-1", "--format=%h of %cs")}${changed ? " with changes" : ""}`;
}
