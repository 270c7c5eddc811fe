import { FAMILIES, type Family, familyList } from "../prediction/families.ts";
import { isUsable, type Outcome, signature } from "../prediction/outcome.ts";
import type { Prediction } from "../prediction/prediction.ts";

/** Some client fails where another one works, or is another identity. */
export function isHarmed(prediction: Prediction): boolean {
  const outcomes = FAMILIES.map((family) => prediction[family]);
  return outcomes.some(isUsable) && new Set(outcomes.map(signature)).size > 1;
}

/** Nobody gets credentials, although the profile says where from. */
export function failsEverywhere(prediction: Prediction): boolean {
  const outcomes = FAMILIES.map((family) => prediction[family]);
  return !outcomes.some(isUsable) && outcomes.some(({ kind }) => kind === "failure");
}

/** `JavaScript and Go: the keys in the credentials file; Rust: it fails, …` */
export function whoTakesWhat(prediction: Prediction): string {
  const groups = new Map<string, Family[]>();
  for (const family of FAMILIES) {
    const words = outcomeWords(prediction[family]);
    groups.set(words, [...(groups.get(words) ?? []), family]);
  }
  return [...groups].map(([words, families]) => `${familyList(families)}: ${words}`).join("; ");
}

/** What a client takes, in a few words. */
export function outcomeWords(outcome: Outcome): string {
  switch (outcome.kind) {
    case "sso":
      return `role ${outcome.roleName} in ${outcome.accountId}`;
    case "keys":
      return `keys in the ${outcome.file} file`;
    case "process":
      return "credential_process";
    case "login":
      return "aws login";
    case "role":
      return `${outcome.roleArn}, by ${outcomeWords(outcome.source)}`;
    case "environment":
      return "keys in the environment";
    case "web-identity":
      return "web identity";
    case "container":
      return "container endpoint";
    case "none":
      return "nothing";
    case "failure":
      return `fails: ${outcome.why}`;
  }
}
