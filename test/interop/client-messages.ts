/** What an AWS client says, in a home where it can only say that: of these docs/troubleshooting.md is made. */
export interface ClientMessage {
  readonly title: string;
  readonly home: Home;
  /** Parts of what it prints; `…` stands for what differs. */
  readonly says: Readonly<Partial<Record<Speaker, string>>>;
  readonly meaning: string;
  readonly mend: string;
}

/** botocore speaks for the first two. */
export type Speaker = "AWS CLI, boto3" | "JavaScript" | "Go" | "Java" | "Rust";

export interface Home {
  /** `[profile dev]`, the role DeveloperAccess under the session acme, by default. */
  readonly config?: string;
  readonly credentials?: string;
  /**
   * `good` by default; `over`: it has ended, and its refresh token too; `revoked`: only the service
   * knows that it has ended.
   */
  readonly token?: "good" | "none" | "over" | "revoked" | "empty";
  /** Beside AWS_PROFILE=dev; an undefined one is not set. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The role's keys in the environment, and no profile: they have ended. */
  readonly hasEndedKeys?: boolean;
  /** An endpoint of `ssox exec` that refuses, or that nobody listens at. */
  readonly endpoint?: "refuses" | "gone";
}

const SESSION = `[sso-session acme]
sso_start_url = https://d-1234567890.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access

`;
const ROLE = `[profile dev]
sso_session = acme
sso_account_id = 105992674944
sso_role_name = DeveloperAccess
`;
const REGION = "region = eu-west-1\n";
const NO_PROFILE = {
  AWS_PROFILE: undefined,
  AWS_REGION: "eu-west-1",
  AWS_DEFAULT_REGION: "eu-west-1",
};

export const USUAL_CONFIG: string = SESSION + ROLE + REGION;

