import { bareName } from "../bare-name.ts";
import { didYouMean } from "../did-you-mean.ts";
import { isRegion } from "../region.ts";
import { shellWord } from "../shell-word.ts";
import { bareStartUrl, regionOfStartUrl } from "../start-url.ts";
import { parseUrl } from "../url.ts";
import type { Facts, ProfileFacts, SessionFacts } from "./facts.ts";
import { type Finding, finding, quotedList } from "./finding.ts";
import type { LineMend } from "./mend.ts";

/** What is wrong between sessions and the profiles that name them. */
export function sessionFindings(facts: Facts): readonly Finding[] {
  return [
    ...facts.sessions.flatMap((session) => ofSession(session, facts)),
    ...twoRegions(facts),
    ...oldFormRegions(facts),
    ...undefinedSessions(facts),
    ...facts.profiles.flatMap((profile) => repeated(profile, facts)),
  ];
}

function ofSession(session: SessionFacts, facts: Facts): Finding[] {
  const { name, fault, place, failure, startUrl, settings, oddSettings } = session;
  const found: Finding[] = [];
  if (fault !== undefined) {
    found.push(
      finding("SessionIncomplete", {
        session: name,
        message: `${place}: the session ${JSON.stringify(name)} ${fault}.`,
        fix: completed(session, facts),
      }),
    );
  } else if (startUrl !== "" && parseUrl(startUrl)?.protocol !== "https:") {
    found.push(
      finding("SessionIncomplete", {
        session: name,
        message: `${place}: the start URL of ${JSON.stringify(name)} is no https URL, which newer AWS CLIs refuse.`,
        fix: `edit sso_start_url below ${place}`,
      }),
    );
  }
  const region = regionOfStartUrl(startUrl);
  const written = settings["sso_region"];
  if (region !== undefined && written && written !== region) {
    found.push(
      finding("SsoRegionWrong", {
        session: name,
        message: `${place}: sso_region of ${JSON.stringify(name)} is ${written}, and its start URL is one of ${region}.`,
        fix: `ssox login --session ${shellWord(name)} --start-url ${shellWord(startUrl)} --sso-region ${region}`,
      }),
    );
  }
  const isTold = oddSettings.some(({ message }) => message === failure?.message);
  if (failure && !isTold) {
    found.push(
      finding("StoreUnusable", {
        session: name,
        message: failure.message,
        fix: storeFix(session) ?? failure.hint ?? `ssox status --session ${shellWord(name)}`,
      }),
    );
  }
  return found;
}

/** The sign-in that completes it, with what its own keys, its profiles and other sessions of its portal tell. */
function completed({ name, settings }: SessionFacts, { sessions, profiles }: Facts): string {
  const own = profiles.filter((profile) => profile.settings["sso_session"] === name);
  const all = [settings, ...own.map((profile) => profile.settings)];
  const startUrl = all.map((each) => each["sso_start_url"]).find(Boolean) ?? "";
  const others = [...sessions, ...profiles].map((each) => each.settings);
  const samePortal = others.filter((each) => isSamePortal(each["sso_start_url"], startUrl));
  const region =
    regionOfStartUrl(startUrl) ??
    [...all, ...samePortal].map((each) => each["sso_region"] ?? "").find(isRegion);
  return `ssox login --session ${shellWord(name)} --start-url ${shellWord(startUrl || "URL")} --sso-region ${region ?? "REGION"}`;
}

function isSamePortal(one: string | undefined, other: string): boolean {
  return Boolean(one && other) && bareStartUrl(one ?? "") === bareStartUrl(other);
}

/** A slip is mended by what brings the secrets along. */
function storeFix({ name, settings }: SessionFacts): string | undefined {
  const written = settings["ssox_store"] ?? "";
  const { only } = STORES.includes(written) ? {} : didYouMean(written, STORES);
  return only && `ssox configure --session ${shellWord(name)} --store ${only}`;
}

const STORES: readonly string[] = ["file", "keychain"];

/** Profiles of the old form that put one portal into several regions: it is in one. */
function twoRegions({ profiles }: Facts): Finding[] {
  const byUrl = new Map<string, Map<string, ProfileFacts>>();
  for (const profile of profiles) {
    const { sso_session: session, sso_start_url: url, sso_region: region } = profile.settings;
    if (session || !url || !region) continue;
    const regions = byUrl.get(url) ?? new Map<string, ProfileFacts>();
    if (!regions.has(region)) regions.set(region, profile);
    byUrl.set(url, regions);
  }
  return [...byUrl].flatMap(([url, regions]) => {
    if (regions.size < 2) return [];
    const named = [...regions].map(([region, { name }]) => `${region} (${JSON.stringify(name)})`);
    const places = [...regions.values()].map(({ keyPlaces }) => keyPlaces["sso_region"]);
    return [
      finding("SsoRegionWrong", {
        session: url,
        message: `The profiles of ${url} have different sso_region: ${named.join(", ")}. Its tokens are good in one of them.`,
        fix: `write one sso_region in ${places.join(" and ")}`,
      }),
    ];
  });
}

