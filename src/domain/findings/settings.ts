import { didYouMean } from "../did-you-mean.ts";
import type { Facts, ProfileFacts, SessionFacts } from "./facts.ts";
import { type Finding, finding } from "./finding.ts";

/** Keys of ssox's own that the command that needs them would refuse, or never see. */
export function settingFindings(facts: Facts): readonly Finding[] {
  return [
    ...facts.sessions.flatMap((session) => [
      ...odd(session, facts),
      ...withoutBrowser(session, facts),
      ...misspelled(session, facts),
    ]),
    ...facts.profiles.flatMap((profile) => ofProfile(profile, facts)),
  ];
}

const OF_SESSION: readonly string[] = [
  ...["ssox_store", "ssox_login_flow", "ssox_callback_port", "ssox_browser", "ssox_console_in"],
  ...["ssox_session_duration", "ssox_profile_template", "ssox_profile_region"],
  ...["ssox_include", "ssox_exclude"],
];

function odd({ name, settings, oddSettings }: SessionFacts, facts: Facts): Finding[] {
  return oddSettings.map(({ key, message, values }) => {
    const { line, place } = lineOf(key, name, facts);
    return finding("SettingInvalid", {
      session: name,
      message: `${place}: ${message}`,
      ...slip(settings[key] ?? "", values, line, `edit ${key} in ${place}`),
    });
  });
}

/** What mends a value that is a slip for one of a list. @param otherwise what mends any other one */
function slip(
  written: string,
  values: readonly string[],
  line: number | undefined,
  otherwise: string,
): Pick<Finding, "fix" | "mend"> {
  const { only } = didYouMean(written, values);
  if (only === undefined || line === undefined) return { fix: otherwise };
  const lines = [{ kind: "value", line, value: only }] as const;
  return { fix: "ssox doctor --fix", mend: { kind: "lines", lines } };
}

function withoutBrowser({ name, absentBrowser }: SessionFacts, facts: Facts): Finding[] {
  if (absentBrowser === undefined) return [];
  const { place } = lineOf("ssox_browser", name, facts);
  return [
    finding("SettingInvalid", {
      // The URL can be opened by hand.
      severity: "warning",
      session: name,
      message: `${place}: ssox_browser of ${name} starts ${absentBrowser}, which is not there: no browser opens at a sign-in.`,
      fix: `edit ssox_browser in ${place}`,
    }),
  ];
}

function misspelled({ name, settings }: SessionFacts, facts: Facts): Finding[] {
  const absent = OF_SESSION.filter((key) => settings[key] === undefined);
  return Object.keys(settings).flatMap((key) => {
    if (!key.startsWith("ssox_") || OF_SESSION.includes(key)) return [];
    const { only } = didYouMean(key, absent);
    if (only === undefined) return [];
    const { place } = lineOf(key, name, facts);
    return [
      finding("SettingInvalid", {
        severity: "warning",
        session: name,
        message: `${place}: ssox knows no ${JSON.stringify(key)}; ${only} may be meant.`,
        fix: `write ${only} in ${place}`,
      }),
    ];
  });
}

function ofProfile({ name, settings, keyPlaces }: ProfileFacts, { sessions }: Facts): Finding[] {
  const keep = settings["ssox_keep"];
  const strayed = OF_SESSION.find((key) => {
    return settings[key] !== undefined && !sessions.some((each) => key in each.settings);
  });
  const told = { severity: "warning", profile: name } as const;
  return [
    ...(keep === undefined || keep === "region"
      ? []
      : [
          finding("SettingInvalid", {
            ...told,
            message: `${keyPlaces["ssox_keep"]}: ssox_keep of the profile ${JSON.stringify(name)} is ${JSON.stringify(keep)}, not region.`,
            fix: `edit ssox_keep in ${keyPlaces["ssox_keep"]}`,
          }),
        ]),
    ...(strayed === undefined
      ? []
      : [
          finding("SettingInvalid", {
            ...told,
            message: `${keyPlaces[strayed]}: ssox looks for ${strayed} in an [sso-session] section, and not in the profile ${JSON.stringify(name)}.`,
            fix: `put the line of ${strayed} in ${keyPlaces[strayed]} into the [sso-session] section`,
          }),
        ]),
  ];
}

/** Where the key of a session stands. */
function lineOf(
  key: string,
  session: string,
  { config }: Pick<Facts, "config">,
): { readonly line: number | undefined; readonly place: string } {
  const section = config.sections.findLast(({ kind, name }) => {
    return kind === "sso-session" && name === session;
  });
  const line = section?.entries.findLast((entry) => entry.key === key)?.line;
  return { line, place: line === undefined ? config.path : `${config.path}, line ${line}` };
}
