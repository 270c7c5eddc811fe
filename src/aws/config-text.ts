import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { SsoxError } from "../errors.ts";
import { errnoOf, fileMend, reasonOf } from "../system/files/errno.ts";
import { isNamedPipe, readNamedPipe } from "../system/files/named-pipe.ts";

/**
 * The text of a config file; the empty text for a missing one.
 * @throws SsoxError `ConfigInvalid`
 */
export function readConfigText(file: string): string {
  try {
    if (isNamedPipe(file)) return textOf(file, readNamedPipe(file));
    const text = readFileSync(file, "utf8");
    // What stands for bytes that are none of UTF-8 may stand in the file itself.
    return text.includes("\ufffd") ? textOf(file, readFileSync(file)) : text;
  } catch (error) {
    if (error instanceof SsoxError) throw error;
    if (errnoOf(error) === "ENOENT") return "";
    throw new SsoxError("ConfigInvalid", `Cannot read ${file}: ${reasonOf(error)}.`, {
      hint: fileMend(file, error),
      cause: error,
    });
  }
}

function textOf(file: string, bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  throw invalid(file, lineOfBadByte(bytes), "it is not UTF-8, so the AWS CLI rejects the file");
}

/** The error for a line of the config file. @param what neither capital letter nor full stop */
export function invalid(file: string, line: number, what: string): SsoxError {
  return new SsoxError("ConfigInvalid", `${file}, line ${line}: ${what}.`, {
    hint: `edit line ${line} of ${file}`,
  });
}

function lineOfBadByte(bytes: Buffer): number {
  for (let line = 1, start = 0; ; line += 1) {
    const end = bytes.indexOf(0x0a, start);
    if (end === -1 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
}
