import fc from "fast-check";
import type { Inventory } from "../../src/domain/inventory.ts";
import type { SessionListing } from "../../src/flows/sync-profiles-listing.ts";
import type { WriteChoices } from "../../src/flows/sync-profiles-write.ts";
import { HOSTILE_ACCOUNT_NAMES } from "../../src/lab/organisation/hostile-names.ts";

const ACCOUNTS = ["111111111111", "222222222222", "333333333333", "000000000044"];
const ROLES = ["Admin", "ReadOnly", "Dev+Ops=1", "a,b@c-d.e"];

const account = fc.constantFrom(...ACCOUNTS);
const role = fc.constantFrom(...ROLES);

/** What is listed for a user: hostile names and plain ones, few enough to meet in the files below. */
const inventories: fc.Arbitrary<Inventory> = fc
  .uniqueArray(
    fc.record({
      id: account,
      name: fc.oneof(fc.constantFrom("sandbox", "prod"), fc.constantFrom(...HOSTILE_ACCOUNT_NAMES)),
      email: fc.constantFrom(undefined, "aws+sandbox@example.com"),
      roles: fc.uniqueArray(role),
    }),
    { selector: ({ id }) => id },
  )
  .map((accounts) => ({ accounts }));

const names = fc.constantFrom(
  ...["sandbox.Admin", "sandbox.ReadOnly", "prod.Admin", "mine", "my dev", "default", "a.b"],
);

/** A header of that profile, in one of the ways that botocore takes for the same. */
const header = (name: string): fc.Arbitrary<string> => {
  if (name === "default") return fc.constant("[default]");
  if (name.includes(" ")) return fc.constantFrom(`[profile "${name}"]`, `[profile '${name}']`);
  return fc.constantFrom(
    ...[`[profile ${name}]`, `[profile ${name}]`, `[profile ${name}]`],
    ...[`[profile "${name}"]`, `[profile\t${name}]`, `[profile ${name}] # theirs`],
  );
};

/** Keys that name a role, or a profile that has one: as ssox writes them, as people do, and as only older tools do. */
const identity = fc.tuple(account, role, names).chain(([id, name, other]) => {
  const keys = `sso_session = acme\nsso_account_id = ${id}\nsso_role_name = ${name}\n`;
  const command = `credential-process --account ${id} --role ${name} --session acme`;
  return fc.constantFrom(
    ...[`${keys}ssox_managed = acme\n`, `${keys}ssox_managed = acme\n`, keys, keys],
    `${keys.replaceAll("acme", "other")}ssox_managed = other\n`,
    `sso_role_name=${name}\n# between\nSSO_ACCOUNT_ID : ${id}\nsso_session=acme ; here\nssox_managed = acme\n`,
    `credential_process = /usr/bin/node /opt/ssox/bin/ssox.js ${command}\nssox_managed = acme\n`,
    `credential_process = /old/node /old/ssox.js ${command}\nssox_managed = acme\n`,
    "ssox_managed = acme\n",
    `sso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = ${id}\nsso_role_name = ${name}\n`,
    ...Array(3).fill(`role_arn = arn:aws:iam::${id}:role/x\nsource_profile = ${other}\n`),
    `credential_process = ssox credential-process --profile "${other}"\n`,
    `${keys}ssox_managed = acme\nsource_profile = ${other}\n`,
    `credential_process = granted credential-process --profile ${name}\n`,
    "",
  );
});

const region = fc.constantFrom("region=us-east-1\n", "");

const others = fc.subarray(
  [
    "output = json\n",
    "# a note of theirs\n",
    "; another\n",
    "\n",
    "s3 =\n  max_concurrent_requests = 20\n  addressing_style = path\n",
    "services = local\n",
    "cli_pager =\n",
    "x_principal_arn = arn:aws:iam::1:user/ünï # théirs\n",
  ],
  { maxLength: 3 },
);

