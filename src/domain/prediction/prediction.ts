import { FAMILIES, type Family, type FamilyFiles } from "./families.ts";
import { predictGo } from "./go.ts";
import { predictJava } from "./java.ts";
import { predictJavaScript } from "./javascript.ts";
import { type Environment, failure, type Outcome, type Question } from "./outcome.ts";
import { predictPython } from "./python.ts";
import { predictRust } from "./rust.ts";

export type Prediction = Readonly<Record<Family, Outcome>>;
export type Readings = Readonly<Record<Family, FamilyFiles>>;

const RULES: Readonly<Record<Family, (question: Question) => Outcome>> = {
  python: predictPython,
  javascript: predictJavaScript,
  go: predictGo,
  java: predictJava,
  rust: predictRust,
};

/**
 * Where each kind of AWS client takes credentials from when AWS_PROFILE names
 * that profile, and nothing else is said in code. Real clients hold this to
 * what they do (`test/interop/doctor.test.ts`).
 */
export function predict(readings: Readings, env: Environment, profile: string): Prediction {
  const outcomes = FAMILIES.map((family) => {
    const files = readings[family];
    return [family, RULES[family]({ files, env, profile })] as const;
  });
  const none = failure("nothing is known of it");
  const empty = { python: none, javascript: none, go: none, java: none, rust: none };
  return Object.assign(empty, Object.fromEntries(outcomes));
}
