import { isRecord } from "../json.ts";
import { arrayOf, type Fail, firstTwice, optionalText } from "./narrowing.ts";
import { DEFAULT_USER, type LabAccount, type LabUser } from "./organisation.ts";

/** The users that an organisation's document lists, or the one that there is without a list. */
export function usersFrom(
  value: unknown,
  accounts: readonly LabAccount[],
  fail: Fail,
): readonly LabUser[] {
  if (value === undefined) return [{ name: DEFAULT_USER }];
  const users = arrayOf(value, "users", fail).map((user, index) =>
    userFrom(user, `users[${index}]`, accounts, fail),
  );
  if (users.length === 0) return fail("users", "a list of at least one");
  const twice = firstTwice(users.map(({ name }) => name));
  return twice === undefined ? users : fail("users", `a list without "${twice}" twice`);
}

function userFrom(
  value: unknown,
  place: string,
  accounts: readonly LabAccount[],
  fail: Fail,
): LabUser {
  if (!isRecord(value)) return fail(place, "an object");
  const email = optionalText(value["email"], `${place}.email`, fail);
  const assignments = assignmentsFrom(value["assignments"], `${place}.assignments`, accounts, fail);
  return {
    name: userName(value["name"], `${place}.name`, fail),
    ...(email === undefined ? {} : { email }),
    ...(assignments === undefined ? {} : { assignments }),
  };
}

/** STS takes the user's name as a role session name, and so bounds it: `[\w+=,.@-]{2,64}`. */
function userName(value: unknown, place: string, fail: Fail): string {
  if (typeof value === "string" && /^[\w+=,.@-]{2,64}$/.test(value)) return value;
  return fail(place, "2 to 64 of the characters A-Z a-z 0-9 _ + = , . @ -");
}

function assignmentsFrom(
  value: unknown,
  place: string,
  accounts: readonly LabAccount[],
  fail: Fail,
): LabUser["assignments"] {
  if (value === undefined) return undefined;
  if (!isRecord(value)) return fail(place, "an object of account ids");
  const known = new Map(accounts.map((account) => [account.id, account]));
  return new Map(
    Object.entries(value).map(([id, roles]) => {
      const account = known.get(id) ?? fail(`${place}["${id}"]`, "one of the accounts");
      return [id, roleNames(roles, `${place}["${id}"]`, account, fail)];
    }),
  );
}

function roleNames(
  value: unknown,
  place: string,
  account: LabAccount,
  fail: Fail,
): readonly string[] {
  const names = new Set<unknown>(account.roles.map(({ name }) => name));
  return arrayOf(value, place, fail).map((role, index) =>
    typeof role === "string" && names.has(role)
      ? role
      : fail(`${place}[${index}]`, "one of the account's roles"),
  );
}
