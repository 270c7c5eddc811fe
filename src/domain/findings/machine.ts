import { shellWord } from "../shell-word.ts";
import type { Facts, FileFacts, SessionFacts } from "./facts.ts";
import { type Finding, finding } from "./finding.ts";

/** What is wrong around the files: modes, clock, environment, network. */
export function machineFindings(facts: Facts): readonly Finding[] {
  const { machine, sessions } = facts;
  return [
    ...variables(facts),
    ...paths(facts),
    ...machine.endpoints.map(({ message, hint, isRefused }) =>
      finding("EndpointOverride", {
        severity: isRefused ? "error" : "info",
        message,
        fix:
          hint ??
          `${/\(AWS_/.test(message) ? "unset the variable" : "remove the key"}, unless you mean it`,
      }),
    ),
    ...machine.network.map(({ message, hint = "unset it" }) =>
      finding("NetworkSettingInvalid", { message, fix: hint }),
    ),
    ...machine.open.map(({ file, mode }) =>
      finding("ModeTooOpen", {
        message: `Other users can ${mode & 0o022 ? "change" : "read"} ${file} (mode ${mode.toString(8).padStart(4, "0")}), where secrets may stand.`,
        fix: `chmod 600 ${shellWord(file)}`,
        mend: { kind: "mode", file },
      }),
    ),
    ...clock(sessions),
    ...extraCaCerts(facts),
  ];
}

const KEY = "AWS_ACCESS_KEY_ID";
const WINNERS = [
  [KEY, "AWS_SECRET_ACCESS_KEY"],
  ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"],
] as const;

function variables(facts: Facts): Finding[] {
  const { env, asked } = facts;
  const found: Finding[] = [];
  for (const name of ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] as const) {
    if (env[name] !== "") continue;
    const message = `${name} is set, and empty: the AWS CLI and boto3 look for a profile without a name.`;
    found.push(finding("VariableEmpty", { message, fix: `unset ${name}` }));
  }
  const chosen = asked ?? (env["AWS_PROFILE"] || undefined);
  const about = chosen === undefined ? {} : { profile: chosen };
  const isInside = Boolean(env["SSOX_PROFILE"] || env["SSOX_ROLE"]);
  for (const [first, second] of WINNERS) {
    if (!env[first] || !env[second]) continue;
    found.push(
      finding("EnvironmentWins", {
        ...about,
        severity: isInside ? "info" : chosen === undefined ? "warning" : "error",
        message: `${first} and ${second} are set: they beat ${chosen === undefined ? "every profile" : `the profile ${JSON.stringify(chosen)}`} in most AWS clients.`,
        // What ssox itself has put there goes with its other variables.
        fix: first === KEY ? 'eval "$(ssox env --unset)"' : `unset ${first} ${second}`,
      }),
    );
  }
  found.push(...halfWebIdentity(facts, about));
  const { AWS_PROFILE: profile, AWS_DEFAULT_PROFILE: other } = env;
  if (profile && other && profile !== other) {
    found.push(
      finding("EnvironmentWins", {
        profile,
        message: `AWS_DEFAULT_PROFILE (${JSON.stringify(other)}) beats AWS_PROFILE (${JSON.stringify(profile)}) in boto3, and nowhere else.`,
        fix: "unset AWS_DEFAULT_PROFILE",
      }),
    );
  }
  return found;
}

/** One of the two variables without the other one. */
function halfWebIdentity(
  { env, profiles }: Facts,
  about: Pick<Finding, "profile">,
): readonly Finding[] {
  const { AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, AWS_ROLE_ARN: roleArn } = env;
  if (tokenFile && !roleArn) {
    return [
      finding("EnvironmentWins", {
        ...about,
        severity: about.profile === undefined ? "warning" : "error",
        message:
          "AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN is not: the AWS CLI, boto3 and Go then fail for nearly every profile, and other clients ignore it.",
        fix: "unset AWS_WEB_IDENTITY_TOKEN_FILE",
      }),
    ];
  }
  const { name } = profiles.find(({ settings }) => settings["web_identity_token_file"]) ?? {};
  if (!roleArn || tokenFile || name === undefined) return [];
  return [
    finding("EnvironmentWins", {
      severity: "warning",
      message: `AWS_ROLE_ARN is set: with the web identity of the profile ${JSON.stringify(name)} the AWS CLI and boto3 assume that role, and other clients the one of the profile.`,
      fix: "unset AWS_ROLE_ARN",
    }),
  ];
}

function paths({ env, config, credentials }: Facts): Finding[] {
  const files = [
    ["AWS_CONFIG_FILE", config.path],
    ["AWS_SHARED_CREDENTIALS_FILE", credentials.path],
  ] as const;
  return files.flatMap(([name, file]) => {
    const value = env[name] ?? "";
    if (isRelative(value))
      return relative(name, value, name === "AWS_CONFIG_FILE" ? config : credentials);
    const why = /\$/.test(value)
      ? "only botocore and ssox expand variables in it"
      : /^~/.test(value)
        ? "some AWS clients do not expand ~ in it, or not everywhere"
        : undefined;
    if (why === undefined) return [];
    return [
      finding("ConfigPathNotPortable", {
        message: `${name} is ${value}: ${why}.`,
        fix: `export ${name}=${shellWord(file)}`,
      }),
    ];
  });
}

/** Looked for in the folder where a program runs; an editor, say, runs in another one than a shell. */
export function isRelative(file: string): boolean {
  return !/^($|[/\\~]|[a-z]:)|\$/i.test(file);
}

/** Where it is not there, that is told by itself. */
function relative(name: string, value: string, { path, state }: FileFacts): Finding[] {
  if (state === "missing") return [];
  return [
    finding("ConfigPathNotPortable", {
      // Where it was set, it works.
      severity: "warning",
      message: `${name} is ${value}, which AWS clients find in one folder only: each looks for it in the folder where it runs.`,
      fix: `export ${name}=${shellWord(path)}`,
    }),
  ];
}

/** The machine has one clock, however many sessions have seen it. */
function clock(sessions: readonly SessionFacts[]): Finding[] {
  const skew = sessions.map((session) => session.skew).find((ahead) => ahead !== 0);
  if (skew === undefined) return [];
  const minutes = Math.max(1, Math.round(Math.abs(skew) / 60_000));
  return [
    finding("ClockSkew", {
      message: `This machine's clock is ${minutes} min ${skew > 0 ? "behind" : "ahead of"} AWS's.`,
      fix: "sudo timedatectl set-ntp true",
    }),
  ];
}

/** Below that nobody notices. */
const SMALL = 50_000;

function extraCaCerts({ env, machine: { extraCaCerts: size } }: Facts): Finding[] {
  const file = env["NODE_EXTRA_CA_CERTS"];
  if (!file || size === undefined || size < SMALL) return [];
  return [
    finding("ExtraCaCertsSlow", {
      message: `NODE_EXTRA_CA_CERTS names ${file}, of ${Math.round(size / 1000)} kB, which node reads at each start of ssox.`,
      fix: `unset NODE_EXTRA_CA_CERTS; export AWS_CA_BUNDLE=${shellWord(file)}`,
    }),
  ];
}
