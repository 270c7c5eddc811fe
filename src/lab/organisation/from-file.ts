import { readFileSync } from "node:fs";
import { SsoxError } from "../../errors.ts";
import { fileMend, reasonOf } from "../../system/files/errno.ts";
import { isRecord } from "../json.ts";
import { arrayOf, type Fail, firstTwice, optionalText } from "./narrowing.ts";
import { type LabAccount, type LabRole, type Organisation, ROLE_SECONDS } from "./organisation.ts";
import { usersFrom } from "./users-from.ts";

/**
 * Reads an organisation from a JSON file:
 * `{"accounts": [{"id", "name"?, "email"?, "roles": [NAME | {"name", "sessionSeconds"?}]}],`
 * `"users"?: [{"name", "email"?, "assignments"?: {ACCOUNT_ID: [ROLE_NAME]}}]}`.
 * Without users there is one; a user without assignments has every role.
 *
 * @throws SsoxError `ConfigInvalid`, naming the place in the file that is wrong.
 */
export function organisationFromFile(file: string): Organisation {
  return organisationFrom(parse(file), file);
}

/**
 * The organisation that a JSON document describes.
 * @param file what to call the document in errors
 * @throws SsoxError `ConfigInvalid`
 */
export function organisationFrom(document: unknown, file: string): Organisation {
  const fail: Fail = (place, wanted) => {
    throw invalid(file, `${place} must be ${wanted}`);
  };
  if (!isRecord(document)) return fail("the document", "an object");
  const accounts = arrayOf(document["accounts"], "accounts", fail).map((account, index) =>
    accountFrom(account, `accounts[${index}]`, fail),
  );
  const twice = firstTwice(accounts.map(({ id }) => id));
  if (twice !== undefined) throw invalid(file, `account ${twice} is listed twice`);
  return { accounts, users: usersFrom(document["users"], accounts, fail) };
}

function parse(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new SsoxError("ConfigInvalid", `Cannot read ${file}: ${reasonOf(error)}.`, {
      hint: fileMend(file, error),
      cause: error,
    });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(file, `it is not JSON (${reasonOf(error)})`);
  }
}

function invalid(file: string, why: string): SsoxError {
  return new SsoxError("ConfigInvalid", `${file} is no organisation: ${why}.`, {
    hint: `write it like {"accounts":[{"id":"111122223333","name":"sandbox","roles":["ReadOnlyAccess"]}]}`,
  });
}

function accountFrom(value: unknown, place: string, fail: Fail): LabAccount {
  if (!isRecord(value)) return fail(place, "an object");
  const { id } = value;
  if (typeof id !== "string" || !/^\d{12}$/.test(id)) {
    return fail(`${place}.id`, "a string of twelve digits");
  }
  const name = optionalText(value["name"], `${place}.name`, fail);
  const email = optionalText(value["email"], `${place}.email`, fail);
  const roles = arrayOf(value["roles"], `${place}.roles`, fail).map((role, index) =>
    roleFrom(role, `${place}.roles[${index}]`, fail),
  );
  const twice = firstTwice(roles.map((role) => role.name));
  if (twice !== undefined) return fail(`${place}.roles`, `a list without "${twice}" twice`);
  return {
    id,
    roles,
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
  };
}

function roleFrom(value: unknown, place: string, fail: Fail): LabRole {
  const { name, sessionSeconds } = isRecord(value) ? value : { name: value };
  if (typeof name !== "string" || !/^[\w+=,.@-]{1,32}$/.test(name)) {
    return fail(place, "a permission set's name: 1 to 32 of A-Z a-z 0-9 _ + = , . @ -");
  }
  if (sessionSeconds === undefined) return { name };
  if (typeof sessionSeconds !== "number" || !isRoleSeconds(sessionSeconds)) {
    return fail(`${place}.sessionSeconds`, `a whole number from 1 to ${ROLE_SECONDS.max}`);
  }
  return { name, sessionSeconds };
}

function isRoleSeconds(value: number): boolean {
  return Number.isInteger(value) && value >= ROLE_SECONDS.min && value <= ROLE_SECONDS.max;
}
