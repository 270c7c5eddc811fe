import { SsoxError } from "../../errors.ts";
import { bareName } from "../bare-name.ts";
import { roleOfLine } from "../credential-process-line.ts";
import { NAMED_SOURCES, planCredentials } from "../credential-source.ts";
import { didYouMean } from "../did-you-mean.ts";
import { FAMILIES } from "../prediction/families.ts";
import { shellWord } from "../shell-word.ts";
import type { Facts, ProfileFacts } from "./facts.ts";
import { type Finding, finding, quotedList } from "./finding.ts";
import { failsEverywhere, isHarmed, whoTakesWhat } from "./harm.ts";

/** What is wrong with each profile by itself. */
export function profileFindings(facts: Facts): readonly Finding[] {
  return [
    ...unknown(facts),
    ...facts.profiles.flatMap((profile) => [
      ...incomplete(profile),
      ...several(profile),
      ...broken(profile, facts),
      ...process(profile),
      ...quoted(profile),
    ]),
    ...withoutRegion(facts),
  ];
}

function unknown({ asked, env, profiles }: Facts): Finding[] {
  const variable = env["AWS_PROFILE"] === undefined ? "AWS_DEFAULT_PROFILE" : "AWS_PROFILE";
  // An empty variable is told of by itself.
  const [name, source] =
    asked === undefined ? [env[variable] || undefined, variable] : [asked, "--profile"];
  if (name === undefined || name === "default") return [];
  if (profiles.some((profile) => profile.name === name)) return [];
  // Within `ssox exec` it names a profile of the copy of the file.
  if (asked === undefined && env["SSOX_AWS_CONFIG_FILE"]) return [];
  const { only, question } = didYouMean(
    bareName(name),
    profiles.map((profile) => profile.name),
  );
  const meant = only === undefined ? question : ` There is ${JSON.stringify(only)}.`;
  const command = asked === undefined ? `export ${variable}=` : "ssox doctor --profile ";
  const other = asked === undefined ? `unset ${variable}` : "ssox pick";
  return [
    finding("ProfileUnknown", {
      profile: name,
      message: `${source} names the profile ${JSON.stringify(name)}, which is in no file.${meant}`,
      fix: only === undefined ? other : `${command}${shellWord(only)}`,
    }),
  ];
}

function incomplete({ name, place, settings, keyPlaces, prediction }: ProfileFacts): Finding[] {
  const accountId = settings["sso_account_id"];
  const isSso = Boolean(settings["sso_session"] || settings["sso_start_url"]);
  const found: Finding[] = [];
  if (accountId !== undefined && !/^\d{12}$/.test(accountId)) {
    const digits = accountId.replace(/\D/g, "");
    // 1.11122E+11, of a spreadsheet, has lost some.
    const isWhole = digits.length === 12 || /^[\d\s-]{1,12}$/.test(accountId);
    const guess = isWhole ? digits.padStart(12, "0") : "ACCOUNT";
    found.push(
      finding("AccountIdInvalid", {
        profile: name,
        message: `${keyPlaces["sso_account_id"]}: ${JSON.stringify(accountId)} is no account id of twelve digits.`,
        fix: `aws configure set sso_account_id ${guess} --profile ${shellWord(name)}`,
      }),
    );
  }
  const lacking = (["sso_account_id", "sso_role_name"] as const).filter((key) => !settings[key]);
  if (lacking.length === 0 || (lacking.length === 2 && !isSso)) return found;
  const hasOther = FAMILIES.every((family) =>
    ["keys", "process", "login", "role"].includes(prediction[family].kind),
  );
  if (hasOther) return found;
  found.push(
    finding("ProfileIncomplete", {
      // One that is there for its token alone, as for CodeCatalyst.
      severity: lacking.length === 2 ? "info" : "error",
      profile: name,
      message: `${place}: the profile ${JSON.stringify(name)} has no ${lacking.join(" and no ")}, so no client gets credentials for it.`,
      fix: `aws configure set ${lacking[0]} VALUE --profile ${shellWord(name)}`,
    }),
  );
  return found;
}

/** Of several sources of credentials, which client takes which. */
function several(profile: ProfileFacts): Finding[] {
  const { name, place, settings, credentials, keyPlaces, prediction } = profile;
  const sources = sourcesOf(profile);
  if (sources.length < 2 || !isHarmed(prediction)) return [];
  const who = whoTakesWhat(prediction);
  const isShadowed = credentials["aws_access_key_id"] !== undefined && sources.includes("keys");
  if (isShadowed) {
    return [
      finding("StaticKeysShadow", {
        profile: name,
        message: `${keyPlaces["aws_access_key_id"]}: keys for the profile ${JSON.stringify(name)}, which has ${sources.filter((source) => source !== "keys").join(" and ")} as well. ${who}.`,
        fix: `take the keys out of ${keyPlaces["aws_access_key_id"]}, or rename that section`,
      }),
    ];
  }
  const remedy =
    settings["credential_process"] === undefined ? sources.at(-1) : "credential_process";
  return [
    finding("TwoMechanisms", {
      profile: name,
      message: `${place}: the profile ${JSON.stringify(name)} has ${sources.join(" and ")}. ${who}.`,
      fix: `take ${remedy} out of the profile, below ${place}`,
    }),
  ];
}