export const CLIENT_MESSAGES: readonly ClientMessage[] = [
  {
    title: "Nobody is signed in",
    home: { token: "none" },
    says: {
      "AWS CLI, boto3": "Error loading SSO Token: Token for acme does not exist",
      JavaScript: "The SSO session token associated with profile=dev was not found or is invalid.",
      Go: "failed to read cached SSO token file, open …: no such file or directory",
      Java: "The SSO session associated with this profile has expired or is otherwise invalid.",
      Rust: "failed to load the cached SSO token",
    },
    meaning: "There is no token for the session that the profile names.",
    mend: "`ssox login --session acme`",
  },
  {
    title: "The sign-in has ended",
    home: { token: "over" },
    says: {
      "AWS CLI, boto3":
        "Error when retrieving token from sso: Token has expired and refresh failed",
      JavaScript: "Token is expired. To refresh this SSO session run 'aws sso login'",
      Go: "refresh cached SSO token failed, unable to refresh SSO token, operation error SSO OIDC: CreateToken",
    },
    meaning:
      "The token has ended, and AWS gives no new one: the session is over, or its refresh token was used by a program that did not keep the answer.",
    mend: "`ssox login --session acme`. Programs under `ssox exec` go on by themselves then.",
  },
  {
    title: "The session was ended elsewhere",
    home: { token: "revoked" },
    says: {
      "AWS CLI, boto3":
        "The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO session run aws sso login with the corresponding profile.",
      JavaScript: "UnauthorizedException: Session token not found or invalid",
      Go: "UnauthorizedException: Session token not found or invalid",
      Java: "Session token not found or invalid (Service: Sso, Status Code: 401",
      Rust: "UnauthorizedException",
    },
    meaning:
      "The token looks good here, and AWS no longer takes it: somebody signed out in the access portal, an administrator ended the session, or it is a token of another region.",
    mend: "`ssox login --session acme --force`",
  },
  {
    title: "The role is not yours",
    home: { config: SESSION + ROLE.replace("DeveloperAccess", "Developer") + REGION },
    says: {
      "AWS CLI, boto3":
        "An error occurred (ForbiddenException) when calling the GetRoleCredentials operation: No access",
      JavaScript: "ForbiddenException: No access",
      Go: "api error ForbiddenException: No access",
      Java: "No access (Service: Sso, Status Code: 403",
      Rust: "ForbiddenException",
    },
    meaning:
      "The account, or the role in it, is not assigned to you; or the name is that of the IAM role (`AWSReservedSSO_…`) and not of the permission set, or of other case; or it was assigned after you signed in.",
    mend: "`ssox doctor --online --profile dev` says which of them. `ssox roles` lists what is yours; `ssox login --force` sees new assignments.",
  },
  {
    title: "The session is not in the file",
    home: { config: ROLE + REGION },
    says: {
      "AWS CLI, boto3": 'The specified sso-session does not exist: "acme"',
      JavaScript: "TypeError: Cannot read properties of undefined (reading 'sso_region')",
      Go: "failed to find SSO session section, acme",
      Java: "Sso-session section not found with sso-session title acme.",
      Rust: "sso-session named `acme` (referenced by profile `dev`) was not found",
    },
    meaning:
      "The profile names an `[sso-session acme]` section that the config file does not have, or not in letters that this client reads. JavaScript says the same when `AWS_CONFIG_FILE` begins with `~`.",
    mend: "`ssox login --session acme --start-url URL --sso-region REGION` writes the section.",
  },
  {
    title: "The profile is not in the file",
    home: { env: { AWS_PROFILE: "gone", AWS_REGION: "eu-west-1" } },
    says: {
      "AWS CLI, boto3": "The config profile (gone) could not be found",
      JavaScript: "Could not load credentials from any providers",
      Go: "failed to get shared config profile, gone",
      Java: "Profile file contained no credentials for profile 'gone'",
    },
    meaning: "No profile has that name, or it is one that this client does not read.",
    mend: "`aws configure list-profiles` of AWS CLI v2 shows the names, as does `grep profile ~/.aws/config`, `ssox sync-profiles` writes one for each role, and `ssox doctor` names those that not every client reads.",
  },
  {
    title: "No credentials anywhere",
    home: { config: "", env: NO_PROFILE },
    says: {
      "AWS CLI, boto3": "Unable to locate credentials",
      JavaScript: "Could not load credentials from any providers",
      Go: "no EC2 IMDS role found",
      Java: "Unable to load credentials from any of the providers in the chain",
      Rust: "the credential provider was not enabled",
    },
    meaning:
      "No profile is named, there is no `[default]` with credentials, and the environment has none. Terraform says `No valid credential sources found` above the line of Go.",
    mend: "`export AWS_PROFILE=NAME`, or `ssox exec --profile NAME -- COMMAND`.",
  },
  {
    title: "Keys that have ended",
    home: { hasEndedKeys: true },
    says: {
      "AWS CLI, boto3":
        "An error occurred (ExpiredToken) when calling the GetCallerIdentity operation: The security token included in the request is expired",
      JavaScript: "ExpiredToken: The security token included in the request is expired",
      Go: "api error ExpiredToken: The security token included in the request is expired",
      Java: "The security token included in the request is expired (Service: Sts, Status Code: 403",
      Rust: "ExpiredToken",
    },
    meaning:
      "Keys of a role, in the environment (by `ssox env` or `ssox exec --mode env`) or in the credentials file, have ended. Some services say `ExpiredTokenException` or `RequestExpired`. A clock that is wrong has the same effect.",
    mend: '`eval "$(ssox env --profile NAME)"` gets new ones; `eval "$(ssox env --unset)"` takes them away. `ssox exec` in its usual mode renews.',
  },
  {
    title: "Keys that are of nobody",
    home: {
      config: "",
      env: {
        ...NO_PROFILE,
        AWS_ACCESS_KEY_ID: "ASIAIOSFODNN7EXAMPLE",
        AWS_SECRET_ACCESS_KEY: "none",
        AWS_SESSION_TOKEN: "none",
      },
    },
    says: {
      "AWS CLI, boto3":
        "An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token included in the request is invalid",
      JavaScript: "InvalidClientTokenId: The security token included in the request is invalid",
      Go: "api error InvalidClientTokenId: The security token included in the request is invalid",
      Java: "The security token included in the request is invalid. (Service: Sts, Status Code: 403",
      Rust: "InvalidClientTokenId",
    },
    meaning:
      "The key does not exist (any more), belongs to another partition, or the session token beside it is missing or of another key. Old keys in the environment or in `~/.aws/credentials` are the usual reason.",
    mend: "`ssox doctor --profile NAME` names the file and the line, or the variable, that wins.",
  },
  {
    title: "Half a pair of keys",
    home: {
      config: `[profile dev]\n${REGION}`,
      credentials: "[dev]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n",
    },
    says: {
      "AWS CLI, boto3":
        "Partial credentials found in shared-credentials-file, missing: aws_secret_access_key",
      JavaScript: "Could not load credentials from any providers",
      Go: "partial credentials found for profile dev",
      Java: "Profile property 'aws_secret_access_key' was not configured for 'dev'.",
      Rust: "profile missing aws_secret_access_key",
    },
    meaning: "The profile has a key id without its secret.",
    mend: "Write the other one into that section of the file, or take the section out. `ssox doctor --profile NAME` shows which client takes what.",
  },
  {
    title: "A credential_process that fails",
    home: {
      config: `[profile dev]\n${REGION}credential_process = /bin/sh -c 'echo "ssox: error LoginRequired: You are not signed in to acme." >&2; exit 3'\n`,
    },
    says: {
      "AWS CLI, boto3":
        "Error when retrieving credentials from custom-process: ssox: error LoginRequired",
      JavaScript: "Could not load credentials from any providers",
      Go: "process provider error: error in credential_process: exit status 3",
      Java: "Failed to refresh process-based credentials.",
      Rust: "Error retrieving credentials: external process exited with code exit status: 3. Stderr: ssox: error LoginRequired",
    },
    meaning:
      "The program of the profile ended with an error. That is ssox's own where the line calls ssox; JavaScript and Java do not show it.",
    mend: "Run the line yourself: it says why, and what mends it; after `LoginRequired`, `ssox login`.",
  },
  {
    title: "A credential_process that is not there",
    home: { config: `[profile dev]\n${REGION}credential_process = /gone/node /gone/ssox.js\n` },
    says: {
      "AWS CLI, boto3": "No such file or directory: '/gone/node'",
      JavaScript: "Could not load credentials from any providers",
      Go: "process provider error: error in credential_process: exit status 127",
      Java: "Failed to refresh process-based credentials.",
      Rust: "external process exited with code exit status: 127",
    },
    meaning: "node or ssox is no longer where the line says, as after an update of node.",
    mend: "`ssox sync-profiles`, or `ssox doctor --fix`, writes today's paths.",
  },
  {
    title: "The endpoint of `ssox exec` refuses",
    home: { config: "", env: NO_PROFILE, endpoint: "refuses" },
    says: {
      "AWS CLI, boto3":
        "Error when retrieving credentials from container-role: Error retrieving metadata: Received non 200 response 403 from container metadata: …LoginRequired",
      JavaScript: "Could not load credentials from any providers",
      Go: "failed to load credentials, LoginRequired: ",
      Java: "Failed to load credentials from metadata service.",
      Rust: "Non-success status from HTTP credential provider: StatusCode(403)",
    },
    meaning:
      "The sign-in ended while the program ran, so that its credentials could not be renewed.",
    mend: "`ssox login --session acme` in any terminal: the program's next question is answered, without a restart.",
  },
  {
    title: "The endpoint of `ssox exec` is gone",
    home: { config: "", env: NO_PROFILE, endpoint: "gone" },
    says: {
      "AWS CLI, boto3":
        "Error when retrieving credentials from container-role: Error retrieving metadata: Received error when attempting to retrieve container metadata: Could not connect to the endpoint URL",
      JavaScript: "Could not load credentials from any providers",
      Go: "failed to load credentials, exceeded maximum number of attempts, 3, request send failed",
      Java: "Failed to load credentials from metadata service.",
      Rust: "ConnectionRefused",
    },
    meaning:
      "A program goes on after the `ssox exec` that started it, or the variables were copied elsewhere: into a container, another machine, a file.",
    mend: "Run it under `ssox exec` of its own; in a container, with `--mode env` ([SSH, WSL and containers](ssh-wsl-containers.md)).",
  },
  {
    title: "The config file is not understood",
    home: { config: `${SESSION}${ROLE}${REGION}\n${ROLE}${REGION}` },
    says: { "AWS CLI, boto3": "Unable to parse config file: …/.aws/config" },
    meaning:
      "Something in the file makes botocore reject all of it: here a section that stands twice. The other clients read on, and may take another profile than you think.",
    mend: "`ssox doctor` names the line.",
  },
  {
    title: "No region",
    home: { config: SESSION + ROLE },
    says: {
      "AWS CLI, boto3": "You must specify a region.",
      JavaScript: "Region is missing",
      Java: "Unable to load region from any of the providers in the chain",
      Rust: "missing signing region",
    },
    meaning: "Neither the profile nor the environment names one. `sso_region` is not it.",
    mend: "`ssox sync-profiles --region eu-west-1`, or `region = eu-west-1` in the profile; with `ssox exec --account A --role R`, which names no profile, `--region eu-west-1`.",
  },
  {
    title: "A region that is none",
    home: { config: `${SESSION}${ROLE}region = eu-west-1 # Ireland\n` },
    says: {
      "AWS CLI, boto3":
        "Provided region_name 'eu-west-1 # Ireland' doesn't match a supported format.",
    },
    meaning:
      "To the AWS CLI and boto3 a comment behind a value is a part of it; quotes around a region are, too, to nearly every client. Of an availability zone, such as `eu-west-1a`, they say `Could not connect to the endpoint URL`.",
    mend: "`ssox doctor` names the line; `ssox doctor --fix` puts the comment on a line of its own.",
  },
  {
    title: "Session and profile disagree",
    home: { config: `${SESSION}${ROLE}${REGION}sso_region = us-east-1\n` },
    says: {
      "AWS CLI, boto3":
        "The value for sso_region is inconsistent between profile (us-east-1) and sso-session (eu-west-1).",
      Go: 'sso_region in profile "dev" must match sso_region in sso-session',
      Java: "Profile dev and Sso-session acme has different sso_region.",
      Rust: "only be specified in the [sso-session] config when a session name is given",
    },
    meaning: "A key of the session stands in the profile as well, with another value.",
    mend: "Take it out of the profile: `ssox doctor` names the line.",
  },
  {
    title: "The profile has half of a role",
    home: { config: `${SESSION}${ROLE.replace(/sso_role_name.*\n/, "")}${REGION}` },
    says: {
      "AWS CLI, boto3":
        'The profile "dev" is configured to use SSO but is missing required configuration: sso_role_name',
      JavaScript: "Profile is configured with invalid SSO credentials.",
      Go: "InvalidRequestException: Missing parameter: role_name",
      Java: "Profile property 'sso_role_name' was not configured for 'dev'.",
      Rust: "if `sso_account_id` is set, then `sso_role_name` must also be set",
    },
    meaning: "`sso_account_id` or `sso_role_name` is missing.",
    mend: "Write the missing key; `ssox sync-profiles` writes whole profiles.",
  },
  {
    title: "A token file that is damaged",
    home: { token: "empty" },
    says: {
      "AWS CLI, boto3": "'293abb6b76d7791c0732cc517d38c4b5c734b87f'",
      JavaScript: "The SSO session token associated with profile=dev was not found or is invalid.",
      Go: "failed to parse cached SSO token file, unexpected end of JSON input",
      Rust: "failed to load the cached SSO token",
    },
    meaning:
      "The file in `~/.aws/sso/cache` was cut, by a full disk or a program that was killed. All that the AWS CLI says is its name.",
    mend: "`ssox login --session acme` writes it anew.",
  },
];
