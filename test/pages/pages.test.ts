import { afterAll, describe, expect, it } from "vitest";
import { follow } from "./follow.ts";
import { PAGES, type Step, stepsOf } from "./page.ts";
import { startReader } from "./reader.ts";

/*
 * Every page, word for word: its commands run, and print what it says.
 * `npm run interop` follows those that use the AWS CLI again, with the AWS CLI.
 */

const all: Step[] = [];

describe.each(PAGES)("%s", (page) => {
  const steps = stepsOf(page);
  all.push(...steps);

  it("has no block that nobody follows", () => {
    const unknown = steps.filter(({ kind }) => kind === "unknown");
    expect(unknown, "see CONTRIBUTING.md, Pages").toEqual([]);
  });

  it.runIf(steps.some(({ kind }) => kind === "run"))("can be followed", async () => {
    await follow(page, steps, await startReader());
  });
});

afterAll(() => {
  const reasons = all.filter((step) => step.kind === "not run").map(({ reason }) => reason);
  const lines = [...new Set(reasons)].map((reason) => {
    return `  ${reasons.filter((one) => one === reason).length} not run: ${reason}`;
  });
  console.info([`${all.length - reasons.length} steps of the pages followed`, ...lines].join("\n"));
});
