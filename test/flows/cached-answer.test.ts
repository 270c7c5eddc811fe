import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type AwsConfig, parseAwsConfig } from "../../src/aws/config.ts";
import { roleCacheFile, serializeRoleCredentials } from "../../src/aws/role-cache.ts";
import { serializeToken, tokenFile } from "../../src/aws/token-cache.ts";
import { cachedAnswer } from "../../src/flows/cached-answer.ts";
import { credentialProcess } from "../../src/flows/credential-process.ts";
import { SessionMarks } from "../../src/state/session-marks.ts";
import { fingerprintOf } from "../../src/system/files/fingerprint.ts";
import { FakeClock } from "../helpers/clock.ts";
import { type TestContext, temporaryHome, testContext } from "../helpers/context.ts";

const START_URL = "https://d-1234567890.awsapps.com/start";
const ACCOUNT = "012345678901";
const ROLE = "DeveloperAccess";
const MINUTE = 60_000;

const HOMES = process.env["SSOX_SOAK"] ? 5_000 : 500;

const session = (name: string, more = "") =>
  `[sso-session ${name}]\nsso_start_url = ${START_URL}\nsso_region = eu-west-1\n${more}`;
const keys = (name: string) =>
  `sso_session = ${name}\nsso_account_id = ${ACCOUNT}\nsso_role_name = ${ROLE}\n`;

/** The config file in pieces; each home has some of them, in some order. */
const PIECES = [
  `[profile managed]\n${keys("acme")}region = eu-west-1\nssox_managed = acme\n`,
  `[profile own]\n${keys("acme")}output = json # mine\n`,
  `[profile "quoted"]\n${keys("acme")}`,
  `[profile other]\n${keys("other")}`,
  `[profile old]\nsso_start_url = ${START_URL}\nsso_region = eu-west-1\nsso_account_id = ${ACCOUNT}\nsso_role_name = ${ROLE}\n`,
  `[profile chain]\nrole_arn = arn:aws:iam::${ACCOUNT}:role/x\nsource_profile = managed\n`,
  `[profile keys]\naws_access_key_id = AKIAX\naws_secret_access_key = x\n`,
  `[profile process]\ncredential_process = /usr/bin/node /opt/ssox.js credential-process --account ${ACCOUNT} --role ${ROLE} --session acme\n`,
  `[profile cycle]\n${keys("acme")}credential_process = node ssox.js credential-process --profile cycle\n`,
  `[profile nosession]\n${keys("gone")}`,
  `[profile lacking]\nsso_session = acme\nsso_account_id = ${ACCOUNT}\n`,
  `[profile services]\n${keys("acme")}services = nowhere\n`,
  "[default]\nregion = us-east-1\ns3 =\n  max_concurrent_requests = 3\n",
  "# a comment\n\n",
];
/** For these botocore rejects the file. */
const FATAL = [`[profile managed]\n${keys("acme")}`, "[profile broken]\nno equals sign\n"];
/** What others have: many profiles as ssox writes them, in a file that is no longer short. */
const CROWD = Array.from(
  { length: 40 },
  (_, index) => `[profile role-${index}]\n${keys("acme")}region = eu-west-1\nssox_managed = acme\n`,
).join("\n");
const CREDENTIALS = [
  "[own]\naws_access_key_id = AKIAY\naws_secret_access_key = y\n",
  `[managed]\nsso_role_name = Another\n`,
  "[profile managed]\nregion = x\n",
];
const WORDS = [
  ...[
    "managed",
    "own",
    "quoted",
    "other",
    "old",
    "chain",
    "keys",
    "process",
    "cycle",
    "services",
  ].map((name) => ["--profile", name]),
  ...["nosession", "lacking", "default", "broken", "missing"].map((name) => ["--profile", name]),
  ["--account", ACCOUNT, "--role", ROLE],
  ["--account", ACCOUNT, "--role", ROLE, "--session", "acme"],
  ["--role", ROLE, "--session", "other", "--account", ACCOUNT],
  ["--account", "acme", "--role", ROLE],
  ["--profile", "managed", "--session", "acme"],
  ["--profile", "managed", "--debug"],
  ["--profile=managed"],
  [],
];

