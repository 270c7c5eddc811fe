import { LATEST_MS } from "../domain/timestamp.ts";
import { SsoxError } from "../errors.ts";
import { timeOutAwake } from "./awake-timeout.ts";
import {
  isClientRefused,
  refusal,
  type StartUrlRefused,
  startUrlRefusal,
  type TokenRefusal,
  tokenRefusal,
} from "./oidc-errors.ts";
import {
  AROUND_EACH_TRY,
  AROUND_READING,
  clientSettings,
  hasty,
  numberMember,
  reportingDate,
  reportingSilence,
  type ServiceAccess,
  textMember,
  textOrNone,
  traced,
} from "./service-client.ts";

/** A client that is registered with the service. Times in milliseconds since the epoch. */
export interface Registration {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly expiresAt: number;
}

export interface DeviceAuthorization {
  readonly kind: "started";
  readonly deviceCode: string;
  readonly userCode: string;
  readonly verificationUri: string;
  readonly verificationUriComplete: string;
  /** Seconds. */
  readonly expiresIn: number;
  /** Seconds; five where the service gives none (RFC 8628 §3.2). */
  readonly interval: number;
}

export interface Grant {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly refreshToken: string | undefined;
}

/** Every outcome of CreateToken (RFC 6749 §5.2, RFC 8628 §3.5). */
export type TokenAnswer = { readonly kind: "granted"; readonly grant: Grant } | TokenRefusal;

/** The operations of SSO OIDC, unsigned, in one region. */
export interface Oidc {
  /** The `/authorize` page of this endpoint, which no API model names. */
  readonly authorizeUrl: URL;
  registerForDevice(name: string, scopes: readonly string[] | undefined): Promise<Registration>;
  /** @param issuerUrl the start URL, resolved */
  registerForCode(
    name: string,
    scopes: readonly string[],
    redirectUri: string,
    issuerUrl: string,
  ): Promise<Registration | StartUrlRefused>;
  /** `client-refused`: the registration is no longer accepted. */
  startDeviceAuthorization(
    client: Registration,
    startUrl: string,
  ): Promise<DeviceAuthorization | StartUrlRefused | { readonly kind: "client-refused" }>;
  /**
   * No signal ends it: the answer may be the only copy of a refresh token.
   * @param options.hasty gives up soon, after one try
   */
  createToken(
    client: Pick<Registration, "clientId" | "clientSecret">,
    grant: GrantRequest,
    options?: { readonly hasty?: boolean },
  ): Promise<TokenAnswer>;
}

export type GrantRequest =
  | {
      readonly grantType: "urn:ietf:params:oauth:grant-type:device_code";
      readonly deviceCode: string;
    }
  | {
      readonly grantType: "authorization_code";
      readonly code: string;
      readonly codeVerifier: string;
      readonly redirectUri: string;
    }
  | { readonly grantType: "refresh_token"; readonly refreshToken: string };

