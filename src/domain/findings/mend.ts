import type { RoleOfLine } from "../credential-process-line.ts";

/** A change of one line of the config file, counted from 1, that changes nothing else. */
export type LineMend =
  | { readonly kind: "lower-case" | "comment-above" | "remove"; readonly line: number }
  | { readonly kind: "value"; readonly line: number; readonly value: string };

/** What `--fix` does about a finding. */
export type Mend =
  | { readonly kind: "mode"; readonly file: string }
  | { readonly kind: "lines"; readonly lines: readonly LineMend[] }
  /** A `credential_process` that starts node and ssox where they are now. */
  | { readonly kind: "program"; readonly line: number; readonly role: RoleOfLine };