const extras = fc.tuple(region, others).map(([first, rest]) => [first, ...rest]);

const profile = names.chain((name) =>
  fc
    .tuple(header(name), identity, extras, fc.constantFrom("", "", "", "  "), fc.boolean())
    .map(([first, keys, more, indent, before]) => {
      const body = before ? more.join("") + keys : keys + more.join("");
      const lines = body.replace(/^(?=.)/gm, (_, at) => (at === 0 ? indent : indent));
      return `${first}\n${lines}`;
    }),
);

const other = fc.constantFrom(
  ...["# a heading\n\n", "\n\n", "   \n", "; ----\n", "[plugins]\ncli_legacy_plugin_path = /x\n"],
  ...["[services local]\ns3 =\n  endpoint_url = http://localhost:4566\n", "[preview]\n"],
  "[sso-session other]\nsso_start_url = https://other.awsapps.com/start\nsso_region = us-east-1\n",
);

/** What botocore rejects. */
const broken = fc.constantFrom("words\n", "[profile twice]\n[profile twice]\n", "k = 1\nk = 2\n");

const ACME =
  "[sso-session acme]\nsso_start_url = https://acme.awsapps.com/start#/\nsso_region = eu-west-1\n";

const piece = fc.oneof(
  { weight: 8, arbitrary: profile },
  { weight: 4, arbitrary: other },
  { weight: 1, arbitrary: fc.constant("") },
);

/** Texts of AWS config files with the session `acme`, some of which botocore rejects. */
const configTexts: fc.Arbitrary<string> = fc
  .record({
    above: fc.array(piece, { maxLength: 3 }),
    below: fc.array(piece, { maxLength: 5 }),
    fault: fc.oneof({ weight: 14, arbitrary: fc.constant("") }, { weight: 1, arbitrary: broken }),
    eol: fc.constantFrom("\n", "\n", "\n", "\r\n"),
    isCut: fc.boolean(),
  })
  .map(({ above, below, fault, eol, isCut }) => {
    const kept = withoutDoubles([...above, ACME, ...below]).join("");
    const first = kept.startsWith("[") ? "" : "# the team's file\n";
    const text = first + kept + fault;
    const ended = isCut ? text.replace(/\n+$/, "") : text;
    return ended.replaceAll("\n", eol);
  });

/** Without sections that stand there twice, but for those that botocore takes for two. */
function withoutDoubles(pieces: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return pieces.filter((text) => {
    const first = /^\[.*\]/.exec(text)?.[0];
    const isQuotedMine = first === '[profile "mine"]';
    const name = isQuotedMine ? first : first?.replace(/["']/g, "").replace("\t", " ");
    if (name === undefined) return true;
    const isNew = !seen.has(name);
    seen.add(name);
    return isNew;
  });
}

const choices: fc.Arbitrary<WriteChoices> = fc.record({
  template: fc.constantFrom(undefined, "{role_name}", "{account_name|upper}-{email|slug}", "mine"),
  region: fc.constantFrom(undefined, undefined, "eu-west-1"),
  include: fc.constantFrom(undefined, undefined, ["*:Admin"]),
  exclude: fc.constantFrom(undefined, undefined, ["prod:*"]),
  credentialProcess: fc.constantFrom(undefined, undefined, true, false),
  adopt: fc.boolean(),
  rename: fc.boolean(),
  prune: fc.boolean(),
});

const listings: fc.Arbitrary<SessionListing> = inventories.map((inventory) => {
  const known = new Set(ACCOUNTS.flatMap((id) => ROLES.map((role) => `${id} ${role}`)));
  return { session: "acme", inventory, failed: [], known, listedAt: undefined };
});

/** A file, what is listed, and what is asked for. */
export interface Case {
  readonly text: string;
  readonly listing: SessionListing;
  readonly chosen: WriteChoices;
}

export const cases: fc.Arbitrary<Case> = fc.record({
  text: configTexts,
  listing: listings,
  chosen: choices,
});
