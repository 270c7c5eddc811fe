import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Where every AWS client looks for the services; the console's sign-in is for ssox alone. */
function endpointVariables(url: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_SSO: url,
    AWS_ENDPOINT_URL_SSO_OIDC: url,
    AWS_ENDPOINT_URL_STS: url,
    AWS_ENDPOINT_URL_SIGNIN: url,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

/**
 * Makes a home folder of its own, with an empty `.aws`, under the folder for
 * temporary files.
 */
export function makePrivateHome(): string {
  const home = mkdtempSync(path.join(tmpdir(), "ssox-lab-"));
  mkdirSync(path.join(home, ".aws"), { mode: 0o700 });
  return home;
}

/**
 * The lines that point a POSIX shell at a lab, and as comments those that
 * point it back. Variables that would lead past the private home are unset.
 */
export function shellLines(
  url: string,
  home: string,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const wanted = { ...endpointVariables(url), HOME: home };
  const misleading = MISLEADING.filter((name) => env[name] !== undefined);
  const old = env["HOME"];
  return [
    ...Object.entries(wanted).map(([name, value]) => `export ${name}=${quoted(value)}`),
    ...(misleading.length === 0 ? [] : [`unset ${misleading.join(" ")}`]),
    "# To leave the lab, close this shell, or:",
    `# unset ${Object.keys(endpointVariables(url)).join(" ")}`,
    old === undefined ? "# unset HOME" : `# export HOME=${quoted(old)}`,
    `# rm -r ${quoted(home)}`,
  ];
}

/** Each of these names a file, a profile or credentials outside the private home. */
const MISLEADING = [
  "AWS_CONFIG_FILE",
  "AWS_SHARED_CREDENTIALS_FILE",
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
  "SSOX_AWS_CONFIG_FILE",
  "XDG_STATE_HOME",
  "XDG_CACHE_HOME",
  "XDG_RUNTIME_DIR",
] as const;

/** For a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
