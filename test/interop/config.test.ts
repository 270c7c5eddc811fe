import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { array, nullable, object, parse, record, string } from "valibot";
import { expect, type TestContext, test } from "vitest";
import { type ConfigDocument, parseConfigDocument } from "../../src/aws/config-document.ts";
import type { Inventory } from "../../src/domain/inventory.ts";
import { writeProfiles } from "../../src/flows/sync-profiles-write.ts";
import { temporaryHome, testContext } from "../helpers/context.ts";
import { runWitness } from "../helpers/witness.ts";
import { clientFile, witnessOf } from "./desk.ts";

/*
 * What ssox writes into the AWS config file, and what it reads there, with
 * botocore and the AWS SDK for JavaScript as witnesses.
 */

const Reading = object({
  profiles: record(string(), record(string(), string())),
  sessions: record(string(), record(string(), string())),
});

type Reader = "boto3" | "JS SDK v3";

/** What a client reads in each file; null for one that it rejects. */
async function readings(client: Reader, files: string[], context: TestContext) {
  const { program } = witnessOf(client, context);
  const file = clientFile(client === "boto3" ? "read-config.py" : "read-config.mjs");
  const env = { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", PYTHONUTF8: "1" };
  const { code, stdout, stderr } = await runWitness(program, [file, ...files], env);
  expect(code, stderr).toBe(0);
  return parse(array(nullable(Reading)), JSON.parse(stdout));
}

async function reading(client: Reader, file: string, context: TestContext) {
  const [only] = await readings(client, [file], context);
  if (!only) throw new Error(`${client} rejects ${file}`);
  return only;
}

const FOREIGN = [
  "# the team's file; keep it tidy",
  "[default]",
  "region=eu-west-1",
  "output = json",
  "",
  "[sso-session acme]",
  "sso_start_url = https://d-1234567890.awsapps.com/start#/",
  "sso_region = eu-west-1",
  "sso_registration_scopes = sso:account:access",
  "ssox_profile_region = eu-central-1",
  "",
  "  # an indented comment",
  '[profile "quoted"]',
  "role_arn = arn:aws:iam::111111111111:role/r",
  "source_profile = default",
  "s3 =",
  "  max_concurrent_requests = 20",
  "  addressing_style = path",
  "services = local",
  "",
  "[services local]",
  "dynamodb =",
  "  endpoint_url = http://localhost:8000",
  "s3 =",
  "  endpoint_url = http://localhost:4566",
  "",
  "[plugins]",
  "cli_legacy_plugin_path = /x",
  "[preview]",
  "[profile process]",
  'credential_process = "/opt/a b/tool" --account 1;2',
  "; the end",
];

const DEFAULTS = {
  ...{ template: undefined, region: undefined, include: undefined, exclude: undefined },
  ...{ credentialProcess: undefined, adopt: false, rename: false, prune: false },
};

const INVENTORY: Inventory = {
  accounts: Array.from({ length: 50 }, (_, index) => ({
    id: String(index).padStart(12, "0"),
    name: ["Sandbox", `Ünit ${index % 20}`, "default", "__proto__", "a]b\n[x"][index % 5],
    email: undefined,
    roles: ["AdministratorAccess", "Dev+Ops=1", "Dev,Ops@1"],
  })),
};

const LISTING = {
  ...{ session: "acme", inventory: INVENTORY, failed: [], known: new Set<string>() },
  listedAt: undefined,
};

test.for(["\n", "\r\n"])(
  "28 · both clients read 150 generated profiles alike, and all else as before: line end %j [boto3] [JS SDK v3]",
  async (eol, context) => {
    const before = FOREIGN.join(eol);
    const ssox = testContext({ config: before });
    const { configFile } = ssox.paths;
    const ofBoth = () =>
      Promise.all([
        reading("boto3", configFile, context),
        reading("JS SDK v3", configFile, context),
      ]);
    const old = await ofBoth();

    const { plan } = await writeProfiles([LISTING], DEFAULTS, ssox);

    expect(plan.created).toHaveLength(150);
    expect(readFileSync(configFile, "utf8").startsWith(before)).toBe(true);
    const generated = Object.fromEntries(
      plan.edits.map(({ name, settings }) => [name, Object.fromEntries(settings)]),
    );
    for (const [index, { profiles, sessions }] of (await ofBoth()).entries()) {
      expect(profiles).toEqual({ ...old[index]?.profiles, ...generated });
      expect(sessions).toEqual(old[index]?.sessions);
    }
  },
);

/** A text of lines that the clients' grammars stumble over. */
const configFile = fc
  .array(
    fc.tuple(
      fc.oneof(
        fc.constantFrom(
          ...[
            "[profile a]",
            '[profile "a"]',
            "[profile\tb] # c",
            "[sso-session s]",
            "[profile  b]",
          ],
          ...[
            "[default]",
            "[services x]",
            "[plugins]",
            "[profile.x]",
            "[profile a b]",
            "[ profile u ]",
          ],
          ...[
            "[profilex y]",
            "[profile a] junk",
            "[profile it's]",
            "[profile 'b']",
            "[profile a]]",
          ],
        ),
        fc
          .tuple(
            fc.constantFrom("", "", "", " ", "    "),
            fc.constantFrom("a", "b", "c", "s3", "Region"),
            fc.constantFrom("=", " = ", ": "),
            fc.constantFrom("", "1", "x # y", "x #y", "x;y", "# y", '"q"', "a=b", "é"),
          )
          .map((parts) => parts.join("")),
        fc.constantFrom("   k = v", "   l=w ; c", "   # c", "", "# c", ";c", "  "),
        fc.constantFrom("words", "= 1", "   words", "[]", "\ufeff"),
      ),
      fc.constantFrom("\n", "\n", "\n", "\r\n", "\r"),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((lines) => `[profile first]\n${lines.map((parts) => parts.join("")).join("")}`);

test("27 · ssox reads as botocore does, and notes where JavaScript does not", async (context) => {
  const texts = fc.sample(configFile, 800);
  const folder = temporaryHome();
  const files = texts.map((text, index) => {
    const file = path.join(folder, String(index));
    writeFileSync(file, text);
    return file;
  });
  const [botocore, javascript] = await Promise.all([
    readings("boto3", files, context),
    readings("JS SDK v3", files, context),
  ]);
  const found = { rejected: 0, different: 0, alike: 0 };
  for (const [index, text] of texts.entries()) {
    const document = parseConfigDocument(text);
    const isFatal = document.problems.some(({ fatal }) => fatal);
    const label = JSON.stringify(text);
    expect(botocore[index] === null, label).toBe(isFatal);
    if (isFatal) {
      found.rejected += 1;
      continue;
    }
    const isCut = document.problems.some(({ code }) => code === "inline-comment");
    if (!isCut) expect(botocore[index], label).toEqual(readingOf(document));
    if (document.problems.length > 0) {
      found.different += 1;
      continue;
    }
    found.alike += 1;
    expect(withoutEmpty(javascript[index]), label).toEqual(withoutEmpty(botocore[index]));
  }
  // None of the three comparisons is void.
  for (const count of Object.values(found)) expect(count).toBeGreaterThan(40);
});

type Sections = Record<string, Record<string, string>>;

function readingOf({ sections }: ConfigDocument): { profiles: Sections; sessions: Sections } {
  const of = (kind: string): Sections =>
    Object.fromEntries(
      sections
        .filter((section) => section.kind === kind)
        .map(({ name, entries }) => [
          name,
          Object.fromEntries(
            entries.flatMap(({ key, value, nested }): [string, string][] =>
              nested ? nested.map((each) => [`${key}.${each.key}`, each.value]) : [[key, value]],
            ),
          ),
        ]),
    );
  return { profiles: of("profile"), sessions: of("sso-session") };
}

/** The SDK for JavaScript has neither sections nor keys without anything in them. */
function withoutEmpty(found: { profiles: Sections; sessions: Sections } | null | undefined) {
  const of = (sections: Sections = {}): Sections =>
    Object.fromEntries(
      Object.entries(sections).filter(([, settings]) => Object.keys(settings).length > 0),
    );
  return { profiles: of(found?.profiles), sessions: of(found?.sessions) };
}
