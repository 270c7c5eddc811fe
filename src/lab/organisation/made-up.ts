import { HOSTILE_ACCOUNT_NAMES, HOSTILE_ROLE_NAMES } from "./hostile-names.ts";
import { DEFAULT_USER, type LabAccount, type LabRole, type Organisation } from "./organisation.ts";

export interface MadeUpOptions {
  /** How many accounts. */
  readonly accounts: number;
  /** How many roles in each account. */
  readonly roles: number;
  /** Gives the accounts after the first four, and the roles after the first three, names that break programs. */
  readonly hostileNames?: boolean;
  /** The same seed makes the same organisation; 1 when absent. */
  readonly seed?: number;
}

/** An organisation of any size, the same for the same options. */
export function madeUpOrganisation(options: MadeUpOptions): Organisation {
  const random = randomFrom(options.seed ?? 1);
  // One list for all accounts: 1,000 accounts of 20 roles are 20 objects.
  const roles = roleNames(options).map((name): LabRole => ({ name }));
  const ids = new Set<string>();
  const accounts = Array.from({ length: options.accounts }, (_, index): LabAccount => {
    const id = accountId(index, ids, random);
    const name = accountName(index, options.hostileNames === true, random);
    const account = { id, email: `aws+${id}@example.com`, roles };
    return name === undefined ? account : { ...account, name };
  });
  return { user: { name: DEFAULT_USER }, accounts };
}

const FRIENDLY_ACCOUNTS = [
  "sandbox",
  "staging",
  "production",
  "shared-services",
  "security-audit",
  "log-archive",
  "network",
  "data-platform",
  "billing",
  "backup",
];
const TEAMS = ["payments", "search", "mobile", "web", "orders", "identity", "media", "finance"];
const STAGES = ["dev", "test", "staging", "prod"];

const FRIENDLY_ROLES = [
  "DeveloperAccess",
  "ReadOnlyAccess",
  "AdministratorAccess",
  "PowerUserAccess",
  "ViewOnlyAccess",
  "SecurityAudit",
  "DatabaseAdministrator",
  "NetworkAdministrator",
  "SystemAdministrator",
  "SupportUser",
  "DataScientist",
  "Billing",
];

function accountName(index: number, hostile: boolean, random: Random): string | undefined {
  const afterFriendly = index - 4;
  if (hostile && afterFriendly >= 0 && afterFriendly < HOSTILE_ACCOUNT_NAMES.length) {
    return HOSTILE_ACCOUNT_NAMES[afterFriendly];
  }
  const friendly = FRIENDLY_ACCOUNTS[index];
  return friendly ?? `${pick(TEAMS, random)}-${pick(STAGES, random)}-${index}`;
}

function roleNames({ roles, hostileNames }: MadeUpOptions): string[] {
  const names = hostileNames
    ? [...FRIENDLY_ROLES.slice(0, 3), ...HOSTILE_ROLE_NAMES, ...FRIENDLY_ROLES.slice(3)]
    : FRIENDLY_ROLES;
  return Array.from({ length: roles }, (_, index) => names[index] ?? `Team${index}Access`);
}

/** Every fifth id starts with zeros: a program that reads ids as numbers loses them. */
function accountId(index: number, taken: Set<string>, random: Random): string {
  for (;;) {
    const digits = Array.from({ length: 12 }, () => Math.floor(random() * 10)).join("");
    const id = index % 5 === 4 ? `00${digits.slice(2)}` : `1${digits.slice(1)}`;
    if (taken.has(id)) continue;
    taken.add(id);
    return id;
  }
}

type Random = () => number;

function pick(values: readonly string[], random: Random): string {
  return values[Math.floor(random() * values.length)] ?? "";
}

/** mulberry32: a small generator whose sequence is the same everywhere; not for secrets. */
function randomFrom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
