import { seededRandom } from "../random.ts";
import { HOSTILE_ACCOUNT_NAMES, HOSTILE_ROLE_NAMES } from "./hostile-names.ts";
import {
  DEFAULT_USER,
  type LabAccount,
  type LabRole,
  type LabUser,
  type Organisation,
} from "./organisation.ts";

export interface MadeUpOptions {
  /** How many accounts. */
  readonly accounts: number;
  /** How many roles in each account. */
  readonly roles: number;
  /** How many users, one when absent: the first has every account, the second every other, and so on. */
  readonly users?: number;
  /** Gives the accounts after the first four, and the roles after the first three, names that break programs. */
  readonly hostileNames?: boolean;
  /** The same seed makes the same organisation; 1 when absent. */
  readonly seed?: number;
}

/** An organisation of any size, the same for the same options. */
export function madeUpOrganisation(options: MadeUpOptions): Organisation {
  const random = seededRandom(options.seed ?? 1);
  // One list for all accounts: 1,000 accounts of 20 roles are 20 objects.
  const roles = roleNames(options).map((name): LabRole => ({ name }));
  const ids = new Set<string>();
  const accounts = Array.from({ length: options.accounts }, (_, index): LabAccount => {
    const id = accountId(index, ids, random);
    const name = accountName(index, options.hostileNames === true, random);
    const account = { id, email: `aws+${id}@example.com`, roles };
    return name === undefined ? account : { ...account, name };
  });
  const users = Array.from({ length: options.users ?? 1 }, (_, index) =>
    userAt(index, accounts, roles),
  );
  return { accounts, users };
}

const FIRST_NAMES = ["ada", "grace", "edsger", "barbara", "alan", "katherine", "donald", "frances"];

function userAt(
  index: number,
  accounts: readonly LabAccount[],
  roles: readonly LabRole[],
): LabUser {
  const name = index === 0 ? DEFAULT_USER : `${FIRST_NAMES[index] ?? `user${index}`}@example.com`;
  if (index === 0) return { name, email: name };
  const names = roles.map((role) => role.name);
  const own = accounts.filter((_, at) => at % (index + 1) === 0);
  return { name, email: name, assignments: new Map(own.map(({ id }) => [id, names])) };
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
