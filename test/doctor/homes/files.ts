import { mkdirSync } from "node:fs";
import path from "node:path";
import {
  ACCOUNT,
  ACME,
  good,
  type Home,
  keys,
  OLD_FORM,
  REGION,
  ROLE,
  START_URL,
} from "../home.ts";

/** What is wrong with the files as such. */
export const FILES: readonly Home[] = [
  { title: "nothing is wrong", config: good(), findings: [] },
  {
    title: "nothing is wrong with a file of many kinds",
    config: `# mine\n[default]\n${REGION}output = json\n\n${good()}s3 =\n  max_concurrent_requests = 20\n[preview]\n`,
    findings: [],
  },
  { title: "nothing is wrong with CRLF", config: good().replaceAll("\n", "\r\n"), findings: [] },
  {
    title: "no config file",
    tokens: { acme: "none" },
    findings: ["info FileMissing"],
  },
  {
    title: "the config file is a folder",
    prepare: (home) => mkdirSync(path.join(home, ".aws", "config")),
    tokens: { acme: "none" },
    findings: ["error FileUnreadable"],
  },
  {
    title: "a section stands twice",
    config: `${good()}[profile dev]\noutput = json\n`,
    findings: ["error FileRejected"],
  },
  {
    title: "a key stands twice",
    config: good("region = eu-central-1\n"),
    findings: ["error FileRejected"],
  },
  {
    title: "a line without an equals sign",
    config: good("just words\n"),
    findings: ["error FileRejected"],
  },
  {
    title: "a line without an equals sign below a section that Java does not read",
    config: `${good()}[plugins]\njust words\n`,
    findings: ["error FileRejected"],
  },
  {
    title: "text before the first section",
    config: `region = eu-west-1\n${good()}`,
    findings: ["error FileRejected"],
  },
  {
    title: "a byte order mark",
    config: `\ufeff${good()}`,
    findings: ["error FileRejected"],
  },
  {
    title: "a byte order mark before a comment",
    config: `\ufeff# mine\n${good()}`,
    findings: ["error FileRejected"],
  },
  {
    title: "bytes that are no UTF-8",
    config: Buffer.concat([Buffer.from(good()), Buffer.from("# caf\xe9\n", "latin1")]),
    findings: ["error FileRejected"],
  },
  {
    title: "the first key of a section is indented",
    config: `${ACME}[profile dev]\n  ${ROLE.replaceAll("\n", "\n  ").trimEnd()}\n  ${REGION}`,
    findings: ["error FileRejected"],
  },
  {
    title: "a nested line without an equals sign",
    config: good("s3 =\n  words\n"),
    findings: ["error FileRejected", "error FileRejected"],
  },
  {
    title: "a section named __proto__",
    config: `${good()}[profile __proto__]\n${REGION}`,
    findings: ["error FileRejected"],
  },
  {
    title: "the credentials file has a key twice",
    config: good(),
    credentials: `[other]\n${keys("CREDENTIALS")}${keys("CREDENTIALS")}`,
    findings: ["error FileRejected"],
  },
  {
    title: "a name in quotes",
    config: good().replace("[profile dev]", '[profile "dev"]'),
    findings: ["error NameUnreadable dev"],
  },
  {
    title: "a name with a space, in quotes",
    config: good().replace("[profile dev]", '[profile "my dev"]'),
    profile: "my dev",
    findings: ["error NameUnreadable my dev"],
  },
  {
    title: "a name with a space, bare",
    config: good().replace("[profile dev]", "[profile my dev]"),
    profile: "my dev",
    findings: ["error NameUnreadable my dev"],
  },
  {
    title: "a name with an apostrophe",
    config: good().replace("[profile dev]", "[profile it's]"),
    profile: "it's",
    findings: ["error NameUnreadable it's"],
  },
  {
    title: "a name with an umlaut",
    config: good().replace("[profile dev]", "[profile dév]"),
    profile: "dév",
    findings: ["error NameUnreadable dév"],
  },
  {
    title: "a name with a comma",
    config: good().replace("[profile dev]", "[profile a,b]"),
    profile: "a,b",
    findings: ["error NameUnreadable a,b"],
  },
  {
    title: "spaces within the brackets",
    config: good().replace("[profile dev]", "[ profile dev ]"),
    findings: ["error NameUnreadable dev"],
  },
  {
    title: "two spaces in the header of a session",
    config: good().replace("[sso-session acme]", "[sso-session  acme]"),
    findings: ["error NameUnreadable acme"],
  },
  {
    title: "a session in quotes",
    config: good().replace("[sso-session acme]", '[sso-session "acme"]'),
    findings: ["error NameUnreadable acme"],
  },
  {
    title: "one profile with two headers",
    config: `${good()}[profile "dev"]\noutput = json\n`,
    findings: ["error NameTwice dev"],
  },
  {
    title: "both [default] and [profile default], of two roles",
    config: `${ACME}[profile default]\n${ROLE}${REGION}[default]\n${ROLE.replace("Developer", "ReadOnly")}${REGION}`,
    profile: "default",
    findings: ["error DefaultTwice default"],
  },
  {
    title: "[default] before [profile default], of two roles",
    config: `${ACME}[default]\n${ROLE}${REGION}[profile default]\n${ROLE.replace("Developer", "ReadOnly")}${REGION}`,
    profile: "default",
    findings: ["error DefaultTwice default"],
  },
  {
    title: "both defaults, alike",
    config: `${ACME}[default]\n${ROLE}${REGION}[profile default]\n${ROLE}${REGION}`,
    profile: "default",
    findings: ["warning DefaultTwice default"],
  },
  {
    title: "[DEFAULT] with a region",
    config: `[DEFAULT]\noutput = json\n${good()}`,
    findings: ["warning DefaultUpperCase"],
  },
  {
    title: "[DEFAULT] with a role",
    config: `${ACME}[DEFAULT]\n${ROLE}[profile dev]\n${REGION}`,
    findings: ["error DefaultUpperCase"],
  },
  {
    title: "a key with a capital letter",
    config: good().replace("sso_role_name", "SSO_Role_Name"),
    findings: ["error KeyCase dev"],
  },
  {
    title: "a region with a capital letter",
    config: `${ACME}[profile dev]\n${ROLE}Region = eu-west-1\n`,
    findings: ["warning KeyCase dev"],
  },
  {
    title: "a key of the session with a capital letter",
    config: good().replace("sso_start_url", "Sso_Start_Url"),
    findings: ["error KeyCase acme"],
  },
  {
    title: "a comment behind the role",
    config: good().replace("DeveloperAccess", "DeveloperAccess # mine"),
    findings: ["error InlineComment dev"],
  },
  {
    title: "a comment behind the output",
    config: good("output = json ; mine\n"),
    findings: ["warning InlineComment dev"],
  },
  {
    title: "a key with a colon",
    config: good().replace("sso_session = acme", "sso_session: acme"),
    findings: ["error FileRejected", "error ReadDifferently dev"],
  },
  {
    title: "an indented comment below the role",
    config: good().replace("DeveloperAccess\n", "DeveloperAccess\n  # mine\n"),
    findings: ["error ReadDifferently dev"],
  },
  {
    title: "an indented line below the region",
    config: good("  more\n"),
    findings: ["warning ReadDifferently dev"],
  },
  {
    title: "an indented key below another one",
    config: `${ACME}[profile dev]\nregion = eu-west-1\n  sso_session = acme\n  sso_account_id = ${ACCOUNT}\n  sso_role_name = DeveloperAccess\n`,
    findings: ["error ReadDifferently dev"],
  },
  {
    title: "an empty value",
    config: good("output =\n"),
    findings: ["warning ReadDifferently dev"],
  },
  {
    title: "an empty s3",
    config: good("s3 =\n"),
    findings: ["error ReadDifferently dev"],
  },
  {
    title: "a profile without its prefix in the config file",
    config: `${ACME}[dev]\n${ROLE}${REGION}`,
    findings: ["warning SectionIgnored"],
  },
  {
    title: "a profile with its prefix in the credentials file",
    config: good(),
    credentials: `[profile prod]\n${keys("CREDENTIALS")}`,
    profile: "prod",
    findings: ["warning SectionIgnored"],
  },
  {
    title: "a file in UTF-16, as PowerShell writes it",
    config: Buffer.from(`\ufeff${good()}`, "utf16le"),
    findings: ["error FileRejected"],
  },
  {
    title: "a name with quotes of a text processor",
    config: good().replace("[profile dev]", "[profile “dev”]"),
    profile: "“dev”",
    findings: ["error NameUnreadable “dev”"],
  },
  {
    title: "a header with a capital letter",
    config: good().replace("[profile dev]", "[Profile dev]"),
    findings: ["error NameUnreadable dev"],
  },
  {
    title: "a header with a hyphen",
    config: good().replace("[profile dev]", "[profile-dev]"),
    findings: ["error NameUnreadable dev"],
  },
  {
    title: "a header with a dot",
    config: good().replace("[profile dev]", "[profile.dev]"),
    findings: ["error NameUnreadable dev"],
  },
  {
    title: "a header with a colon",
    config: good().replace("[profile dev]", "[profile: dev]"),
    findings: ["error NameUnreadable dev"],
  },
  {
    title: "a session's header with an underscore",
    config: good().replace("[sso-session acme]", "[sso_session acme]"),
    findings: ["error NameUnreadable acme"],
  },
  {
    title: "a session's header with capital letters",
    config: good().replace("[sso-session acme]", "[SSO-Session acme]"),
    findings: ["error NameUnreadable acme"],
  },
  {
    title: "a session by its name alone",
    config: good().replace("[sso-session acme]", "[acme]"),
    findings: ["error SectionIgnored acme"],
  },
  {
    title: "a session without its prefix that nobody names",
    config: `[other]\nsso_start_url = ${START_URL}\nsso_region = eu-west-1\n${good()}`,
    findings: ["warning SectionIgnored"],
  },
  {
    title: "a session's header that begins with session",
    config: good().replace("[sso-session acme]", "[session acme]"),
    findings: ["error SectionIgnored acme"],
  },
  {
    title: "a session with a space, in quotes",
    config: good()
      .replace("[sso-session acme]", "[sso-session 'My SSO']")
      .replace("sso_session = acme", "sso_session = My SSO"),
    tokens: { "My SSO": {} },
    findings: ["error NameUnreadable My SSO"],
  },
  {
    title: "[DEFAULT] in the credentials file",
    config: `[profile dev]\n${REGION}`,
    credentials: `[DEFAULT]\n${keys("CREDENTIALS")}[dev]\n${REGION}`,
    findings: ["error DefaultUpperCase"],
  },
  {
    title: "a hyphen in place of an underscore",
    config: good().replace("sso_session", "sso-session"),
    findings: ["error KeyMisspelled dev"],
  },
  {
    title: "a letter too few",
    config: good().replace("sso_account_id", "sso_acount_id"),
    findings: ["error KeyMisspelled dev"],
  },
  {
    title: "half of a key",
    config: good().replace("sso_role_name", "sso_role"),
    findings: ["error KeyMisspelled dev"],
  },
  {
    title: "the region of a session under the name of a profile's",
    config: good().replace("sso_region", "region"),
    findings: ["error KeyMisspelled acme"],
  },
  {
    title: "a misspelled key of the old form",
    config: `[profile dev]\n${OLD_FORM.replace("sso_start_url", "start_url")}${REGION}`,
    findings: ["error KeyMisspelled dev"],
  },
  {
    title: "nothing is wrong with keys of other tools",
    config:
      good("sso_account_name = sandbox\nsso_auto_populated = true\ngranted_sso_region = x\n") +
      "[profile p]\ncredential_process = /bin/echo\nsso_name = x\nsso_id = y\nregion = eu-west-1\n",
    findings: [],
  },
  {
    title: "a no-break space before the equals sign",
    config: good().replace("sso_role_name =", "sso_role_name\u00a0="),
    findings: ["error ReadDifferently dev"],
  },
  {
    title: "a no-break space behind the region",
    config: `${ACME}[profile dev]\n${ROLE}region = eu-west-1\u00a0\n`,
    findings: ["warning ReadDifferently dev"],
  },
  {
    title: "a comment behind the region of a session",
    config: good().replace("sso_region = eu-west-1", "sso_region = eu-west-1 # Ireland"),
    findings: ["error InlineComment acme"],
  },
  {
    title: "a comment behind the start URL",
    config: good().replace(START_URL, `${START_URL} # ours`),
    findings: ["error InlineComment acme"],
  },
  {
    title: "a comment behind the region of a profile",
    config: `${ACME}[profile dev]\n${ROLE}region = eu-west-1 # Ireland\n`,
    findings: ["error InlineComment dev"],
  },
  {
    title: "keys in quotes",
    config: `[profile dev]\n${REGION}`,
    credentials:
      '[dev]\naws_access_key_id = "AKIACREDENTIALS"\naws_secret_access_key = "secret-of-CREDENTIALS"\n',
    findings: ["error ReadDifferently dev"],
    unwitnessed: "all clients take keys",
  },
  {
    title: "keys under names that are none",
    config: `[profile dev]\n${REGION}`,
    credentials:
      "[dev]\naws_access_key = AKIACREDENTIALS\naws_secret_key = secret-of-CREDENTIALS\n",
    findings: ["error KeyMisspelled dev", "error KeyMisspelled dev"],
  },
  {
    title: "[Default] in the credentials file",
    config: `[profile dev]\n${REGION}`,
    credentials: `[Default]\n${keys("CREDENTIALS")}`,
    profile: "default",
    findings: ["warning DefaultUpperCase Default"],
  },
  {
    title: "nothing is wrong with a pager that is none",
    config: good("cli_pager =\n"),
    findings: [],
  },
];
