import type { Settings } from "../prediction/families.ts";
import { isHostLabel } from "../prediction/outcome.ts";
import { isRegion } from "../region.ts";
import { shellWord } from "../shell-word.ts";
import type { Facts } from "./facts.ts";
import { type Finding, finding, quotedList } from "./finding.ts";

/** Regions that no client can make a host name of. */
export function regionFindings({ profiles, env, asked }: Facts): readonly Finding[] {
  const byRegion = new Map<string, (typeof profiles)[number][]>();
  for (const profile of profiles) {
    if (asked !== undefined && asked !== profile.name) continue;
    const { region, endpoint_url: endpoint, services } = profile.settings;
    // Where calls go elsewhere, any text will do; lines that go on are told of by themselves.
    if (!region || endpoint || services || region.includes("\n")) continue;
    if (isUsable(region) || (!isOfAws(profile.settings) && isElsewhere(region))) continue;
    byRegion.set(region, [...(byRegion.get(region) ?? []), profile]);
  }
  const ofProfiles = [...byRegion].flatMap(([region, having]) => {
    const [first] = having;
    if (first === undefined) return [];
    const isOne = having.length === 1;
    const who = `the ${isOne ? "profile" : "profiles"} ${quotedList(having.map(({ name }) => name))}`;
    return [
      finding("RegionInvalid", {
        ...(isOne && { profile: first.name }),
        message: `${first.keyPlaces["region"]}: the region ${JSON.stringify(region)} of ${who} is no name of a region.`,
        fix: `aws configure set region ${meantBy(region)} --profile ${shellWord(first.name)}`,
      }),
    ];
  });
  const ofVariables = VARIABLES.flatMap((name) => {
    const value = env[name];
    if (!value || isUsable(value) || isElsewhere(value)) return [];
    const message = `${name} is ${JSON.stringify(value)}, which is no name of a region.`;
    return [finding("RegionInvalid", { message, fix: `export ${name}=${meantBy(value)}` })];
  });
  return [...ofProfiles, ...ofVariables];
}

const VARIABLES = ["AWS_REGION", "AWS_DEFAULT_REGION"] as const;

/** Also what SDKs know beside the regions: `aws-global`, `fips-us-east-1`, and `local` of emulators. */
function isUsable(text: string): boolean {
  return isRegion(text.replace(/-fips$/, "")) || /^(([a-z]+-)*global|local|localhost)$/.test(text);
}

/** Its credentials are good for nothing but AWS. */
function isOfAws(settings: Settings): boolean {
  return ["sso_session", "sso_start_url", "role_arn"].some((key) => settings[key]);
}

/** May be that of another service with the API of S3 (`garage`, `auto`, `fr-par`), whose endpoint is named elsewhere. */
function isElsewhere(text: string): boolean {
  return meantBy(text) === UNKNOWN && isHostLabel(text);
}

const UNKNOWN = "REGION";

function meantBy(text: string): string {
  const bare = text
    .replace(/["'\s]/g, "")
    .toLowerCase()
    .replace(/_/g, "-")
    .replace(/(\d)[a-z]$/, "$1");
  return isRegion(bare) ? bare : UNKNOWN;
}
