import type { Fault } from "./faults/fault.ts";
import { type LabInstance, portalOf } from "./instances.ts";
import { checkNumber, type LabChanges, type LabOptions, unusable } from "./options.ts";
import { madeUpOrganisation } from "./organisation/made-up.ts";

/** What stays as it is while the lab runs. */
export interface LabStart {
  readonly port: number;
  readonly first: LabInstance;
  readonly more: readonly LabInstance[];
  readonly faults: readonly Fault[];
  readonly seed: number;
}

/** AWS CLIs from 2.35.13 on accept no start URL but one of AWS's own hosts. */
export const DEFAULT_START_URL = "https://d-1234567890.awsapps.com/start";

/**
 * The options in two: what is fixed, and the settings that differ from the usual ones.
 * @throws SsoxError `Usage` for a start URL, port or user list that makes no sense
 */
export function splitOptions(options: LabOptions): { start: LabStart; changes: LabChanges } {
  const { port, startUrl, organisation, moreInstances, faults, seed, ...changes } = options;
  const first = {
    startUrl: startUrl ?? DEFAULT_START_URL,
    organisation: organisation ?? madeUpOrganisation({ accounts: 4, roles: 3 }),
  };
  const more = moreInstances ?? [];
  const start = { port: port ?? 0, first, more, faults: faults ?? [], seed: seed ?? 1 };
  check(start);
  return { start, changes };
}

function check({ port, first, more }: LabStart): void {
  checkNumber("port", port, 0, 65_535);
  const portals = new Set<string>();
  for (const { startUrl, organisation } of [first, ...more]) {
    if (!URL.canParse(startUrl)) throw unusable("start URL", startUrl);
    if (portals.has(portalOf(startUrl))) throw unusable("second start URL", startUrl);
    portals.add(portalOf(startUrl));
    if (organisation.users.length === 0) throw unusable("list of users", organisation.users);
  }
}
