/** Keys, in lower case, and the values that they are to have, in the order of writing. */
export type Settings = readonly (readonly [key: string, value: string])[];

/** A section that is to have these settings; what else it has stays. */
export interface SectionEdit {
  readonly kind: "profile" | "sso-session";
  readonly name: string;
  readonly settings: Settings;
  /** Keys, in lower case, that go, each with its line. */
  readonly removed?: readonly string[];
  /** What a section that is there is called from now on. */
  readonly newName?: string;
}
