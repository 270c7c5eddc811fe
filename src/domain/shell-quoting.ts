import { SsoxError } from "../errors.ts";

/** Shells, and files of variables, that `ssox env` writes for. */
export type Quoting = "sh" | "fish" | "powershell" | "cmd" | "dotenv";

/**
 * The value as one literal, in which nothing is expanded and which nothing in
 * it can end.
 *
 * @throws SsoxError `ConfigInvalid` where that shell cannot express the value
 */
export function quote(value: string, quoting: Quoting): string {
  if (CANNOT_EXPRESS[quoting].test(value)) {
    throw new SsoxError(
      "ConfigInvalid",
      // It may be a key.
      `A value holds a character that cannot be written for ${quoting}.`,
      { hint: "choose another --format, or mend the value in the AWS config file" },
    );
  }
  return QUOTE[quoting](value);
}

/** Line breaks matter because `Invoke-Expression` and `for /f` get the output line by line. */
const CANNOT_EXPRESS: Record<Quoting, RegExp> = {
  sh: /\0/,
  fish: /\0/,
  powershell: /[\0\r\n]/,
  // Within quotes cmd still expands %NAME% (in a batch file) and !NAME!.
  cmd: /[\0\r\n"%!]/,
  dotenv: /[\0\r\n']/,
};

const QUOTE: Record<Quoting, (value: string) => string> = {
  sh: (value) => `'${value.replaceAll("'", `'\\''`)}'`,
  fish: (value) => `'${value.replace(/[\\']/g, "\\$&")}'`,
  // PowerShell takes typographic quotation marks for the plain one.
  powershell: (value) => `'${value.replace(/['\u2018-\u201b]/g, "$&$&")}'`,
  cmd: (value) => value,
  // Docker's --env-file knows no quotes: they are left out wherever they can be.
  dotenv: (value) => (/^[\w@%+=:,./-]*$/.test(value) ? value : `'${value}'`),
};
