import type { Facts } from "./facts.ts";
import { fileFindings } from "./files.ts";
import { type Finding, finding, gravestFirst } from "./finding.ts";
import { failsEverywhere, isHarmed, whoTakesWhat } from "./harm.ts";
import { machineFindings } from "./machine.ts";
import { profileFindings } from "./profiles.ts";
import { programFindings } from "./programs.ts";
import { roleFindings } from "./roles.ts";
import { sessionFindings } from "./sessions.ts";
import { sessionsBehind } from "./sessions-behind.ts";
import { tokenFindings } from "./tokens.ts";

/** Everything that is wrong, or worth knowing, the gravest first. */
export function findingsOf(facts: Facts): readonly Finding[] {
  const found = [
    ...fileFindings(facts),
    ...sessionFindings(facts),
    ...profileFindings(facts),
    ...programFindings(facts),
    ...roleFindings(facts),
    ...tokenFindings(facts),
    ...machineFindings(facts),
    ...nothingThere(facts),
  ];
  const all = gravestFirst([...found, ...unexplained(facts, found)]);
  const { asked } = facts;
  if (asked === undefined) return all;
  const behind = sessionsBehind(asked, facts);
  return all.filter((each) => isAsked(each, asked, behind));
}

/** Of `--profile` that profile's, its session's, and what is nobody's own. */
function isAsked({ profile, session }: Finding, asked: string, behind: readonly string[]): boolean {
  if (profile !== undefined) return profile === asked;
  return session === undefined || behind.includes(session);
}

function nothingThere({ config, credentials }: Facts): Finding[] {
  if (config.state !== "missing" || credentials.state === "read") return [];
  return [
    finding("FileMissing", {
      message: `There is no ${config.path}.`,
      fix: "ssox login --start-url URL --sso-region REGION",
    }),
  ];
}

/** A profile that clients disagree on, for a reason that nothing else has told. */
function unexplained(facts: Facts, found: readonly Finding[]): Finding[] {
  const isTold = found.some(({ code }) => code === "FileRejected");
  return facts.profiles.flatMap(({ name, place, settings, prediction }) => {
    if (!isHarmed(prediction) && !failsEverywhere(prediction)) return [];
    const session = settings["sso_session"] ?? settings["sso_start_url"];
    const isExplained = found.some(
      (each) =>
        (each.severity === "error" || each.code === "ProfileIncomplete") &&
        (each.profile === name ||
          (each.profile === undefined && each.session !== undefined && each.session === session)),
    );
    const isGlobal = found.some(({ code }) => GLOBAL.has(code));
    if (isExplained || isTold || isGlobal) return [];
    const message = isHarmed(prediction)
      ? `${place}: the profile ${JSON.stringify(name)} is not the same to every AWS client. ${whoTakesWhat(prediction)}.`
      : `${place}: the profile ${JSON.stringify(name)} works in no AWS client. ${whoTakesWhat(prediction)}.`;
    const fix = `edit the profile below ${place}`;
    return [finding("ClientsDiffer", { profile: name, message, fix })];
  });
}

/** What explains a difference between clients by itself. */
const GLOBAL: ReadonlySet<string> = new Set([
  "DefaultUpperCase",
  "FileUnreadable",
  "ConfigPathNotPortable",
]);
