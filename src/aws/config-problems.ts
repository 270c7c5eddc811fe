import { type Option, type SectionName, sectionNameInJavaScript } from "./config-grammar.ts";

/** botocore, and with it the AWS CLI, rejects the whole file for these. */
const FATAL = {
  "byte-order-mark": "the file begins with a byte order mark",
  "no-section": "there is text before the first section",
  "duplicate-section": "a section stands twice",
  "duplicate-key": "a key stands twice in its section",
  "no-equals-sign": "the line is no `key = value`",
  "nested-no-equals-sign": "an indented line below this key is no `key = value`",
} as const;

/** AWS clients read these in different ways. */
const DIFFERENT = {
  header: "not every AWS client reads this section's name in the same way",
  "quoted-name": "the SDKs for Rust and Java ignore a section whose name is quoted",
  "shadowed-section": "the section stands again further down, for the AWS CLI in place of this one",
  "default-section": "the AWS CLI puts the keys of [DEFAULT] into every profile",
  "forbidden-name": "the SDK for JavaScript rejects the whole file for the name __proto__",
  "inline-comment": "the AWS CLI takes the comment behind the value for a part of it",
  "indented-comment":
    "the SDKs for Rust and Java take an indented comment for a part of the value above",
  "key-case": "the SDKs for JavaScript and Java do not find keys that are not in lower case",
  colon: "most AWS clients ignore a key that is set with a colon",
  "empty-value": "some AWS clients take a key without a value for none at all",
  continuation: "only some AWS clients read the value on in the indented lines below it",
  "odd-space": "a no-break space, which some AWS clients take for a part of the key or the value",
  "lone-carriage-return":
    "a carriage return without a line feed ends a line for some AWS clients only",
} as const;

export type ProblemCode = keyof typeof FATAL | keyof typeof DIFFERENT;

export interface ConfigProblem {
  /** Counted from 1. */
  readonly line: number;
  readonly code: ProblemCode;
  /** What is wrong, and nothing of what the file holds. */
  readonly message: string;
  /** botocore rejects the whole file for it. */
  readonly fatal: boolean;
}

export function problem(line: number, code: ProblemCode): ConfigProblem {
  const fatal = Object.hasOwn(FATAL, code);
  return { line, code, message: { ...FATAL, ...DIFFERENT }[code], fatal };
}

/** Where others read a header in another way than botocore does. */
export function headerProblem(
  line: string,
  header: string,
  { kind, name }: SectionName,
): ProblemCode | undefined {
  if (header === "DEFAULT") return "default-section";
  if (header === "__proto__" || header === "profile __proto__") return "forbidden-name";
  const other = sectionNameInJavaScript(line);
  if (other === undefined || other.kind !== kind) return "header";
  // A name of kind `other` means nothing to either.
  if (kind === "other") return undefined;
  if (other.name !== name) return "header";
  return header.includes('"') || header.includes("'") ? "quoted-name" : undefined;
}

/**
 * Where others read a `key = value` in another way than botocore does.
 *
 * @param cut what is left of it without an inline comment
 */
export function optionProblems(
  line: string,
  option: Option,
  cut: Option | undefined,
): ProblemCode[] {
  const codes: ProblemCode[] = [];
  if (option.key !== option.key.toLowerCase()) codes.push("key-case");
  if (option.delimiter === ":") codes.push("colon");
  if (cut?.value !== option.value) codes.push("inline-comment");
  if (ODD_SPACE.test(line)) codes.push("odd-space");
  return codes;
}

/** White space that is none to Java and Rust, around a key or a value: it comes with what is copied from a page. */
const ODD_SPACE = /^[ \t]*[^\S \t]|[^\S \t][ \t]*(?:[=:]|$)|[=:][ \t]*[^\S \t]/;
