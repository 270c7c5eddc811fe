/**
 * Rows as CSV (RFC 4180, with the line ends of Unix tools); a cell that a spreadsheet would run as a formula gets
 * an apostrophe.
 */
export function csv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map(cell).join(",")).join("\n");
}

function cell(text: string): string {
  const plain = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** What OWASP names under CSV injection; spreadsheets pass over spaces, and take full-width signs, too. */
const FORMULA = /^(?: *[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])/;
