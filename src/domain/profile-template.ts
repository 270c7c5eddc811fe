import { SsoxError } from "../errors.ts";

export const DEFAULT_TEMPLATE = "{account_name}.{role_name}";

/** What the placeholders stand for. */
export interface ProfileFacts {
  readonly account_name: string;
  readonly account_id: string;
  readonly role_name: string;
  readonly session: string;
  readonly email: string;
}

/** Literal texts, and placeholders with their filters in the order of use. */
export type ProfileTemplate = readonly (string | Placeholder)[];

interface Placeholder {
  readonly fact: keyof ProfileFacts;
  readonly filters: readonly ((value: string) => string)[];
}

const PLACEHOLDERS = ["account_name", "account_id", "role_name", "session", "email"] as const;
const HINT = `ssox sync-profiles --template '${DEFAULT_TEMPLATE}'`;

/**
 * Reads a template such as `{account_name|trim:acme-|slug}.{role_name}`.
 * @throws SsoxError `Usage`
 */
export function parseTemplate(text: string): ProfileTemplate {
  const parts = text.split(/(\{[^{}]*\})/).filter((part) => part !== "");
  const template = parts.map((part) => {
    if (part.startsWith("{") && part.endsWith("}")) return placeholder(part);
    if (!/[{}]/.test(part)) return part;
    throw wrongTemplate(`The template ${JSON.stringify(text)} has a brace without its other half.`);
  });
  if (template.length > 0) return template;
  throw wrongTemplate("The template of profile names is empty.");
}

/**
 * The name that the template makes of these facts, normalised but not yet
 * unique. Literal texts count as well: what begins with `-` is a flag to the AWS CLI.
 */
export function fillTemplate(template: ProfileTemplate, facts: ProfileFacts): string {
  const filled = template.map((part) => {
    if (typeof part === "string") return part;
    const value = part.filters.reduce((text, filter) => filter(text), facts[part.fact]);
    return normalise(value) || facts.account_id;
  });
  return normalise(filled.join("")) || facts.account_id;
}

/**
 * A value in characters that every AWS client reads in a profile's name: NFKD
 * without combining marks, each run of others one `-`, no `-` or `.` at the ends.
 */
export function normalise(value: string): string {
  return restrict(value).replace(/^[-.]+|[-.]+$/g, "");
}

function restrict(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9_./@-]+/g, "-");
}

function placeholder(part: string): Placeholder {
  const [name, ...filters] = part.slice(1, -1).split("|");
  const fact = PLACEHOLDERS.find((known) => known === name);
  if (fact !== undefined) return { fact, filters: filters.map(filter) };
  const known = PLACEHOLDERS.map((each) => `{${each}}`).join(", ");
  throw wrongTemplate(`A template knows ${known}, but not ${JSON.stringify(part)}.`);
}

function filter(text: string): (value: string) => string {
  if (text === "lower") return (value) => value.toLowerCase();
  if (text === "upper") return (value) => value.toUpperCase();
  if (text === "slug") return (value) => normalise(value).toLowerCase();
  if (text.startsWith("trim:")) {
    const prefix = text.slice("trim:".length);
    return (value) => (value.startsWith(prefix) ? value.slice(prefix.length) : value);
  }
  const message = `A template knows the filters |lower, |upper, |slug and |trim:PREFIX, but not ${JSON.stringify(`|${text}`)}.`;
  throw wrongTemplate(message);
}

function wrongTemplate(message: string): SsoxError {
  return new SsoxError("Usage", message, { hint: HINT });
}
