import { ACCOUNT, ACME, good, type Home, OLD_FORM, REGION, ROLE, START_URL } from "../home.ts";

function withKey(line: string): string {
  return good().replace("sso_region", `${line}\nsso_region`);
}

/** What is wrong between sessions and profiles. */
export const SESSIONS: readonly Home[] = [
  {
    title: "a session that is not there",
    config: good().replace("sso_session = acme", "sso_session = amce"),
    findings: ["error SessionUndefined dev"],
  },
  {
    title: "a session that is not there, for two profiles",
    config: `[profile dev]\n${ROLE}${REGION}[profile prod]\n${ROLE}${REGION}`,
    findings: ["error SessionUndefined acme"],
  },
  {
    title: "a session by a slip, in two profiles",
    config: `${good().replace("sso_session = acme", "sso_session = acmee")}[profile prod]\n${ROLE.replace("acme", "acmee")}${REGION}`,
    findings: ["error SessionUndefined acmee"],
  },
  {
    title: "a session by another case",
    config: good().replace("sso_session = acme", "sso_session = Acme"),
    findings: ["error SessionUndefined dev"],
  },
  {
    title: "a session without a start URL",
    config: good().replace(`sso_start_url = ${START_URL}\n`, ""),
    findings: ["error SessionIncomplete acme"],
  },
  {
    title: "a session without a region",
    config: good().replace("sso_region = eu-west-1\n", ""),
    findings: ["error SessionIncomplete acme"],
  },
  {
    title: "a session with a region that is none",
    config: good().replace("sso_region = eu-west-1", "sso_region = Ireland"),
    findings: ["error SessionIncomplete acme"],
    unwitnessed: "no client may make a host name of it",
  },
  {
    title: "a start URL by http",
    config: good().replace(START_URL, START_URL.replace("https", "http")),
    tokens: { acme: { startUrl: START_URL.replace("https", "http") } },
    findings: ["error SessionIncomplete acme"],
  },
  {
    title: "both keys of the session repeated",
    config: good(`sso_start_url = ${START_URL}\nsso_region = eu-west-1\n`),
    findings: ["error SessionKeysRepeated dev"],
  },
  {
    title: "the region of the session repeated",
    config: good("sso_region = eu-west-1\n"),
    findings: ["error SessionKeysRepeated dev"],
  },
  {
    title: "another region than the session's",
    config: good("sso_region = us-east-1\n"),
    findings: ["error KeysDiffer dev"],
  },
  {
    title: "another start URL than the session's, by a slash",
    config: good(`sso_start_url = ${START_URL}/\n`),
    findings: ["error KeysDiffer dev"],
  },
  {
    title: "other scopes than the session's",
    config: good("sso_registration_scopes = codewhisperer:completions\n"),
    findings: ["error KeysDiffer dev"],
  },
  {
    title: "a key of ssox's in both, with two values",
    config: good("ssox_login_flow = pkce\n").replace(
      "sso_region",
      "ssox_login_flow = device\nsso_region",
    ),
    findings: ["error KeysDiffer dev"],
  },
  {
    title: "the region of a regional portal",
    config: good().replace(
      START_URL,
      "https://ssoins-1234567890abcdef.portal.eu-central-1.app.aws",
    ),
    tokens: { acme: { startUrl: "https://ssoins-1234567890abcdef.portal.eu-central-1.app.aws" } },
    findings: ["error SsoRegionWrong acme"],
  },
  {
    title: "a store that is none",
    config: good().replace("sso_region", "ssox_store = vault\nsso_region"),
    findings: ["error StoreUnusable acme"],
  },
  {
    title: "a store by a slip",
    config: good().replace("sso_region", "ssox_store = keychian\nsso_region"),
    findings: ["error StoreUnusable acme"],
  },
  ...[
    ...["ssox_login_flow = devise", "ssox_login_flow = browser", "ssox_callback_port = 80800"],
    ...[
      "ssox_console_in = Tab",
      "ssox_session_duration = 8 hours",
      "ssox_profile_region = eu-west-1a",
    ],
    ...[
      "ssox_profile_template = {account}.{role_name}",
      "ssox_include = sandbox",
      "ssox_exclude = a:b:c",
    ],
  ].map((line) => ({
    title: `a key of ssox's with a value that is none: ${line}`,
    config: withKey(line),
    findings: ["error SettingInvalid acme"],
  })),
  {
    title: "a browser that is not there",
    config: withKey("ssox_browser = firefox-that-is-not-there -P work"),
    findings: ["warning SettingInvalid acme"],
  },
  {
    title: "a key of ssox's by a slip",
    config: withKey("ssox_login_flw = device"),
    findings: ["warning SettingInvalid acme"],
  },
  {
    title: "a key of a session in a profile",
    config: good("ssox_store = keychain\n"),
    findings: ["warning SettingInvalid dev"],
  },
  {
    title: "a key to keep that nobody keeps",
    config: good("ssox_keep = output\n"),
    findings: ["warning SettingInvalid dev"],
  },
  {
    title: "nothing is wrong with every key of ssox's",
    config: withKey(
      "ssox_login_flow = device\nssox_callback_port = 8500\nssox_console_in = tab\nssox_session_duration = 8h\nssox_profile_region = eu-west-1\nssox_profile_template = {account_name|lower}.{role_name}\nssox_include = sandbox-*:*,*:ReadOnly*\nssox_exclude =\nssox_store = file\nssox_browser = sh -c true\nssox_break_glass = prod:Admin",
    ).replace("ssox_exclude =\n", "ssox_exclude = *:Billing*\n"),
    findings: [],
  },
  {
    title: "one bad session beside a good one",
    config: `[sso-session bad]\nsso_region = eu-west-1\n${good()}`,
    findings: ["error SessionIncomplete bad"],
  },
  {
    title: "a session in the credentials file",
    config: `[profile dev]\n${ROLE}${REGION}`,
    credentials: ACME,
    findings: ["error SessionUndefined dev", "warning SectionIgnored"],
  },
  {
    title: "nothing is wrong with a profile of the old form",
    config: `[profile dev]\n${OLD_FORM}${REGION}`,
    tokens: { acme: "none", [START_URL]: {} },
    findings: [],
  },
  {
    title: "a profile of the old form without a region",
    config: `[profile dev]\n${OLD_FORM.replace("sso_region = eu-west-1\n", "")}${REGION}`,
    tokens: { acme: "none", [START_URL]: {} },
    findings: ["error ClientsDiffer dev"],
  },
  {
    title: "only the account of a role",
    config: good().replace("sso_role_name = DeveloperAccess\n", ""),
    findings: ["error ProfileIncomplete dev"],
  },
  {
    title: "only the role",
    config: good().replace(`sso_account_id = ${ACCOUNT}\n`, ""),
    findings: ["error ProfileIncomplete dev"],
  },
  {
    title: "a session alone, for its token",
    config: `${ACME}[profile dev]\nsso_session = acme\n${REGION}`,
    findings: ["info ProfileIncomplete dev"],
  },
  {
    title: "an account id that lost its zeros",
    config: good().replace(ACCOUNT, "42"),
    findings: ["error AccountIdInvalid dev"],
  },
  {
    title: "an account id with hyphens",
    config: good().replace(ACCOUNT, "1111-2222-3333"),
    findings: ["error AccountIdInvalid dev"],
  },
  {
    title: "a session that is named in quotes",
    config: good().replace("sso_session = acme", 'sso_session = "acme"'),
    findings: ["error SessionUndefined dev"],
  },
  {
    title: "two regions for one portal, in profiles of the old form",
    config: `[profile dev]\n${OLD_FORM}${REGION}[profile prod]\n${OLD_FORM.replace("eu-west-1", "us-east-1")}${REGION}`,
    tokens: { acme: "none", [START_URL]: {} },
    findings: [`error SsoRegionWrong ${START_URL}`],
  },
  {
    title: "an account id that a spreadsheet has rounded",
    config: good().replace(ACCOUNT, "1.11122E+11"),
    findings: ["error AccountIdInvalid dev"],
  },
  {
    title: "a profile of the old form with a region that is none",
    config: `[profile dev]\n${OLD_FORM.replace("eu-west-1", "eu-west-1#ireland")}${REGION}`,
    tokens: { acme: "none", [START_URL]: {} },
    findings: ["error SessionIncomplete dev"],
    unwitnessed: "some clients take it for a host name of the lab",
  },
  {
    title: "a start URL in quotes",
    config: good().replace(START_URL, `"${START_URL}"`),
    findings: ["error SessionIncomplete acme"],
  },
];
