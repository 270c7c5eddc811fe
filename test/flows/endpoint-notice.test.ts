import { expect, it } from "vitest";
import { noteEndpointOverrides } from "../../src/flows/endpoint-notice.ts";
import { testContext } from "../helpers/context.ts";

const CONFIG = `[default]
services = local
[profile dev]
endpoint_url = https://dev.example/with/a/path
[profile lost]
services = nowhere
[services local]
sso =
  endpoint_url = http://127.0.0.1:8400
s3 =
  endpoint_url = http://127.0.0.1:9000
`;

it.each([
  ["AWS's own are no news", { AWS_PROFILE: "other" }, ""],
  [
    "one variable for all",
    { AWS_ENDPOINT_URL: "http://127.0.0.1:1" },
    "Calls go to http://127.0.0.1:1 instead of AWS (AWS_ENDPOINT_URL).\n",
  ],
  [
    "one for each, and no password of theirs",
    {
      AWS_ENDPOINT_URL_SSO: "https://user:hunter2@a.example",
      AWS_ENDPOINT_URL_SSO_OIDC: "https://a.example",
      AWS_ENDPOINT_URL_STS: "https://b.example",
    },
    `Calls go to https://a.example instead of AWS (AWS_ENDPOINT_URL_SSO_OIDC, AWS_ENDPOINT_URL_SSO).
Calls go to https://b.example instead of AWS (AWS_ENDPOINT_URL_STS).
`,
  ],
  [
    "the services of the default profile",
    {},
    'Calls go to http://127.0.0.1:8400 instead of AWS (the endpoint_url for sso in the services section of the profile "default").\n',
  ],
  [
    "the endpoint of AWS_PROFILE",
    { AWS_PROFILE: "dev" },
    'Calls go to https://dev.example instead of AWS (endpoint_url of the profile "dev").\n',
  ],
  [
    "inside ssox exec, of the profile that it runs as",
    { AWS_PROFILE: "ssox-exec-1a2b", SSOX_PROFILE: "dev" },
    'Calls go to https://dev.example instead of AWS (endpoint_url of the profile "dev").\n',
  ],
  ["what is turned off", { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" }, ""],
])("%s", (_, env, expected) => {
  const context = testContext({ env, config: CONFIG });
  noteEndpointOverrides(context);
  expect(context.terminal.stderr).toBe(expected);
});

it.each([
  ["one that is refused", { AWS_ENDPOINT_URL: "http://a.example" }, /^AWS_ENDPOINT_URL is not an /],
  [
    "a services section that is not there",
    { AWS_PROFILE: "lost" },
    /line 5: the profile "lost" names a \[services nowhere\]/,
  ],
])("%s is for the caller to tell", (_, env, expected) => {
  const context = testContext({ env, config: CONFIG });
  expect(noteEndpointOverrides(context)?.message).toMatch(expected);
  expect(context.terminal.stderr).toBe("");
});
