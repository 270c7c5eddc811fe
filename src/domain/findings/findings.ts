import { predict } from "../prediction/prediction.ts";
import { type Facts, sessionNameOf } from "./facts.ts";
import { fileFindings } from "./files.ts";
import { type Finding, finding, gravestFirst } from "./finding.ts";
import { failsEverywhere, isHarmed, whoTakesWhat } from "./harm.ts";
import { isRelative, machineFindings } from "./machine.ts";
import { misspelledFindings } from "./misspelled.ts";
import { profileFindings } from "./profiles.ts";
import { programFindings } from "./programs.ts";
import { regionFindings } from "./regions.ts";
import { roleFindings } from "./roles.ts";
import { sessionFindings } from "./sessions.ts";
import { sessionsBehind, sourceOf } from "./sessions-behind.ts";
import { settingFindings } from "./settings.ts";
import { tokenFindings } from "./tokens.ts";

/** Everything that is wrong, or worth knowing, the gravest first. */
export function findingsOf(facts: Facts): readonly Finding[] {
  const all = [
    ...misspelledFindings(facts),
    ...fileFindings(facts),
    ...sessionFindings(facts),
    ...settingFindings(facts),
    ...profileFindings(facts),
    ...programFindings(facts),
    ...regionFindings(facts),
    ...roleFindings(facts),
    ...tokenFindings(facts),
    ...machineFindings(facts),
    ...nothingThere(facts),
  ];
  const found = withoutFollowing(all);
  const told = gravestFirst([...found, ...unexplained(facts, found)]);
  const { asked } = facts;
  if (asked === undefined) return told;
  const behind = sessionsBehind(asked, facts);
  return told.filter((each) => isAsked(each, asked, behind));
}

/** What is missing because its key, or its section's header, is misspelled is told with that. */
function withoutFollowing(all: readonly Finding[]): readonly Finding[] {
  const told = new Set(all.map(keyOf));
  return all.filter(({ code, profile, session }) => {
    const misspelled = keyOf({ code: "KeyMisspelled", profile, session });
    if (code === "ProfileIncomplete" || code === "SessionIncomplete") return !told.has(misspelled);
    if (code !== "SessionUndefined") return true;
    return !HEADERS.some((header) => told.has(keyOf({ code: header, session })));
  });
}

const HEADERS = ["NameUnreadable", "SectionIgnored"] as const;

function keyOf({ code, profile, session }: About): string {
  return JSON.stringify([code, profile, session]);
}

interface About {
  readonly code: Finding["code"];
  readonly profile?: string | undefined;
  readonly session?: string | undefined;
}

/** Of `--profile` that profile's, its session's, and what is nobody's own. */
function isAsked({ profile, session }: Finding, asked: string, behind: readonly string[]): boolean {
  if (profile !== undefined) return profile === asked;
  return session === undefined || behind.includes(session);
}

function nothingThere({ config, credentials, env }: Facts): Finding[] {
  if (config.state === "missing" && env["AWS_CONFIG_FILE"]) {
    const value = env["AWS_CONFIG_FILE"];
    const where = isRelative(value)
      ? ` AWS clients look for ${JSON.stringify(value)} in the folder where they run.`
      : "";
    const message = `There is no ${config.path}, which AWS_CONFIG_FILE names.${where}`;
    const fix = "unset AWS_CONFIG_FILE";
    return [finding("FileMissing", { severity: "warning", message, fix })];
  }
  if (config.state !== "missing" || credentials.state === "read") return [];
  return [
    finding("FileMissing", {
      severity: "info",
      message: `There is no ${config.path}.`,
      fix: "ssox login --start-url URL --sso-region REGION",
    }),
  ];
}

/** A profile that clients disagree on, for a reason that nothing else has told. */
function unexplained(facts: Facts, found: readonly Finding[]): Finding[] {
  if (found.some(isGlobal)) return [];
  const explained = new Set<string>();
  for (const { code, severity, profile, session } of found) {
    if (code === "RegionInvalid" || (severity !== "error" && code !== "ProfileIncomplete"))
      continue;
    explained.add(profile === undefined ? `session ${session}` : `profile ${profile}`);
  }
  return facts.profiles.flatMap(({ name, place, settings, prediction }) => {
    const isHopeless = failsEverywhere(prediction) && !waitsForVariables(name, facts);
    if (!isHarmed(prediction) && !isHopeless) return [];
    const session = sessionNameOf(settings);
    const isOfSession = session !== undefined && explained.has(`session ${session}`);
    if (isOfSession || explained.has(`profile ${name}`)) return [];
    const how = isHarmed(prediction)
      ? "is not the same to every AWS client"
      : "works in no AWS client";
    return [
      finding("ClientsDiffer", {
        profile: name,
        message: `${place}: the profile ${JSON.stringify(name)} ${how}. ${whoTakesWhat(prediction)}.`,
        fix: `edit the profile below ${place}`,
      }),
    ];
  });
}

/** Its `credential_source` is what the environment gives where the profile is used, be that not here and now. */
function waitsForVariables(name: string, facts: Facts): boolean {
  const { asked, env, readings } = facts;
  if (sourceOf(name, facts)?.kind !== "named") return false;
  const isUsedHere = name === (asked ?? env["AWS_PROFILE"]);
  return !isUsedHere || !failsEverywhere(predict(readings, env, name));
}

/** What explains a difference between clients by itself. */
function isGlobal({ code, severity }: Finding): boolean {
  return code === "ConfigPathNotPortable" ? severity === "error" : GLOBAL.has(code);
}

const GLOBAL: ReadonlySet<string> = new Set(["FileRejected", "DefaultUpperCase", "FileUnreadable"]);
