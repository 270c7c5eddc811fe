export type Severity = "error" | "warning" | "info";

/** What a code of `doctor` means. The codes are part of the contract; the words are not. */
export interface CodeMeaning {
  /** The gravest that it may have: `error` where something fails, or where another identity is taken. */
  readonly severity: Severity;
  readonly topic: Topic;
  /** One sentence. */
  readonly meaning: string;
  readonly why: string;
  /** What mends it. */
  readonly mend: string;
  /** `--fix` mends it, where that is safe. */
  readonly isFixable?: true;
}

export const TOPICS = {
  files: "The config file and the credentials file",
  sessions: "Sessions",
  profiles: "Profiles",
  roles: "Accounts and roles",
  tokens: "Sign-ins",
  machine: "Machine and environment",
} as const;

export type Topic = keyof typeof TOPICS;

/** Every code of `doctor`; `docs/troubleshooting.md` is made of this table. */
export const CODES = {
  FileUnreadable: {
    topic: "files",
    severity: "error",
    meaning: "The config file or the credentials file is there and cannot be read.",
    why: "AWS clients then do as if it were empty, and say that the profile does not exist.",
    mend: "Give yourself the right to read it, or put a file where a folder stands.",
  },
  FileMissing: {
    topic: "files",
    severity: "warning",
    meaning: "There is no config file, or none where AWS_CONFIG_FILE says.",
    why: "Without sessions and profiles there is nothing to sign in to.",
    mend: "`ssox login --start-url URL --sso-region REGION` writes the first session; `unset AWS_CONFIG_FILE` where the variable is wrong.",
  },
  FileRejected: {
    topic: "files",
    severity: "error",
    meaning: "Some AWS clients reject the whole file for one line.",
    why: "Python's parser takes no key and no section twice, and no line that is no `key = value`; Java and Rust take no indented first key; JavaScript takes no section named `__proto__`. All profiles are lost, not only the one at that line.",
    mend: "Edit that line.",
  },
  NameUnreadable: {
    topic: "files",
    severity: "error",
    meaning: "Some AWS clients do not find a section by its name.",
    why: "Quotes, spaces, and characters other than letters, digits and `. _ - / % @` are read in different ways.",
    mend: "Rename the section, without quotes.",
  },
  NameTwice: {
    topic: "files",
    severity: "error",
    meaning: "Two sections have one name.",
    why: "The AWS CLI takes the last one and drops the others; other clients take the keys of all.",
    mend: "Put all keys into one of them.",
  },
  SectionIgnored: {
    topic: "files",
    severity: "error",
    meaning: "No AWS client reads a section there.",
    why: "In the config file a profile is `[profile NAME]`, in the credentials file `[NAME]`; sessions stand in the config file alone.",
    mend: "Rename the section, or move it.",
  },
  DefaultTwice: {
    topic: "files",
    severity: "error",
    meaning: "Both `[default]` and `[profile default]` are there.",
    why: "The AWS CLI takes the later one, all others take `[profile default]`.",
    mend: "Remove one of them.",
  },
  DefaultUpperCase: {
    topic: "files",
    severity: "error",
    meaning: "There is a section `[DEFAULT]`.",
    why: "To Python's parser its keys are part of every profile; other clients ignore them.",
    mend: "Rename it `[default]`, or remove it.",
  },
  KeyCase: {
    topic: "files",
    severity: "error",
    meaning: "A key has capital letters.",
    why: "The SDKs for JavaScript and Java then do not find it.",
    mend: "Write it in lower case.",
    isFixable: true,
  },
  KeyMisspelled: {
    topic: "files",
    severity: "error",
    meaning:
      "A key is one that no AWS client looks for, and the one that it looks like is missing.",
    why: "A hyphen in place of the underscore, a letter too few, `region` in a session: such keys are ignored without a word.",
    mend: "Write the key as the message has it.",
  },
  InlineComment: {
    topic: "files",
    severity: "error",
    meaning: "A comment stands behind a value.",
    why: "To the AWS CLI and boto3 it is a part of the value.",
    mend: "Put the comment on a line of its own.",
    isFixable: true,
  },
  ReadDifferently: {
    topic: "files",
    severity: "error",
    meaning:
      "A line is read in different ways: a colon, an empty value, an indented comment, a value of several lines or in quotes, a no-break space.",
    why: "The clients' parsers agree on `key = value` at the margin, and on little else.",
    mend: "Write `key = value` at the margin, comments too.",
  },

  SessionUndefined: {
    topic: "sessions",
    severity: "error",
    meaning: "A profile names an `[sso-session]` that is not in the config file.",
    why: "Every AWS client then fails.",
    mend: "Correct the name, which `--fix` does where it is a slip for one, or write the session: `ssox login --session NAME --start-url URL --sso-region REGION`.",
    isFixable: true,
  },
  SessionIncomplete: {
    topic: "sessions",
    severity: "error",
    meaning: "A session lacks `sso_start_url` or `sso_region`, or has one that cannot be used.",
    why: "Nobody can sign in to it.",
    mend: "`ssox login --session NAME --start-url URL --sso-region REGION` completes it.",
  },
  SessionKeysRepeated: {
    topic: "sessions",
    severity: "error",
    meaning: "A profile with `sso_session` repeats keys of the session.",
    why: "The SDK for Rust rejects such a profile, even where the values are equal.",
    mend: "Take the repeated keys out of the profile.",
    isFixable: true,
  },
  KeysDiffer: {
    topic: "sessions",
    severity: "error",
    meaning: "A profile has another value than its session for one key.",
    why: "The AWS CLI, Go, Java and Rust reject the profile; JavaScript takes the session's value.",
    mend: "Take the key out of the profile.",
  },
  SsoRegionWrong: {
    topic: "sessions",
    severity: "error",
    meaning: "`sso_region` is another region than that of the access portal.",
    why: "Tokens of one region are unknown in another: sign-ins and credentials fail.",
    mend: "Correct `sso_region`; `ssox login` does so where the start URL names the region.",
  },
  SettingInvalid: {
    topic: "sessions",
    severity: "error",
    meaning:
      "A key of ssox's own has a value that makes no sense, or stands where nothing looks for it.",
    why: "The command that needs it fails, or goes on without it; AWS clients take no notice.",
    mend: "Correct it; `--fix` does where a value is a slip for one that there is.",
    isFixable: true,
  },
  StoreUnusable: {
    topic: "sessions",
    severity: "error",
    meaning: "Where the session's secrets are to lie cannot be used.",
    why: "The keychain is missing, locked or does not answer, or `ssox_store` is mistyped.",
    mend: "Unlock the keychain, or set `ssox_store = file`.",
  },

  ProfileUnknown: {
    topic: "profiles",
    severity: "error",
    meaning: "The profile that is asked for, or that AWS_PROFILE names, is in no file.",
    why: "Most clients fail; the SDK for JavaScript looks for other credentials instead.",
    mend: "Correct the name, or unset the variable.",
  },
  ProfileIncomplete: {
    topic: "profiles",
    severity: "error",
    meaning:
      "A profile has `sso_account_id` without `sso_role_name`, or the other way round, or neither.",
    why: "No client can get credentials for it.",
    mend: "Add the missing key.",
  },
  ProfileBroken: {
    topic: "profiles",
    severity: "error",
    meaning: "A profile's chain of roles cannot be followed.",
    why: "A profile is missing, or leads back to itself, or to more than a hundred others, or says two things at once.",
    mend: "Correct the profile that the message names; `--fix` does where a name differs in capital letters alone.",
    isFixable: true,
  },
  AccountIdInvalid: {
    topic: "profiles",
    severity: "error",
    meaning: "`sso_account_id` is no account id of twelve digits.",
    why: "Spreadsheets drop leading zeros, and people paste hyphens.",
    mend: "Write all twelve digits.",
  },
  TwoMechanisms: {
    topic: "profiles",
    severity: "error",
    meaning: "A profile has several sources of credentials, and AWS clients take different ones.",
    why: "Every SDK has an order of its own.",
    mend: "Leave one of them in the profile.",
  },
  StaticKeysShadow: {
    topic: "profiles",
    severity: "error",
    meaning: "The credentials file has keys for a profile that gets its credentials elsewhere.",
    why: "JavaScript and Go take the keys, which are another identity and do not expire; the AWS CLI takes the role.",
    mend: "Take the keys out of the credentials file, or give the profile another name.",
  },
  ClientsDiffer: {
    topic: "profiles",
    severity: "error",
    meaning: "A profile works in some AWS clients, and in others it fails or is another identity.",
    why: "The message names them.",
    mend: "Write the profile as `ssox sync-profiles` does.",
  },
  RegionMissing: {
    topic: "profiles",
    severity: "warning",
    meaning: "Profiles have no `region`, and the environment has none.",
    why: "Most calls of AWS need one. AWS_REGION is not read by boto3, nor AWS_DEFAULT_REGION by JavaScript and Java.",
    mend: "Set it in the profile; `ssox sync-profiles --region REGION` does so for all.",
  },
  RegionInvalid: {
    topic: "profiles",
    severity: "error",
    meaning: "`region`, AWS_REGION or AWS_DEFAULT_REGION is no name of a region.",
    why: "An availability zone (`eu-west-1a`), quotes, capital letters, or a carriage return of a file from Windows. Clients make host names of it: `Could not connect to the endpoint URL`.",
    mend: "Write the region alone, as in `eu-west-1`.",
  },
  NodeMoved: {
    topic: "profiles",
    severity: "error",
    meaning: "A `credential_process` starts a node or an ssox that is no longer there.",
    why: "Node or ssox was installed anew, at another place.",
    mend: "`ssox sync-profiles` writes the line anew.",
    isFixable: true,
  },
  ProgramMissing: {
    topic: "profiles",
    severity: "error",
    meaning: "A `credential_process` starts a program that is not there.",
    why: "The tool that wrote the profile was uninstalled, or is not on the PATH.",
    mend: "Install it again, or take the profile out of the file; `docs/migrating.md` tells how for some tools.",
  },
  ProcessUnportable: {
    topic: "profiles",
    severity: "error",
    meaning: "A `credential_process` line means different things to AWS clients.",
    why: "botocore starts it without a shell, the others with one; Go takes quotes around the whole line off.",
    mend: "Write absolute paths, without `~`, `$` and pipes, and not with a quote at both ends.",
  },

  RoleNameIsIamRole: {
    topic: "roles",
    severity: "error",
    meaning: "`sso_role_name` is the name of an IAM role, or an ARN, or a path.",
    why: "It takes the name of the permission set; for any other AWS says `No access`, as for a role that is not assigned.",
    mend: "Write the permission set's name; `--fix` does where it is known.",
    isFixable: true,
  },
  RoleNameCase: {
    topic: "roles",
    severity: "error",
    meaning: "`sso_role_name` is written otherwise than the permission set.",
    why: "Capital letters count.",
    mend: "Write it as `ssox roles` shows it.",
    isFixable: true,
  },
  RoleNotAssigned: {
    topic: "roles",
    severity: "error",
    meaning: "The role is not assigned to you in that account.",
    why: "It was taken away, never given, or mistyped. Without `--online` this is said of the last listing.",
    mend: "`ssox roles --refresh` shows what is assigned; `ssox sync-profiles --prune` removes what is gone. For a slip, the role that was meant is named.",
  },
  AccountNotAssigned: {
    topic: "roles",
    severity: "error",
    meaning: "You have no role in that account.",
    why: "As for RoleNotAssigned.",
    mend: "`ssox accounts --refresh` shows what is assigned.",
  },

  SignInNeeded: {
    topic: "tokens",
    severity: "info",
    meaning: "You are not signed in to a session.",
    why: "There is no token, or it has expired.",
    mend: "`ssox login --session NAME`.",
  },
  TokenRefused: {
    topic: "tokens",
    severity: "error",
    meaning: "The service refuses the token, although its time is not over.",
    why: "The session was ended: by a sign-out, or by an administrator.",
    mend: "`ssox login --session NAME`.",
  },
  TokenUnreadable: {
    topic: "tokens",
    severity: "error",
    meaning: "A token file cannot be read, by some clients or by all.",
    why: "It is cut, not yours, or has its times in a form that only some clients know.",
    mend: "`ssox login --session NAME` writes it anew.",
  },
  TokenOtherPortal: {
    topic: "tokens",
    severity: "warning",
    meaning: "The session's token file holds the token of another start URL.",
    why: "Files are named by the session: it had another start URL when you signed in.",
    mend: "`ssox login --session NAME`.",
  },
  TokenForeignScope: {
    topic: "tokens",
    severity: "error",
    meaning: "`sso_registration_scopes` does not hold `sso:account:access`.",
    why: "A token without this scope is good for other services, and gets no credentials of accounts.",
    mend: "Add `sso:account:access` to the scopes, and sign in again.",
  },
  TokenWithoutRefresh: {
    topic: "tokens",
    severity: "info",
    meaning: "The token cannot be renewed: it holds no refresh token.",
    why: "A session of the old form, or one that was signed in to without scopes, gets none.",
    mend: "Give the session an `[sso-session]` section with `sso_registration_scopes = sso:account:access`, and sign in again; `ssox sync-profiles --adopt` brings profiles of the old form to it.",
  },
  RegistrationExpired: {
    topic: "tokens",
    severity: "warning",
    meaning: "The client registration that the token was got with has expired.",
    why: "It lasts for about 90 days; after that no client renews the token.",
    mend: "`ssox login --session NAME --force`.",
  },
  RoleCacheOfOther: {
    topic: "tokens",
    severity: "warning",
    meaning: "Role credentials in the AWS CLI's cache were fetched under another sign-in.",
    why: "The cache does not tell whose they are, and `aws sso login` leaves them: the AWS CLI uses them until they expire, though another user has signed in since.",
    mend: "`ssox logout --session NAME`, then `ssox login --session NAME`.",
  },
  TooShort: {
    topic: "tokens",
    severity: "error",
    meaning: "With `--needs`: the sign-in ends before a job of that length does.",
    why: "Credentials are renewed only while the sign-in lasts.",
    mend: "`ssox login --session NAME --force` begins a new session with its full length.",
  },
  EndUnknown: {
    topic: "tokens",
    severity: "info",
    meaning: "With `--needs`: nothing tells when the sign-in ends.",
    why: "No answer of AWS has it. ssox learns it when a session ends under its eyes.",
    mend: "Write `ssox_session_duration` into the `[sso-session]` section, as your administrator has set it.",
  },

  HomeMissing: {
    topic: "machine",
    severity: "error",
    meaning: "There is no home folder to be found.",
    why: "HOME is not set, and the user database has no entry, as in containers that run under a bare uid.",
    mend: "`export HOME=/path/to/your/home`",
  },
  ModeTooOpen: {
    topic: "machine",
    severity: "warning",
    meaning:
      "Other users can read, or change, a file where secrets stand, or the command line of another program, which may hold one.",
    why: "Some programs write these files with the modes of the umask.",
    mend: "`chmod 600 FILE`",
    isFixable: true,
  },
  ClockSkew: {
    topic: "machine",
    severity: "warning",
    meaning: "The machine's clock is off by more than a minute.",
    why: "Clients judge by it when tokens and credentials expire; AWS refuses requests that are off by 5 minutes.",
    mend: "Set the clock: `sudo timedatectl set-ntp true`",
  },
  ConfigPathNotPortable: {
    topic: "machine",
    severity: "error",
    meaning:
      "AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE holds `~` or `$`, or a path that is not absolute.",
    why: "botocore and ssox expand both; other clients take them as they stand, or in part. What is not absolute works in one folder: that is a warning.",
    mend: "Set the variable to an absolute path.",
  },
  EnvironmentWins: {
    topic: "machine",
    severity: "error",
    meaning: "Variables of the environment beat the profile.",
    why: "Keys and web-identity tokens in the environment come first in most clients; AWS_WEB_IDENTITY_TOKEN_FILE without AWS_ROLE_ARN makes some fail; AWS_DEFAULT_PROFILE beats AWS_PROFILE in boto3.",
    mend: 'Unset them; keys with `eval "$(ssox env --unset)"`.',
  },
  VariableEmpty: {
    topic: "machine",
    severity: "error",
    meaning: "AWS_PROFILE or AWS_DEFAULT_PROFILE is set, and empty.",
    why: "The AWS CLI and boto3 look for a profile without a name, and fail.",
    mend: "Unset it: `unset AWS_PROFILE`",
  },
  EndpointOverride: {
    topic: "machine",
    severity: "error",
    meaning: "Calls go to another endpoint than AWS's; an error where that is no https URL.",
    why: "AWS_ENDPOINT_URL and its kin, or `endpoint_url`, name it. Tokens go there.",
    mend: "Unset the variable, or remove the key, unless you mean it.",
  },
  NetworkSettingInvalid: {
    topic: "machine",
    severity: "error",
    meaning: "A proxy or a list of authorities is set that cannot be used.",
    why: "HTTPS_PROXY is no URL, or AWS_CA_BUNDLE, or `ca_bundle`, is no file with certificates.",
    mend: "Correct or unset it.",
  },
  ProxyIntercepts: {
    topic: "machine",
    severity: "error",
    meaning: "Something on the way answers in AWS's place.",
    why: "The answer is a web page, or its certificate is signed by nobody that this machine trusts: a sign-in page of the network, or a company's proxy.",
    mend: "Sign in to the network, or `export AWS_CA_BUNDLE=/path/to/its/authorities.pem`.",
  },
  ServiceUnreachable: {
    topic: "machine",
    severity: "error",
    meaning: "With `--online`: the service could not be asked.",
    why: "The message says why.",
    mend: "See the message.",
  },
  ExtraCaCertsSlow: {
    topic: "machine",
    severity: "info",
    meaning: "NODE_EXTRA_CA_CERTS names a large file.",
    why: "Node reads all of it at each start, which takes longer than a cached answer of ssox.",
    mend: "Set AWS_CA_BUNDLE instead: it is read only when a connection needs it.",
  },
} as const satisfies Record<string, CodeMeaning>;

export type FindingCode = keyof typeof CODES;
