import fc from "fast-check";
import { beforeAll, describe, expect, type TestContext, test } from "vitest";
import { ACCOUNT, ACME, type Home, OLD_FORM, START_URL } from "../doctor/home.ts";
import { HOMES } from "../doctor/homes.ts";
import {
  BUILD_TIMEOUT,
  type BuiltClient,
  buildClient,
  type CompiledClient,
} from "../helpers/toolchains.ts";
import { CLIENTS, type ClientName, differs } from "../helpers/witness.ts";
import { askEverywhere, predicted, taken } from "./street.ts";

/*
 * What `ssox doctor` predicts of each kind of AWS client: in each home of the
 * corpus of test/doctor that has an answer, and in homes of random lines, the
 * real clients are asked.
 */

const WITNESSED = HOMES.filter(({ unwitnessed }) => unwitnessed === undefined);

/** Where an old version differs from what is predicted of its kind, by the home's title. */
const OLDER: Partial<Record<ClientName, Readonly<Record<string, string>>>> = {
  "boto3 (Debian)": { "nothing is wrong with a chain of roles": "failure" },
  "AWS CLI v2": { "nothing is wrong with a chain of roles": "failure" },
};

const built = new Map<CompiledClient, BuiltClient>();
const COMPILED = ["Go SDK v2", "Java SDK v2", "Rust aws-config"] as const;

beforeAll(async () => {
  for (const client of COMPILED) built.set(client, await buildClient(client));
}, COMPILED.length * BUILD_TIMEOUT);

describe.each(CLIENTS)("%s", (client) => {
  test(`36, 37 · doctor predicts where credentials come from in every broken home [${client}]`, async (running) => {
    const older = OLDER[client] ?? {};
    if (Object.keys(older).length > 0) {
      differs("assumes no role with a profile of an [sso-session]", running);
    }
    const found = await compared(client, WITNESSED, running);
    expect(found.theirs).toEqual({ ...found.ours, ...older });
    expect(new Set(Object.values(found.theirs)).size).toBeGreaterThan(4);
  });

  test(`36, 37 · doctor predicts where credentials come from in homes of random lines [${client}]`, async (running) => {
    const { theirs, ours } = await compared(client, oddHomes(), running);
    expect(theirs).toEqual(ours);
    const works = Object.values(theirs).filter((what) => what !== "failure").length;
    // Neither of the two is all there is.
    expect(works).toBeGreaterThan(20);
    expect(Object.keys(theirs).length - works).toBeGreaterThan(20);
  });
});

/** What the client takes in each home, and what it should. */
async function compared(client: ClientName, homes: readonly Home[], running: TestContext) {
  const { street, answers } = await askEverywhere(client, homes, built, running);
  expect(answers).toHaveLength(homes.length);
  expect(homes.length).toBeGreaterThan(60);
  const theirs: Record<string, string> = {};
  const ours: Record<string, string> = {};
  for (const [index, each] of street.homes.entries()) {
    const answer = answers[index] ?? {};
    theirs[each.home.title] = await taken(answer, street.lab);
    ours[each.home.title] = predicted(client, each);
  }
  return { theirs, ours };
}

// Two spellings of one name make the SDK for Rust read them in any order.
const HEADERS = [
  ...["[profile dev]", "[profile dev]", "[profile dev]", '[profile "dev"]', "[profile 'dev']"],
  ...["[profile dev] # mine", "[profile dev]x", "[profile.dev]", "[dev]", "[profile dev];x"],
  ...["[profile other]", "[default]", "[services x]", "[DEFAULT]"],
];

const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  sso_session: ["acme", "acme", "Acme"],
  sso_account_id: [ACCOUNT],
  sso_role_name: ["DeveloperAccess", "ReadOnlyAccess"],
  sso_region: ["eu-west-1", "us-east-1"],
  aws_access_key_id: ["AKIACONFIG"],
  aws_secret_access_key: ["secret"],
  region: ["eu-west-1"],
  s3: [""],
};

const option = fc
  .constantFrom(...Object.keys(OPTIONS))
  .chain((key) =>
    fc.tuple(
      fc.constantFrom("", "", "", "", "", "  "),
      fc.constantFrom(key, key, key, key, key.toUpperCase()),
      fc.constantFrom(" = ", " = ", "=", " =", ": "),
      fc.constantFrom(...(OPTIONS[key] ?? [])),
      fc.constantFrom("", "", "", "", "", " # mine", "\t;mine", "#mine"),
    ),
  );

const line = fc.oneof(
  { weight: 12, arbitrary: option.map((parts) => parts.join("")) },
  { weight: 3, arbitrary: fc.constantFrom(...HEADERS) },
  { weight: 2, arbitrary: fc.constantFrom("", "# mine", "  # mine", ";mine", "  more", "\tk = v") },
  { weight: 1, arbitrary: fc.constantFrom("words", "= 1", "[profile dev", "  [profile q]", "k=") },
);

const WHOLE = `sso_session = acme\nsso_account_id = ${ACCOUNT}\nsso_role_name = DeveloperAccess\n`;
const HALF = "aws_access_key_id = AKIACREDENTIALS\n";
const KEYS = "aws_access_key_id = AKIACREDENTIALS\naws_secret_access_key = secret\n";

/** Most of them begin well. */
const home = fc
  .tuple(
    fc.constantFrom(
      "",
      WHOLE,
      WHOLE,
      OLD_FORM,
      "aws_access_key_id = AKIACONFIG\naws_secret_access_key = s\n",
    ),
    fc.array(line, { minLength: 1, maxLength: 5 }),
    fc.constantFrom(
      "",
      "",
      "",
      `[dev]\n${KEYS}`,
      `[profile dev]\n${KEYS}`,
      '["dev"]\n',
      "words\n",
      `[dev]\n${HALF}`,
      "[dev]\nregion = x\n",
    ),
    fc.constantFrom("\n", "\n", "\r\n"),
  )
  .map(([start, lines, credentials, eol]) => {
    const config = `${ACME}[profile dev]\n${start}${lines.join("\n")}\n`.replaceAll("\n", eol);
    return { config, tokens: { [START_URL]: {} }, ...(credentials !== "" && { credentials }) };
  });

function oddHomes(): readonly Home[] {
  const texts = fc.sample(home, { numRuns: 200, seed: 42 });
  return texts.map((files) => ({ ...files, title: JSON.stringify(files), findings: [] }));
}
