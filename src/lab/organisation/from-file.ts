import { readFileSync } from "node:fs";
import { SsoxError } from "../../errors.ts";
import { reasonOf } from "../../system/files/errno.ts";
import { isRecord } from "../json.ts";
import {
  DEFAULT_USER,
  type LabAccount,
  type LabRole,
  type Organisation,
  ROLE_SECONDS,
} from "./organisation.ts";

/**
 * Reads an organisation from a JSON file:
 * `{"user"?: NAME, "accounts": [{"id", "name"?, "email"?, "roles": [NAME | {"name", "sessionSeconds"?}]}]}`.
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
  const user = document["user"] === undefined ? DEFAULT_USER : userName(document["user"], fail);
  const accounts = arrayOf(document["accounts"], "accounts", fail).map((account, index) =>
    accountFrom(account, `accounts[${index}]`, fail),
  );
  const twice = firstTwice(accounts.map(({ id }) => id));
  if (twice !== undefined) throw invalid(file, `account ${twice} is listed twice`);
  return { user: { name: user }, accounts };
}

type Fail = (place: string, wanted: string) => never;

function parse(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new SsoxError("ConfigInvalid", `Cannot read ${file}: ${reasonOf(error)}.`, {
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
    hint: `echo '{"accounts":[{"id":"111122223333","name":"sandbox","roles":["ReadOnlyAccess"]}]}' > ${file}`,
  });
}

/** STS takes the user's name as a role session name, and so bounds it: `[\w+=,.@-]{2,64}`. */
function userName(value: unknown, fail: Fail): string {
  if (typeof value === "string" && /^[\w+=,.@-]{2,64}$/.test(value)) return value;
  return fail("user", "2 to 64 of the characters A-Z a-z 0-9 _ + = , . @ -");
}

function accountFrom(value: unknown, place: string, fail: Fail): LabAccount {
  if (!isRecord(value)) return fail(place, "an object");
  const { id, name, email } = value;
  if (typeof id !== "string" || !/^\d{12}$/.test(id)) {
    return fail(`${place}.id`, "a string of twelve digits");
  }
  if (name !== undefined && typeof name !== "string") return fail(`${place}.name`, "a string");
  if (email !== undefined && typeof email !== "string") return fail(`${place}.email`, "a string");
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

function arrayOf(value: unknown, place: string, fail: Fail): readonly unknown[] {
  return Array.isArray(value) ? value : fail(place, "an array");
}

function firstTwice(values: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (const value of values) {
    if (seen.has(value)) return value;
    seen.add(value);
  }
  return undefined;
}
