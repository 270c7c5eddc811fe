/*
 * Everything else from which a program under `ssox exec` could take credentials.
 */

/** What `[default]` may hold, and where. */
export interface Files {
  readonly default: string;
  readonly config?: string;
  readonly credentials?: string;
  /** `[default]` of the config file is another role of the session. */
  readonly sso?: true;
}

export const OTHER_KEYS = "aws_access_key_id = AKIAOTHER\naws_secret_access_key = other\n";

/** Of the old form: the one that a credentials file may hold as well. */
const SSO = `sso_start_url = https://d-1234567890.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 999999999999
sso_role_name = Other
`;
const PROCESS = "credential_process = /bin/false\n";
const ROLE = "role_arn = arn:aws:iam::999999999999:role/x\nsource_profile = keys\n";
const LOGIN = "login_session = arn:aws:iam::999999999999:user/x\n";
const KEYS = `[keys]\n${OTHER_KEYS}`;

export const DEFAULTS: readonly Files[] = [
  { default: "nothing" },
  { default: "a region", config: "[default]\nregion = us-east-1\n" },
  {
    default: "a region, and lines end with CR LF",
    config: "[default]\r\nregion = us-east-1\r\n",
    credentials: `[dev]\r\noutput = json\r\n${OTHER_KEYS.replaceAll("\n", "\r\n")}`,
  },
  { default: "another role", sso: true },
  { default: "another role, in the credentials file", credentials: `[default]\n${SSO}` },
  { default: "keys", config: `[default]\n${OTHER_KEYS}` },
  { default: "keys in the credentials file", credentials: `[default]\n${OTHER_KEYS}` },
  {
    default: "another role, and keys in the credentials file",
    sso: true,
    credentials: `[default]\n${OTHER_KEYS}[dev]\n${OTHER_KEYS}`,
  },
  { default: "keys for every profile of botocore's", config: `[DEFAULT]\n${OTHER_KEYS}` },
  {
    default: "nothing, and the role's own profile all else, in the credentials file",
    credentials: `${KEYS}[dev]\n${OTHER_KEYS}${PROCESS}${LOGIN}source_profile = keys\n`,
  },
  { default: "a process", config: `[default]\n${PROCESS}` },
  { default: "a process in the credentials file", credentials: `[default]\n${PROCESS}` },
  { default: "a role of other keys", config: `[default]\n${ROLE}`, credentials: KEYS },
  {
    default: "a role of other keys, in the credentials file",
    credentials: `[default]\n${ROLE}${KEYS}`,
  },
];

/** Every variable from which some AWS client would take another identity. */
export const POLLUTION = {
  AWS_ACCESS_KEY_ID: "AKIAOTHER",
  AWS_SECRET_ACCESS_KEY: "other",
  AWS_SESSION_TOKEN: "other",
  AWS_SECURITY_TOKEN: "other",
  AWS_ACCESS_KEY: "AKIAOTHER",
  AWS_SECRET_KEY: "other",
  SECRET_ACCESS_KEY: "other",
  AWS_CREDENTIAL_EXPIRATION: "2001-01-01T00:00:00Z",
  AWS_CREDENTIAL_SCOPE: "other",
  AWS_ACCOUNT_ID: "999999999999",
  AWS_REGION: "us-west-1",
  AWS_DEFAULT_REGION: "us-west-2",
  AWS_PROFILE: "other",
  AWS_DEFAULT_PROFILE: "missing",
  AWS_SDK_LOAD_CONFIG: "0",
  AWS_WEB_IDENTITY_TOKEN_FILE: "/nonexistent",
  AWS_ROLE_ARN: "arn:aws:iam::999999999999:role/other",
  AWS_ROLE_SESSION_NAME: "other",
  AWS_CREDENTIAL_FILE: "/nonexistent",
  AWS_EC2_METADATA_DISABLED: "false",
  AWS_BEARER_TOKEN_BEDROCK: "other",
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/other",
  AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:9/other",
  AWS_CONTAINER_AUTHORIZATION_TOKEN: "other",
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/nonexistent",
  _AWS_CLI_PROFILE_CHAIN: "other",
};

/** A proxy that nobody listens at: the endpoint is asked without it. */
export const DEAD_PROXY = { HTTP_PROXY: "http://127.0.0.1:9", NO_PROXY: "localhost" };

/** A user's own keys, in the profile `own` or one of another name, and what else is there. */
export interface OwnKeys {
  readonly beside: string;
  readonly name?: string;
  files(keys: string): { readonly config?: string; readonly credentials?: string };
}

/** Of the settings that stand beside them some AWS clients would make other credentials. */
export const OWN_KEYS: readonly OwnKeys[] = [
  { beside: "nothing", files: (keys) => ({ credentials: `[own]\n${keys}` }) },
  {
    beside: "nothing, in the config file, in quotes",
    files: (keys) => ({ config: `[profile "own"]\n${keys}` }),
  },
  {
    beside: "a name with a space",
    name: "my own",
    files: (keys) => ({ credentials: `[my own]\n${keys}` }),
  },
  {
    beside: "a process in the config file",
    files: (keys) => ({ config: `[profile own]\n${PROCESS}`, credentials: `[own]\n${keys}` }),
  },
  { beside: "a process", files: (keys) => ({ credentials: `[own]\n${keys}${PROCESS}` }) },
  {
    beside: "a session token in the config file",
    files: (keys) => ({
      config: "[profile own]\naws_session_token = other\n",
      credentials: `[own]\n${keys}`,
    }),
  },
  {
    beside: "other keys in the config file",
    files: (keys) => ({ config: `[profile own]\n${OTHER_KEYS}`, credentials: `[own]\n${keys}` }),
  },
  {
    beside: "a source without a role",
    files: (keys) => ({
      config: "[profile own]\nsource_profile = keys\n",
      credentials: `${KEYS}[own]\n${keys}`,
    }),
  },
  {
    beside: "a session without a role",
    files: (keys) => ({
      config: "[profile own]\nsso_session = acme\n",
      credentials: `[own]\n${keys}`,
    }),
  },
  {
    beside: "a login",
    files: (keys) => ({
      config: `[profile own]\n${LOGIN}`,
      credentials: `[own]\n${keys}`,
    }),
  },
  {
    beside: "nothing, from a process",
    files: (keys) => ({ config: `[profile own]\ncredential_process = ${printing(keys)}\n` }),
  },
];

/** Long-term keys, as some programs keep them for the AWS clients. */
function printing(keys: string): string {
  const [, AccessKeyId, SecretAccessKey] = /= (.*)\n.*= (.*)\n/.exec(keys) ?? [];
  return `/bin/echo '${JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey })}'`;
}

/** As they stand in a file. */
export function asSettings(keys: {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}): string {
  return `aws_access_key_id = ${keys.accessKeyId}\naws_secret_access_key = ${keys.secretAccessKey}\n`;
}