/** One whose region is none is no session at all. */
function oldFormRegions({ profiles }: Facts): Finding[] {
  return profiles.flatMap(({ name, settings, keyPlaces }) => {
    const { sso_session: session, sso_start_url: url, sso_region: region } = settings;
    if (session || !url || !region || isRegion(region)) return [];
    return [
      finding("SessionIncomplete", {
        profile: name,
        message: `${keyPlaces["sso_region"]}: the sso_region ${JSON.stringify(region)} of the profile ${JSON.stringify(name)} is no name of a region.`,
        fix: `aws configure set sso_region REGION --profile ${shellWord(name)}`,
      }),
    ];
  });
}

/** One for each name that is not there, however many profiles have it. */
function undefinedSessions({ profiles, sessions, config }: Facts): Finding[] {
  const missing = new Map<string, ProfileFacts[]>();
  for (const profile of profiles) {
    const name = profile.settings["sso_session"];
    if (!name || sessions.some((session) => session.kind === "session" && session.name === name))
      continue;
    missing.set(name, [...(missing.get(name) ?? []), profile]);
  }
  return [...missing].map(([name, of]) => {
    const [first] = of;
    const only = meantSession(name, sessions);
    const who =
      of.length === 1
        ? `the profile ${quotedList([first?.name ?? ""])} names`
        : `the profiles ${quotedList(of.map((each) => each.name))} name`;
    return finding("SessionUndefined", {
      session: name,
      ...(of.length === 1 && first && { profile: first.name }),
      message: `${first?.keyPlaces["sso_session"] ?? config.path}: ${who} [sso-session ${name}], which is not in ${config.path}.`,
      ...(only === undefined
        ? { fix: `ssox login --session ${shellWord(name)} --start-url URL --sso-region REGION` }
        : {
            fix: renamed(only, of),
            mend: { kind: "lines", lines: linesNaming(only, of) } as const,
          }),
    });
  });
}

function renamed(session: string, [first, ...more]: readonly ProfileFacts[]): string {
  return more.length > 0
    ? "ssox doctor --fix"
    : `aws configure set sso_session ${shellWord(session)} --profile ${shellWord(first?.name ?? "")}`;
}

function linesNaming(value: string, profiles: readonly ProfileFacts[]): readonly LineMend[] {
  return profiles.flatMap(({ configLines }) => {
    const line = configLines["sso_session"];
    return line === undefined ? [] : [{ kind: "value", line, value }];
  });
}

/** The session that a name is a slip for; not one that merely begins alike, which may be another portal's. */
function meantSession(written: string, sessions: Facts["sessions"]): string | undefined {
  const bare = bareName(written);
  const names = sessions.flatMap(({ kind, name }) => {
    return kind === "session" && Math.abs(name.length - bare.length) < 3 ? [name] : [];
  });
  return didYouMean(bare, names).only;
}

/** Keys of the session that stand in the profile, too. */
function repeated(profile: ProfileFacts, { sessions }: Facts): Finding[] {
  const { name, settings, keyPlaces, configLines } = profile;
  const session = sessions.find(
    (each) => each.kind === "session" && each.name === settings["sso_session"],
  );
  if (session === undefined) return [];
  const shared = Object.keys(session.settings).filter((key) => settings[key] !== undefined);
  const differing = shared.filter((key) => settings[key] !== session.settings[key]);
  const equal = shared.filter(
    (key) => settings[key] === session.settings[key] && REPEATED.includes(key),
  );
  const about = { profile: name, session: session.name };
  const lines = equal.flatMap((key) => {
    const line = configLines[key];
    return line === undefined ? [] : [{ kind: "remove", line } as const];
  });
  const [different, same] = [differing[0], equal[0]];
  return [
    ...(different === undefined
      ? []
      : [
          finding("KeysDiffer", {
            ...about,
            message: `${keyPlaces[different]}: ${differing.join(" and ")} of the profile ${JSON.stringify(name)} differs from that of its session ${JSON.stringify(session.name)}.`,
            fix: `take ${differing.join(" and ")} out of ${keyPlaces[different]}`,
          }),
        ]),
    ...(same === undefined
      ? []
      : [
          finding("SessionKeysRepeated", {
            ...about,
            message: `${keyPlaces[same]}: the profile ${JSON.stringify(name)} repeats ${equal.join(" and ")} of its session, which the SDK for Rust rejects.`,
            fix: `take ${equal.join(" and ")} out of ${keyPlaces[same]}`,
            ...(lines.length === equal.length && { mend: { kind: "lines", lines } as const }),
          }),
        ]),
  ];
}

const REPEATED: readonly string[] = ["sso_start_url", "sso_region"];
