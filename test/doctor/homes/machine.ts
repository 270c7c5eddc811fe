import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ENVIRONMENT, good, type Home, keys, REGION } from "../home.ts";

/** What is wrong around the files. */
export const MACHINE: readonly Home[] = [
  {
    title: "keys in the environment, and no profile chosen",
    config: good(),
    env: ENVIRONMENT,
    findings: ["warning EnvironmentWins"],
  },
  {
    title: "keys in the environment beside AWS_PROFILE",
    config: good(),
    env: { ...ENVIRONMENT, AWS_PROFILE: "dev" },
    findings: ["error EnvironmentWins dev"],
  },
  {
    title: "keys in the environment beside a profile that does not work",
    config: good("sso_region = us-east-1\n"),
    env: { ...ENVIRONMENT, AWS_PROFILE: "dev" },
    findings: ["error EnvironmentWins dev", "error KeysDiffer dev"],
  },
  {
    title: "a web identity in the environment",
    config: good(),
    env: {
      AWS_WEB_IDENTITY_TOKEN_FILE: "/nowhere",
      AWS_ROLE_ARN: "arn:aws:iam::111122223333:role/R",
    },
    findings: ["warning EnvironmentWins"],
    unwitnessed: "there is no token of a web identity",
  },
  {
    title: "AWS_DEFAULT_PROFILE beside AWS_PROFILE",
    config: `${good()}[profile prod]\n${keys("CONFIG")}${REGION}`,
    env: { AWS_PROFILE: "dev", AWS_DEFAULT_PROFILE: "prod" },
    findings: ["error EnvironmentWins dev"],
    unwitnessed: "the prediction is of one profile",
  },
  {
    title: "AWS_PROFILE is empty",
    config: good(),
    env: { AWS_PROFILE: "" },
    findings: ["error VariableEmpty"],
    unwitnessed: "the prediction is of one profile",
  },
  {
    title: "AWS_PROFILE names one that is not there",
    config: good(),
    env: { AWS_PROFILE: "prod" },
    profile: "prod",
    findings: ["error ProfileUnknown prod"],
  },
  {
    title: "AWS_CONFIG_FILE with ~",
    config: good(),
    env: { AWS_CONFIG_FILE: "~/.aws/config" },
    findings: ["error ConfigPathNotPortable"],
  },
  {
    title: "AWS_CONFIG_FILE with a variable",
    config: good(),
    env: { AWS_CONFIG_FILE: "$HOME/.aws/config" },
    findings: ["error ConfigPathNotPortable"],
  },
  {
    title: "an endpoint of this machine",
    config: good(),
    env: { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" },
    findings: ["info EndpointOverride"],
    unwitnessed: "nobody listens there",
  },
  {
    title: "an endpoint of another machine by http",
    config: good(),
    env: { AWS_ENDPOINT_URL: "http://example.com" },
    findings: ["error EndpointOverride"],
    unwitnessed: "no token may go there",
  },
  {
    title: "a proxy that is no URL",
    config: good(),
    env: { HTTPS_PROXY: "socks5://127.0.0.1:1" },
    findings: ["error NetworkSettingInvalid"],
    unwitnessed: "what a proxy does is not predicted",
  },
  {
    title: "authorities that are not there",
    config: good(),
    env: { AWS_CA_BUNDLE: "/nowhere/bundle.pem" },
    findings: ["error NetworkSettingInvalid"],
    unwitnessed: "what a proxy does is not predicted",
  },
  {
    title: "a services section that is not there",
    config: `[default]\nservices = local\n${REGION}${good()}`,
    findings: ["error NetworkSettingInvalid"],
  },
  {
    title: "a large NODE_EXTRA_CA_CERTS",
    config: good(),
    env: { NODE_EXTRA_CA_CERTS: "$HOME/extra.pem" },
    prepare: (home) => writeFileSync(path.join(home, "extra.pem"), "x".repeat(200_000)),
    findings: ["info ExtraCaCertsSlow"],
    unwitnessed: "it changes no credentials",
  },
  {
    title: "a credentials file that others can read",
    config: `[profile dev]\n${REGION}`,
    credentials: `[dev]\n${keys("CREDENTIALS")}`,
    prepare: (home) => chmodSync(path.join(home, ".aws", "credentials"), 0o664),
    findings: ["warning ModeTooOpen"],
  },
];
