/**
 * Rows as CSV (RFC 4180, with the line ends of Unix tools). A cell that a
 * spreadsheet would run as a formula gets an apostrophe in front, and so does
 * one that begins with an apostrophe: who reads the file takes the first one
 * off, and has what was there.
 */
export function csv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map(cell).join(",")).join("\n");
}

function cell(text: string): string {
  const plain = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** What OWASP names under CSV injection; spreadsheets pass over spaces, and take full-width signs, too. */
const FORMULA = /^(?:\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|['\t\r\n])/;