/** Its methods throw SsoxError `NetworkError`, `ServiceUnavailable`, `Throttled`. */
export async function openOidc(region: string, access: ServiceAccess): Promise<Oidc> {
  const sdk = await import("@aws-sdk/client-sso-oidc");
  const settings = await clientSettings("sso-oidc", region, access);
  const client = new sdk.SSOOIDCClient(settings);
  // Not even its connections may end with the signal: a second try may have the answer that the first one lost.
  const { signal: hurry, ...rest } = access;
  const unending = { ...rest, ...(hurry && { hurry }) };
  const tokenSettings = await clientSettings("sso-oidc", region, unending);
  const tokenClient = new sdk.SSOOIDCClient(tokenSettings);
  const hastyClient = new sdk.SSOOIDCClient(hasty(tokenSettings));
  for (const { middlewareStack } of [client, tokenClient, hastyClient])
    middlewareStack.add(reportingDate(access), AROUND_READING);
  for (const { middlewareStack } of [tokenClient, hastyClient])
    middlewareStack.add(reportingSilence(access), AROUND_EACH_TRY);
  // Shorter than others wait for the lock under which it asks.
  timeOutAwake(tokenClient, 40);
  timeOutAwake(hastyClient, 10);

  const registering = "registering as a client";
  const register = async (input: ConstructorParameters<typeof sdk.RegisterClientCommand>[0]) => {
    const answer = await traced("sso-oidc RegisterClient", access, (options) =>
      client.send(new sdk.RegisterClientCommand(input), options),
    );
    return {
      clientId: textMember(registering, answer, "clientId"),
      clientSecret: textMember(registering, answer, "clientSecret"),
      expiresAt:
        numberMember(registering, answer, "clientSecretExpiresAt", LATEST_MS / 1000) * 1000,
    };
  };

  return {
    // A path in a custom endpoint is dropped, as the AWS CLI does; user name and password, too: it is shown.
    authorizeUrl: new URL("/authorize", new URL(settings.endpoint).origin),
    registerForDevice: (clientName, scopes) =>
      register({
        clientName,
        clientType: "public",
        ...(scopes && { scopes: [...scopes] }),
      }).catch((error: unknown) => {
        throw refusal(error, registering, region);
      }),
    registerForCode: (clientName, scopes, redirectUri, issuerUrl) =>
      register({
        clientName,
        clientType: "public",
        grantTypes: ["authorization_code", "refresh_token"],
        redirectUris: [redirectUri],
        issuerUrl,
        scopes: [...scopes],
      }).catch((error: unknown) => startUrlRefusal(error, registering, region)),
    async startDeviceAuthorization({ clientId, clientSecret }, startUrl) {
      const what = "asking for a device code";
      try {
        const command = new sdk.StartDeviceAuthorizationCommand({
          clientId,
          clientSecret,
          startUrl,
        });
        const answer = await traced(
          "sso-oidc StartDeviceAuthorization",
          { ...access, secrets: [clientSecret] },
          (options) => client.send(command, options),
        );
        const verificationUri = textMember(what, answer, "verificationUri");
        return {
          kind: "started",
          deviceCode: textMember(what, answer, "deviceCode"),
          userCode: textMember(what, answer, "userCode"),
          verificationUri,
          verificationUriComplete: textOrNone(answer.verificationUriComplete) ?? verificationUri,
          // Ten minutes is what the service gives; RFC 8628 makes the member required.
          expiresIn: positiveOr(600, answer.expiresIn),
          interval: positiveOr(5, answer.interval),
        };
      } catch (error) {
        if (isClientRefused(error)) return { kind: "client-refused" };
        return startUrlRefusal(error, what, region);
      }
    },
    async createToken({ clientId, clientSecret }, grant, options = {}) {
      const what = "asking for a token";
      const command = new sdk.CreateTokenCommand({ clientId, clientSecret, ...grant });
      try {
        const answer = await traced(
          `sso-oidc CreateToken ${grant.grantType}`,
          { ...unending, secrets: [clientSecret, ...secretsOf(grant)] },
          () => (options.hasty ? hastyClient : tokenClient).send(command),
        );
        return {
          kind: "granted",
          grant: {
            accessToken: textMember(what, answer, "accessToken"),
            expiresIn: numberMember(what, answer, "expiresIn", CENTURY),
            refreshToken: textOrNone(answer.refreshToken),
          },
        };
      } catch (error) {
        // An answer that lacks something: what it was to bring is gone.
        if (error instanceof SsoxError) access.onSilence?.();
        return tokenRefusal(error, what, region);
      }
    },
  };
}

function secretsOf(grant: GrantRequest): string[] {
  switch (grant.grantType) {
    case "authorization_code":
      return [grant.code, grant.codeVerifier];
    case "refresh_token":
      return [grant.refreshToken];
    default:
      return [grant.deviceCode];
  }
}

/** In seconds. */
const CENTURY = 100 * 365 * 86_400;

function positiveOr(otherwise: number, value: unknown): number {
  return typeof value === "number" && value > 0 ? value : otherwise;
}
