import { expect, onTestFinished } from "vitest";
import { type Lab, startLab } from "../../src/lab/lab.ts";
import type { LabOptions } from "../../src/lab/options.ts";
import { type Clock, systemClock } from "../../src/system/clock.ts";

export interface TestLabOptions extends LabOptions {
  /** The system's clock by default. */
  readonly clock?: Clock;
  /** Requests that no correct client sends are part of the test. */
  readonly wrongRequests?: boolean;
}

/**
 * Starts a lab that ends with the test. The test fails when the lab saw a
 * request that it does not know, or one that lacked what it must have.
 */
export async function startTestLab(options: TestLabOptions = {}): Promise<Lab> {
  const { clock = systemClock, wrongRequests = false, ...rest } = options;
  const lab = await startLab(rest, clock);
  onTestFinished(async () => {
    await lab.stop();
    if (!wrongRequests) expect(lab.requests.filter(isWrong), "wrong requests").toEqual([]);
  });
  return lab;
}

const WRONG = [
  "InvalidRequestException",
  "InvalidClientMetadataException",
  "InvalidRedirectUriException",
  "InvalidScopeException",
  "UnsupportedGrantTypeException",
  "ValidationError",
  "InvalidAction",
  "IncompleteSignature",
  "SignatureDoesNotMatch",
];

function isWrong({ service, status, error, fault }: Lab["requests"][number]): boolean {
  if (fault !== undefined) return false;
  return service === "unknown" || status >= 500 || (error !== undefined && WRONG.includes(error));
}

/** The requests of one operation, oldest first. */
export function requestsOf(lab: Lab, operation: string): Lab["requests"] {
  return lab.requests.filter((request) => request.operation === operation);
}

/** The whole environment of a real client that is to reach the lab and nothing else. */
export function environmentFor(lab: Pick<Lab, "url">, home: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    AWS_ENDPOINT_URL_SSO: lab.url,
    AWS_ENDPOINT_URL_SSO_OIDC: lab.url,
    AWS_ENDPOINT_URL_STS: lab.url,
    AWS_ENDPOINT_URL_SIGNIN: lab.url,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PAGER: "",
  };
}

export interface TestProfile {
  readonly name: string;
  readonly accountId: string;
  readonly roleName: string;
  readonly region?: string;
}

/** Config file text: `[sso-session acme]`, and a profile for each of `profiles`. */
export function awsConfigFor(
  lab: Pick<Lab, "startUrl">,
  profiles: readonly TestProfile[] = [],
  session = "acme",
): string {
  const sections = profiles.map(
    ({ name, accountId, roleName, region = "eu-west-1" }) => `
[${name === "default" ? name : `profile ${name}`}]
sso_session = ${session}
sso_account_id = ${accountId}
sso_role_name = ${roleName}
region = ${region}
`,
  );
  return `[sso-session ${session}]
sso_start_url = ${lab.startUrl}
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
${sections.join("")}`;
}
