import type { LabRequest } from "./exchange.ts";
import type { LabState } from "./state.ts";

/**
 * Whether a client called the endpoint of another region than that of the lab's
 * Identity Center. Only AWS's host names tell, by which clients behind a proxy
 * reach the lab; its own address is every region's endpoint.
 */
export function isElsewhere({ headers }: LabRequest, { settings }: LabState): boolean {
  const called = REGION_OF_HOST.exec(headers.host ?? "")?.[1];
  return settings.region !== undefined && called !== undefined && called !== settings.region;
}

const REGION_OF_HOST = /^(?:oidc|portal\.sso)(?:-fips)?\.([a-z0-9-]+)\.[a-z]/;
