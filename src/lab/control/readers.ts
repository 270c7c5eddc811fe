import { SsoxError } from "../../errors.ts";
import { isRecord } from "../json.ts";

/**
 * Narrows a value from outside.
 * @throws SsoxError `Usage`, naming the place and what belongs there
 */
export type Reader<T> = (value: unknown, place: string) => T;

export function wrong(place: string, wanted: string): SsoxError {
  return new SsoxError("Usage", `${place} must be ${wanted}.`, { hint: "ssox lab --help" });
}

export const text: Reader<string> = (value, place) => {
  if (typeof value === "string" && value !== "") return value;
  throw wrong(place, "a string");
};

export const flag: Reader<boolean> = (value, place) => {
  if (typeof value === "boolean") return value;
  throw wrong(place, "true or false");
};

export const number: Reader<number> = (value, place) => {
  if (typeof value === "number") return value;
  throw wrong(place, "a number");
};

export function oneOf<T extends string | number>(choices: readonly T[]): Reader<T> {
  return (value, place) => {
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    throw wrong(place, `one of ${choices.join(", ")}`);
  };
}

export function listOf<T>(read: Reader<T>): Reader<readonly T[]> {
  return (value, place) => {
    if (!Array.isArray(value)) throw wrong(place, "an array");
    return value.map((item, index) => read(item, `${place}[${index}]`));
  };
}

/** An object whose members' names are free. */
export function tableOf<T>(name: Reader<string>, read: Reader<T>): Reader<Record<string, T>> {
  return (value, place) => {
    const entries = Object.entries(record(value, place));
    return Object.fromEntries(
      entries.map(([key, item]) => [
        name(key, `a name in ${place}`),
        read(item, `${place}.${key}`),
      ]),
    );
  };
}

/** An object with these members and no other; each may be left out. */
export function members<T extends object>(
  readers: {
    readonly [K in keyof T]-?: Reader<T[K]>;
  },
): Reader<Partial<T>> {
  return (value, place) => {
    const result: Partial<T> = {};
    const given = record(value, place);
    for (const name of Object.keys(given)) {
      if (!isKey(name, readers)) throw wrong(place, `without ${JSON.stringify(name)}`);
      result[name] = readers[name](given[name], place === ROOT ? name : `${place}.${name}`);
    }
    return result;
  };
}

/** The place of a whole document. */
export const ROOT = "The document";

function record(value: unknown, place: string): Record<string, unknown> {
  if (isRecord(value)) return value;
  throw wrong(place, "an object");
}

function isKey<T extends object>(name: PropertyKey, readers: T): name is keyof T {
  return Object.hasOwn(readers, name);
}
