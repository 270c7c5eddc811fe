import { SSOClient } from "@aws-sdk/client-sso";
import { SSOOIDCClient } from "@aws-sdk/client-sso-oidc";
import { STSClient } from "@aws-sdk/client-sts";
import { array, boolean, object, parse, picklist, string } from "valibot";
import { expect, test } from "vitest";
import { awsEndpoint } from "../../src/aws/endpoints.ts";
import { PARTITIONS, partitionOf } from "../../src/aws/partitions.ts";
import { clientSettings } from "../../src/aws/service-client.ts";
import { runWitness } from "../helpers/witness.ts";
import { clientFile, witnessOf } from "./desk.ts";

const Answers = array(
  object({
    service: picklist(["sso", "sso-oidc", "sts"]),
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
    expect(awsEndpoint(service, region, { fips, dualStack }), what).toBe(url);
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
