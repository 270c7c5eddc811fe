import { FAMILIES, type Family, type FamilyFiles } from "../../domain/prediction/families.ts";
import type { Readings } from "../../domain/prediction/prediction.ts";
import { readAsGo } from "./go.ts";
import { readAsJava } from "./java.ts";
import { readAsJavaScript } from "./javascript.ts";
import { readAsPython } from "./python.ts";
import { readAsRust } from "./rust.ts";
import type { SourceTexts } from "./source-text.ts";

const READERS: Readonly<Record<Family, (texts: SourceTexts) => FamilyFiles>> = {
  python: readAsPython,
  javascript: readAsJavaScript,
  go: readAsGo,
  java: readAsJava,
  rust: readAsRust,
};

/** AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE as they are written. */
export interface WrittenPaths {
  readonly config: string | undefined;
  readonly credentials: string | undefined;
}

/**
 * What each kind of AWS client makes of the config file and the credentials file.
 * @param paths a client that does not expand what they hold finds no file
 */
export function readAsEach(texts: SourceTexts, paths: WrittenPaths): Readings {
  const of = (family: Family): FamilyFiles => {
    const files = READERS[family]({
      config: finds(family, paths.config) ? texts.config : undefined,
      credentials: finds(family, paths.credentials) ? texts.credentials : undefined,
    });
    // It expands ~ where it looks for profiles, and not where it looks for sessions.
    const isHalf = family === "javascript" && paths.config?.startsWith("~");
    if (isHalf) return { ...files, sessions: new Map(), isLost: true };
    const isLost = !finds(family, paths.config) || !finds(family, paths.credentials);
    return isLost ? { ...files, isLost } : files;
  };
  const [python, javascript, go, java, rust] = FAMILIES.map(of);
  const none: FamilyFiles = { profiles: new Map(), credentials: new Map(), sessions: new Map() };
  return {
    python: python ?? none,
    javascript: javascript ?? none,
    go: go ?? none,
    java: java ?? none,
    rust: rust ?? none,
  };
}

/** Whether a client that takes a path from the environment comes to the file that is meant. */
function finds(family: Family, written = ""): boolean {
  if (family === "python" || !/^~|\$/.test(written)) return true;
  if (written.includes("$")) return false;
  return written.startsWith("~/") && family !== "go";
}
