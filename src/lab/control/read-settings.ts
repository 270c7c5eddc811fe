import { readFileSync } from "node:fs";
import { SsoxError } from "../../errors.ts";
import { reasonOf } from "../../system/files/errno.ts";
import { AWS_OPERATIONS } from "../aws-operations.ts";
import type { Fault } from "../faults/fault.ts";
import { APPROVALS, type LabChanges, type Lifetimes, REFRESH_TOKENS } from "../options.ts";
import type { RateLimit } from "../rate-limits.ts";
import { readFault } from "./read-fault.ts";
import {
  flag,
  listOf,
  members,
  number,
  oneOf,
  type Reader,
  ROOT,
  tableOf,
  text,
  wrong,
} from "./readers.ts";

/** What a settings file holds: settings, and what goes wrong from the start. */
export type FileSettings = LabChanges & { readonly faults?: readonly Fault[] };

/** @throws SsoxError `ConfigInvalid`, naming the file and the place in it that is wrong. */
export function settingsFromFile(file: string): FileSettings {
  try {
    return fileSettings(JSON.parse(readFileSync(file, "utf8")), ROOT);
  } catch (error) {
    throw new SsoxError("ConfigInvalid", `Cannot use ${file}: ${whyNot(error)}`, {
      hint: `write it like {"latency":100}`,
      cause: error,
    });
  }
}

/**
 * Narrows a JSON document of settings; their ranges are checked where they are put to use.
 * @throws SsoxError `Usage`
 */
export const readSettings: Reader<LabChanges> = (value, place) => settings(value, place);

const lifetimes = members<Lifetimes>({
  accessToken: number,
  session: number,
  deviceCode: number,
  authorizationCode: number,
  registration: number,
  roleCredentials: number,
});

const rateLimit: Reader<RateLimit> = (value, place) => {
  const { perSecond, burst, retryAfter } = members<Required<RateLimit>>({
    perSecond: number,
    burst: number,
    retryAfter: flag,
  })(value, place);
  if (perSecond === undefined || burst === undefined) throw wrong(place, "{perSecond, burst}");
  return { perSecond, burst, ...(retryAfter === undefined ? {} : { retryAfter }) };
};

const SETTINGS = {
  approve: oneOf(APPROVALS),
  user: text,
  region: text,
  refreshTokens: oneOf(REFRESH_TOKENS),
  reuseSessions: flag,
  lifetimes,
  pageSize: number,
  pollInterval: number,
  latency: number,
  rateLimits: tableOf(oneOf([...AWS_OPERATIONS, "*"]), rateLimit),
  vanity: tableOf(text, text),
};

const settings = members<Required<LabChanges>>(SETTINGS);
const fileSettings = members<Required<FileSettings>>({ ...SETTINGS, faults: listOf(readFault) });

function whyNot(error: unknown): string {
  if (error instanceof SsoxError) return error.message;
  return error instanceof SyntaxError ? "it is not JSON." : `${reasonOf(error)}.`;
}
