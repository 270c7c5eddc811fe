import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryHome } from "../helpers/context.ts";
import {
  asMarkdown,
  asText,
  type CheckResult,
  partsOf,
  tableOf,
  writeBetweenMarkers,
} from "../helpers/table-reporter.ts";

const RESULTS: CheckResult[] = [
  result(["52"], ["boto3"]),
  result(["2"], ["boto3", "JS SDK v3"]),
  { ...result(["3"], ["JS SDK v3"]), note: "prints | first" },
  { ...result(["2", "3"], ["AWS CLI v2"]), state: "skipped", note: "it is not here" },
  { ...result(["52"], ["boto3"]), state: "failed" },
  { ...result(["99"], ["boto3"]), versions: { boto3: "1.2.3" } },
];

function result(checks: string[], clients: string[]): CheckResult {
  return { checks, clients, state: "ok", versions: {} };
}

describe("a name", () => {
  test.each([
    ["2, 3 · x: y [boto3]", { checks: ["2", "3"], clients: ["boto3"] }],
    ["54 · x [boto3] [JS SDK v3]", { checks: ["54"], clients: ["boto3", "JS SDK v3"] }],
    ["52 · a key in [default] [Go SDK v2]", { checks: ["52"], clients: ["Go SDK v2"] }],
    [
      "the lab alone · x [boto3 (Debian)]",
      { checks: ["the lab alone"], clients: ["boto3 (Debian)"] },
    ],
    ["45 · of ssox alone", undefined],
    ["no number [boto3]", undefined],
    ["52 · beside [default]", undefined],
  ])("%j", (name, parts) => {
    expect(partsOf(name)).toEqual(parts);
  });
});

test("rows are in the order of their numbers; the worst of a row's tests decides a cell", () => {
  const { clients, rows, footnotes, versions } = tableOf(RESULTS);
  const cells = rows.map(({ check, cells: all }) => [
    check.split(" · ")[0],
    ...all.filter((_, index) => /^(boto3|AWS CLI v2|JS SDK v3)$/.test(clients[index] ?? "")),
  ]);
  expect(cells).toEqual([
    ["2, 3", "ok", "skipped [1]", "differs [2]"],
    ["52", "FAILED", "–", "–"],
    ["99", "ok", "–", "–"],
  ]);
  expect(footnotes).toEqual(["it is not here", "prints | first"]);
  expect(versions).toEqual(["boto3 1.2.3"]);
});

test("as text its columns are aligned", () => {
  const [heading = "", ...lines] = asText(tableOf(RESULTS)).split("\n");
  const column = heading.indexOf("JS SDK v3");
  expect(lines.slice(0, 3).map((line) => line.slice(column).split(" ")[0])).toEqual([
    "differs",
    "–",
    "–",
  ]);
});

test("in Markdown no bar of a note opens a cell", () => {
  const text = asMarkdown(tableOf(RESULTS), "commit abc");
  expect(text).toContain("Measured at commit abc, with boto3 1.2.3.");
  expect(text).toContain("prints \\| first");
  const rows = text.split("\n").filter((line) => line.startsWith("|"));
  expect(new Set(rows.map((line) => line.split(" | ").length)).size).toBe(1);
});

test("a page keeps what stands around the markers, and gets them where it has none", () => {
  const file = path.join(temporaryHome(), "docs", "proof.md");
  writeBetweenMarkers(file, "one");
  const fresh = readFileSync(file, "utf8");
  writeFileSync(file, `# Proof\n\n${fresh}\nThe end.\n`);
  writeBetweenMarkers(file, "two $& times");
  expect(readFileSync(file, "utf8")).toBe(
    `# Proof\n\n${fresh.replace("one", () => "two $& times")}\nThe end.\n`,
  );
});