function sourcesOf({ settings }: Pick<ProfileFacts, "settings">): string[] {
  const isThere = (...keys: string[]) => keys.some((key) => settings[key]);
  const found: string[] = [];
  if (isThere("sso_session", "sso_start_url", "sso_account_id", "sso_role_name"))
    found.push("a role of IAM Identity Center");
  if (isThere("role_arn") && isThere("source_profile", "credential_source"))
    found.push("a role_arn");
  if (isThere("web_identity_token_file")) found.push("web_identity_token_file");
  if (isThere("login_session")) found.push("login_session");
  if (isThere("credential_process")) found.push("credential_process");
  const isOwnSource = settings["source_profile"] !== undefined;
  if (isThere("aws_access_key_id") && !isOwnSource) found.push("keys");
  return found;
}

function broken(profile: ProfileFacts, { table }: Facts): Finding[] {
  const { name, settings } = profile;
  if (!settings["role_arn"] && !settings["credential_process"]) return [];
  try {
    planCredentials(table, name);
    return [];
  } catch (error) {
    if (!(error instanceof SsoxError)) throw error;
    const { message, hint = "" } = error;
    if (!settings["role_arn"] && !/ leads /.test(message)) return [];
    return [
      finding("ProfileBroken", {
        profile: name,
        message: `${profile.place}: ${message}`,
        fix: hint,
        ...sameInOtherLetters(profile, table),
      }),
    ];
  }
}

/** A name that differs from one that there is in capital letters and quotes alone can be meant for no other. */
function sameInOtherLetters(
  { settings, configLines }: ProfileFacts,
  table: Facts["table"],
): Pick<Finding, "mend"> {
  const { source_profile: source, credential_source: named } = settings;
  const [key, written, names] =
    source && !table.has(source)
      ? (["source_profile", source, [...table.keys()]] as const)
      : (["credential_source", named ?? "", NAMED_SOURCES] as const);
  const line = configLines[key];
  const same = names.filter((name) => name.toLowerCase() === bareName(written).toLowerCase());
  const [value] = same;
  if (line === undefined || value === undefined || same.length > 1 || value === written) return {};
  return { mend: { kind: "lines", lines: [{ kind: "value", line, value }] } };
}

function process({
  name,
  settings,
  keyPlaces,
  configLines,
  missingPrograms,
}: ProfileFacts): Finding[] {
  const line = settings["credential_process"];
  const place = keyPlaces["credential_process"] ?? "";
  if (!line) return [];
  if (missingPrograms.length > 0) {
    const role = roleOfLine(line);
    const at = configLines["credential_process"];
    return [
      finding("NodeMoved", {
        profile: name,
        message: `${place}: ${missingPrograms.join(" and ")}, which the credential_process of ${JSON.stringify(name)} starts, is not there any more.`,
        fix: settings["ssox_managed"]
          ? `ssox sync-profiles --session ${shellWord(settings["ssox_managed"])}`
          : "ssox doctor --fix",
        ...(role && at !== undefined && { mend: { kind: "program", line: at, role } }),
      }),
    ];
  }
  const why = unportable(line);
  if (why === undefined) return [];
  return [
    finding("ProcessUnportable", {
      profile: name,
      message: `${place}: ${why}.`,
      fix: `write the credential_process in ${place} with absolute paths and without these`,
    }),
  ];
}

/** What is told of other keys says it as well. */
const QUOTED = [
  ...["sso_role_name", "role_arn"],
  ...["aws_access_key_id", "aws_secret_access_key", "aws_session_token"],
];

function quoted({ name, settings, keyPlaces }: ProfileFacts): Finding[] {
  const keys = QUOTED.filter((key) => /^(["']).*\1$/s.test(settings[key] ?? ""));
  const [first] = keys;
  if (first === undefined) return [];
  return [
    finding("ReadDifferently", {
      profile: name,
      message: `${keyPlaces[first]}: the quotes around ${keys.join(" and ")} of the profile ${JSON.stringify(name)} are a part of it to every AWS client but Go.`,
      fix: `take the quotes off in ${keys.map((key) => keyPlaces[key]).join(" and ")}`,
    }),
  ];
}

/** Some clients hand the line to a shell, and some do not. */
function unportable(line: string): string | undefined {
  if (/^(["']).*\1$/s.test(line))
    return "the SDK for Go takes the quotes at both ends of the line off";
  const special = /[$~|;&<>`*]|^#/.exec(line.replace(/'[^']*'/g, ""))?.[0];
  return (
    special &&
    `botocore starts the credential_process without a shell, to which ${special} would mean something`
  );
}

/** One for all of them: there may be thousands. */
function withoutRegion({ profiles, env }: Facts): Finding[] {
  const ofPython = env["AWS_DEFAULT_REGION"];
  const ofOthers = env["AWS_REGION"];
  if (ofPython && ofOthers) return [];
  const bare = profiles.filter(({ settings, prediction }) => {
    return (
      !settings["region"] && sourcesOf({ settings }).length > 0 && !failsEverywhere(prediction)
    );
  });
  const [first] = bare;
  if (first === undefined) return [];
  const lacking = ofPython
    ? "AWS_REGION"
    : ofOthers
      ? "AWS_DEFAULT_REGION"
      : "AWS_REGION and AWS_DEFAULT_REGION";
  const managed = bare.every(({ settings }) => settings["ssox_managed"]);
  const who =
    bare.length === 1
      ? `The profile ${quotedList([first.name])} has`
      : `The profiles ${quotedList(bare.map((each) => each.name))} have`;
  return [
    finding("RegionMissing", {
      ...(bare.length === 1 && { profile: first.name }),
      message: `${who} no region, and ${lacking} ${lacking.includes(" and ") ? "are" : "is"} not set.`,
      fix: managed
        ? "ssox sync-profiles --region REGION"
        : `aws configure set region REGION --profile ${shellWord(first.name)}`,
    }),
  ];
}
