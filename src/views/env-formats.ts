import { type Quoting, quote } from "../domain/shell-quoting.ts";

export type EnvFormat = Quoting | "json";

export const ENV_FORMATS: readonly EnvFormat[] = [
  "sh",
  "fish",
  "powershell",
  "cmd",
  "dotenv",
  "json",
];

export interface VariableChanges {
  /** Names and values, in the order in which they are shown. */
  readonly set: readonly (readonly [name: string, value: string])[];
  readonly unset: readonly string[];
}

/** Formats that are commands of a shell, and so can take a variable away. */
export function canUnset(format: EnvFormat): boolean {
  return format !== "dotenv" && format !== "json";
}

/**
 * The text for that shell, without a line end at its end. `dotenv` and `json`
 * show what is set alone.
 *
 * @throws SsoxError `ConfigInvalid` where the shell cannot express a value
 */
export function formatVariables({ set, unset }: VariableChanges, format: EnvFormat): string {
  if (format === "json") return JSON.stringify(Object.fromEntries(set), null, 2);
  const { assign, remove } = STATEMENTS[format];
  return [
    ...(remove ? unset.map(remove) : []),
    ...set.map(([name, value]) => assign(name, quote(value, format))),
  ].join("\n");
}

interface Statements {
  /** Gets the value quoted. */
  assign(name: string, value: string): string;
  remove?(name: string): string;
}

const STATEMENTS: Record<Quoting, Statements> = {
  sh: {
    assign: (name, value) => `export ${name}=${value}`,
    remove: (name) => `unset ${name}`,
  },
  // Fish joins the lines of a command substitution: each one is ended by itself.
  fish: {
    assign: (name, value) => `set -gx ${name} ${value};`,
    // What is not set cannot be erased, and the status of that would stay to the end.
    remove: (name) => `set -e ${name}; or true;`,
  },
  powershell: {
    assign: (name, value) => `$Env:${name} = ${value}`,
    remove: (name) => `$Env:${name} = $null`,
  },
  cmd: {
    assign: (name, value) => `set "${name}=${value}"`,
    remove: (name) => `set "${name}="`,
  },
  dotenv: { assign: (name, value) => `${name}=${value}` },
};
