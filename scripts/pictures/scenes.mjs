/**
 * The pictures in docs/pictures/, in the order in which they are taken: in one
 * home, so that each scene finds what those before it have done.
 *
 * - `name` of the files; `alt`: what the picture is of, for who does not see it
 * - `before`: commands that nobody sees
 * - `commands`: what is typed, and shown with its output
 * - `keys`: for a command that asks: what is waited for, and what is typed then; the
 *   picture shows the last command as it was before the last of them
 * - `columns`: 80 where none are named
 */
export const SCENES = [
  {
    name: "configure",
    alt: "ssox configure asks for the start URL, signs in, and shows what profiles would be called",
    commands: ["ssox configure"],
    keys: [
      ["Start URL", "d-1234567890\r"],
      ["Region of IAM", "eu-west-1\r"],
      ["Name of the session", "acme\r"],
      ["Sign in to acme now?", "\r"],
      ["Template", "\u0003"],
    ],
    columns: 94,
  },
  {
    name: "first-steps",
    before: ["ssox logout", "rm -r ~/.aws"],
    alt: "ssox login, ssox sync-profiles and ssox exec at a terminal",
    commands: [
      "ssox login --session acme \\\n    --start-url https://d-1234567890.awsapps.com/start --sso-region eu-west-1",
      "ssox sync-profiles --region eu-west-1",
      "ssox exec --profile sandbox.DeveloperAccess -- \\\n    aws sts get-caller-identity --query Arn --output text",
    ],
    columns: 104,
  },
  {
    name: "pick",
    alt: "ssox shell without a profile lets you pick one by some letters of its name, account and role",
    commands: ["ssox shell"],
    keys: [
      ["Which role?", "s dev"],
      ["of 12", "\u0003"],
    ],
    columns: 90,
  },
  {
    name: "sign-in",
    alt: "ssox login shows a page and a code where there is no browser",
    before: ["ssox sync-profiles --undo", "ssox logout"],
    commands: ["ssox login --flow device"],
  },
  {
    name: "roles",
    alt: "ssox roles lists every account and role",
    before: ["ssox sync-profiles --include 'sandbox:*' --region eu-west-1"],
    commands: ["ssox roles"],
    columns: 90,
  },
  {
    name: "sync-profiles",
    alt: "ssox sync-profiles --dry-run shows a diff of the config file",
    commands: [
      "ssox sync-profiles --include 'staging:Dev*,staging:Read*' --region eu-west-1 --dry-run",
    ],
    columns: 90,
  },
  {
    name: "exec",
    alt: "ssox exec runs a program as a role",
    commands: [
      "ssox exec --profile sandbox.DeveloperAccess -- \\\n    aws sts get-caller-identity --query Arn --output text",
    ],
    columns: 104,
  },
  {
    name: "doctor",
    alt: "ssox doctor says why a profile does not work alike in all AWS clients",
    before: [
      "printf '\\n[profile legacy]\\nsso_session = acme\\nsso_account_id = 105992674944\\nsso_role_name = DeveloperAccess\\nregion = eu-west-1\\n' >> ~/.aws/config",
      "printf '[legacy]\\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\\naws_secret_access_key = none\\n' > ~/.aws/credentials",
      "chmod 600 ~/.aws/credentials",
    ],
    commands: ["ssox doctor --profile legacy"],
    columns: 90,
  },
];