const rarely = <T>(usual: T, ...others: T[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, fc.constantFrom(...others));

const home = fc.record({
  pieces: fc.shuffledSubarray(PIECES, { minLength: 1 }),
  plain: fc.boolean(),
  fatal: rarely("", ...FATAL),
  sessions: rarely(
    session("acme"),
    session("acme") + session("other"),
    session("acme", "ssox_store = keychain\n") + session("other"),
    session("acme", "ssox_store = nonsense\n"),
    "",
  ),
  crlf: fc.boolean(),
  bom: rarely(false, true),
  crowd: fc.boolean(),
  credentials: fc.oneof({ weight: 5, arbitrary: fc.constant([]) }, fc.subarray(CREDENTIALS)),
  words: fc.oneof(fc.constant(["--profile", "managed"]), fc.constantFrom(...WORDS)),
  minutesLeft: fc.oneof(fc.constantFrom(20, 59), fc.constantFrom(-5, 3, 10, 14, 15)),
  lifetime: fc.constantFrom(12, 30, 60),
  cache: rarely("good", "cut", "empty", "other shape", "none"),
  marks: rarely("good", "of another sign-in", "no role", "none", "cut"),
  token: rarely("good", "touched", "none"),
  skew: rarely(undefined, 20 * MINUTE, -20 * MINUTE),
  newer: fc.boolean(),
});
type Home = typeof home extends fc.Arbitrary<infer T> ? T : never;

it(`is the program's own answer in ${HOMES} homes, or none`, async () => {
  const place = temporaryHome();
  const seen = { answers: 0, none: 0 };
  await fc.assert(
    fc.asyncProperty(home, async (made) => {
      rmSync(place, { recursive: true, force: true });
      const context = makeHome(place, made);
      const argv = ["credential-process", ...made.words];
      const answer = cachedAnswer(argv, context);
      if (isPlainlyGood(made)) expect(answer).toBeDefined();
      if (answer === undefined) {
        seen.none += 1;
        return;
      }
      seen.answers += 1;
      expect(answer).toEqual(await credentialProcess(selectionIn(made.words), context));
      // The program asked nobody: there is nobody to ask in this home.
      expect(context.terminal.stderr).toBe("");
    }),
    { numRuns: HOMES, seed: 7 },
  );
  expect(Math.min(seen.answers, seen.none)).toBeGreaterThan(HOMES / 7);
}, 1_200_000);

/** What nearly every call is like. */
function isPlainlyGood(made: Home): boolean {
  const { plain, sessions, credentials, words, minutesLeft, cache, marks, token, skew } = made;
  const isGood = cache === "good" && marks === "good" && token === "good" && skew === undefined;
  const isNamed = words[1] === "managed" && words.length === 2;
  const hasSession =
    sessions === session("acme") || sessions === session("acme") + session("other");
  return (
    plain &&
    made.fatal === "" &&
    !made.bom &&
    isGood &&
    isNamed &&
    hasSession &&
    credentials.length === 0 &&
    minutesLeft >= 15
  );
}

function makeHome(place: string, made: Home): TestContext {
  const { plain, pieces, sessions, crlf, minutesLeft, lifetime, skew } = made;
  const clock = new FakeClock();
  const own = plain ? [PIECES[0] ?? "", PIECES[1] ?? "", PIECES[12] ?? ""] : pieces;
  const crowd = made.crowd ? CROWD : "";
  const text = `${sessions}\n${own.join("\n")}\n${crowd}${made.fatal}`;
  const config = `${made.bom ? "\ufeff" : ""}${crlf ? text.replaceAll("\n", "\r\n") : text}`;
  const context = testContext({
    home: place,
    clock,
    config,
    env: { AWS_ENDPOINT_URL: "http://127.0.0.1:1" },
  });
  const { paths } = context;
  write(paths.credentialsFile, made.credentials.join("\n"));
  const expiration = clock.now() + minutesLeft * MINUTE;
  const obtainedAt = expiration - lifetime * MINUTE;
  for (const held of sessionsIn(config, paths.configFile)) {
    const token = tokenFile(paths.tokenCache, held);
    const times = { expiresAt: clock.now() + 60 * MINUTE };
    write(
      token,
      serializeToken({ startUrl: START_URL, region: "eu-west-1", accessToken: "t", ...times }),
    );
    const role = { session: held, accountId: ACCOUNT, roleName: ROLE };
    const file = roleCacheFile(paths.roleCache, role);
    const marks = new SessionMarks(paths.state, token);
    marks.signedIn(fingerprintOf(token) ?? "", clock.now());
    if (skew !== undefined) marks.seeSkew({ ahead: skew, startedAt: clock.now() - clock.uptime() });
    const { signInId } = marks.accept(fingerprintOf(token) ?? "");
    const id = made.marks === "of another sign-in" ? "0000" : signInId;
    if (made.marks !== "no role") marks.markRole(file, { signInId: id, obtainedAt, expiration });
    const keysOf = { accessKeyId: `A${held.name}`, secretAccessKey: "s", sessionToken: "t" };
    const at = made.newer ? expiration + 5 * MINUTE : expiration;
    const json = serializeRoleCredentials({ ...keysOf, expiration: at, accountId: ACCOUNT });
    if (made.cache !== "none") write(file, contentOf(made.cache, json));
    if (made.marks === "none") marks.forget();
    if (made.marks === "cut") write(`${paths.state}/sessions/${path.basename(token)}`, "{");
    if (made.token === "touched") utimesSync(token, 1, 1);
    if (made.token === "none") rmSync(token);
  }
  return context;
}

function contentOf(cache: Home["cache"], json: string): string {
  if (cache === "good") return json;
  if (cache === "cut") return json.slice(0, 40);
  return cache === "empty" ? "" : JSON.stringify({ ProviderType: "assume-role" });
}

function sessionsIn(text: string, file: string) {
  let config: AwsConfig;
  try {
    config = parseAwsConfig(file, text);
  } catch {
    return [];
  }
  return [...config.sessions.values(), ...config.legacySessions.values()];
}

function selectionIn(words: readonly string[]) {
  const flags = new Map<string, string>();
  for (let at = 0; at < words.length; at += 2) flags.set(words[at] ?? "", words[at + 1] ?? "");
  const named = ["profile", "account", "role", "session"].map((name) => [
    name,
    flags.get(`--${name}`),
  ]);
  return Object.fromEntries(named.filter(([, value]) => value !== undefined));
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
