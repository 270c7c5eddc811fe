import { SSOClient } from "@aws-sdk/client-sso";
import { SSOOIDCClient } from "@aws-sdk/client-sso-oidc";
import { STSClient } from "@aws-sdk/client-sts";
import { array, boolean, nullable, object, parse, picklist, string } from "valibot";
import { expect, test } from "vitest";
import { parseAwsConfig } from "../../src/aws/config.ts";
import { awsEndpoint, endpointOf } from "../../src/aws/endpoints.ts";
import { profileNetwork } from "../../src/aws/network-settings.ts";
import { clientSettings } from "../../src/aws/service-client.ts";
import { PARTITIONS, partitionOf } from "../../src/domain/partitions.ts";
import { proxyFor } from "../../src/domain/proxy.ts";
import { SsoxError } from "../../src/errors.ts";
import { testContext } from "../helpers/context.ts";
import { runWitness } from "../helpers/witness.ts";
import { clientFile, witnessOf } from "./desk.ts";

const Answers = array(
  object({
    service: picklist(["sso", "sso-oidc", "sts", "signin"]),
    partition: string(),
    region: string(),
    fips: boolean(),
    dualStack: boolean(),
    url: string(),
  }),
);

const CLIENTS = { sso: SSOClient, "sso-oidc": SSOOIDCClient, sts: STSClient };

test("43 · each endpoint of each partition is the one of the rule sets [boto3]", async (running) => {
  const { program } = witnessOf("boto3", running);
  const env = { PATH: process.env["PATH"] ?? "" };
  const { stdout, stderr } = await runWitness(program, [clientFile("endpoints.py")], env);
  const answers = parse(Answers, JSON.parse(stdout || JSON.stringify(stderr)));

  expect(new Set(answers.map(({ partition }) => partition))).toEqual(
    new Set(PARTITIONS.map(({ id }) => id)),
  );
  for (const { service, partition, region, fips, dualStack, url } of answers) {
    const what = `${service} in ${region}, FIPS ${fips}, dual-stack ${dualStack}`;
    expect(partitionOf(region).id, what).toBe(partition);
    // Older rule sets know the hosts of the sign-in in three partitions alone.
    if (service === "signin" && !/^aws(-cn|-us-gov)?$/.test(partition)) continue;
    expect(awsEndpoint(service, region, { fips, dualStack }), what).toBe(url);
    if (service === "signin") continue;
    expect(await ofClient(service, region, fips, dualStack), what).toBe(url);
    expect(ofRuleSet(service, region, fips, dualStack), `${what}: the SDK's own`).toBe(url);
  }
  expect(answers.length).toBeGreaterThan(400);
});

type Client = keyof typeof CLIENTS;

/** Where the client goes that ssox makes. */
async function ofClient(service: Client, region: string, fips: boolean, dualStack: boolean) {
  const env = {
    AWS_USE_FIPS_ENDPOINT: String(fips),
    AWS_USE_DUALSTACK_ENDPOINT: String(dualStack),
  };
  const settings = await clientSettings(service, region, { env, trace: () => {} });
  const { endpoint } = new CLIENTS[service](settings).config;
  const { protocol = "", hostname } = (await endpoint?.()) ?? {};
  return `${protocol}//${hostname}`;
}

/** What the SDK for JavaScript makes of its own rule set. */
function ofRuleSet(service: Client, Region: string, UseFIPS: boolean, UseDualStack: boolean) {
  const { config } = new CLIENTS[service]({ region: Region });
  return config.endpointProvider({ Region, UseFIPS, UseDualStack }).url.origin;
}

const [A, B, C] = ["https://a.example", "https://b.example/prefix", "http://127.0.0.1:8400"];

const CONFIG = `[default]
endpoint_url = https://default.example

[profile services]
services = local
endpoint_url = https://general.example

[profile fips]
use_fips_endpoint = true
use_dualstack_endpoint = false

[profile dual]
use_dualstack_endpoint = TRUE

[profile ignoring]
services = local
endpoint_url = https://general.example
ignore_configured_endpoint_urls = true

[profile plain]
region = eu-west-1

[profile lost]
services = nowhere

[services local]
sso =
  endpoint_url = https://sso.example
sso_oidc =
  endpoint_url = https://oidc.example/prefix
dynamodb =
  endpoint_url = https://dynamodb.example
`;

