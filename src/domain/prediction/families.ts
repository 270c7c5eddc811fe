/** The kinds of AWS clients, each of which reads files and environment in its own way. */
export const FAMILIES = ["python", "javascript", "go", "java", "rust"] as const;

export type Family = (typeof FAMILIES)[number];

const NAMES: Readonly<Record<Family, string>> = {
  python: "AWS CLI, boto3",
  javascript: "JavaScript",
  go: "Go",
  java: "Java",
  rust: "Rust",
};

/** As people know it. */
export function familyName(family: Family): string {
  return NAMES[family];
}

/** `Go, Java and Rust`; `every SDK` where they are all. */
export function familyList(families: readonly Family[]): string {
  if (families.length === FAMILIES.length) return "every AWS client";
  const names = families.map(familyName);
  const last = names.pop() ?? "";
  return names.length === 0 ? last : `${names.join(", ")} and ${last}`;
}

/** Keys and values as a family's parser gives them; without a prototype. */
export type Settings = Readonly<Record<string, string>>;

/** Why a family takes nothing from a file. */
export interface Rejection {
  readonly file: "config" | "credentials";
  /** Counted from 1. */
  readonly line: number;
  /** A sentence without capital letter and full stop; nothing of what the file holds. */
  readonly why: string;
}

/** What a family makes of the two files. */
export interface FamilyFiles {
  /** By name, with the keys of both files. */
  readonly profiles: ReadonlyMap<string, Settings>;
  /** The keys that stand in the credentials file. */
  readonly credentials: ReadonlyMap<string, Settings>;
  readonly sessions: ReadonlyMap<string, Settings>;
  readonly rejected?: Rejection | undefined;
  /** It does not come to the files, or to a part of them, by the path in the environment. */
  readonly isLost?: boolean;
}