const PROXY = "http://proxy.example:3128";

const ENVIRONMENTS: readonly Readonly<Record<string, string>>[] = [
  {},
  { AWS_PROFILE: "plain" },
  { AWS_PROFILE: "services" },
  { AWS_PROFILE: "services", AWS_ENDPOINT_URL_SSO: A },
  { AWS_PROFILE: "services", AWS_ENDPOINT_URL_SSO: "", AWS_ENDPOINT_URL_SSO_OIDC: A },
  { AWS_PROFILE: "services", AWS_ENDPOINT_URL: B },
  { AWS_PROFILE: "services", AWS_ENDPOINT_URL: "" },
  { AWS_PROFILE: "services", AWS_ENDPOINT_URL: B, AWS_ENDPOINT_URL_STS: C },
  { AWS_PROFILE: "services", AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true", AWS_ENDPOINT_URL: B },
  { AWS_PROFILE: "ignoring" },
  { AWS_PROFILE: "ignoring", AWS_ENDPOINT_URL: B },
  { AWS_PROFILE: "ignoring", AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "false" },
  { AWS_PROFILE: "lost" },
  { AWS_PROFILE: "fips" },
  { AWS_PROFILE: "fips", AWS_USE_FIPS_ENDPOINT: "false" },
  { AWS_PROFILE: "fips", AWS_ENDPOINT_URL: A },
  { AWS_PROFILE: "dual" },
  { AWS_PROFILE: "dual", AWS_USE_FIPS_ENDPOINT: "true" },
  { AWS_PROFILE: "plain", AWS_USE_FIPS_ENDPOINT: "TRUE" },
  { HTTPS_PROXY: PROXY },
  { https_proxy: PROXY, HTTPS_PROXY: A },
  { https_proxy: "", HTTPS_PROXY: PROXY },
  { HTTP_PROXY: PROXY },
  { ALL_PROXY: PROXY },
  { HTTPS_PROXY: "proxy.example:3128" },
  { HTTPS_PROXY: "//proxy.example:3128" },
  ...[
    "amazonaws.com",
    ".amazonaws.com",
    "AmazonAWS.com",
    "zonaws.com",
    "oidc.eu-west-1.amazonaws.com",
    "eu-west-1.amazonaws.com, other.example",
    "*",
    "",
    "amazonaws.com:8443",
    "10.0.0.1",
  ].map((NO_PROXY) => ({ HTTPS_PROXY: PROXY, NO_PROXY })),
  { HTTPS_PROXY: PROXY, no_proxy: "", NO_PROXY: "*" },
];

test("43 · variables and profiles lead to the same endpoint and proxy [boto3]", async (running) => {
  const { program } = witnessOf("boto3", running);
  const { paths } = testContext({ config: CONFIG });
  const keys = { AWS_ACCESS_KEY_ID: "ASIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "x" };
  const env = { PATH: process.env["PATH"] ?? "", HOME: paths.home, ...keys };
  const script = [clientFile("networks.py"), JSON.stringify(ENVIRONMENTS)];
  const { stdout, stderr } = await runWitness(program, script, env);
  const answers = parse(
    array(array(nullable(string()))),
    JSON.parse(stdout || JSON.stringify(stderr)),
  );

  const ours = ENVIRONMENTS.map((environment) => {
    const target = new URL("https://oidc.eu-west-1.amazonaws.com");
    return [...endpointsIn(environment), proxyFor(target, environment)?.url ?? null];
  });
  const named = (rows: readonly unknown[]) => rows.map((row, at) => [ENVIRONMENTS[at], row]);
  expect(named(ours)).toEqual(named(answers));
});

function endpointsIn(env: Readonly<Record<string, string>>): string[] {
  return (["sso", "sso-oidc", "sts"] as const).map((service) => {
    try {
      const profile = profileNetwork(parseAwsConfig("config", CONFIG), undefined, env);
      return endpointOf(service, "eu-west-1", { env, profile });
    } catch (error) {
      if (error instanceof SsoxError && error.code === "ConfigInvalid") return "InvalidConfigError";
      throw error;
    }
  });
}
