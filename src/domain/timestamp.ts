const FORMS = /^(\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?)(Z|z|UTC|[+-]\d{2}:?\d{2})$/;

/**
 * Reads a time as any AWS client writes it into a cache file: `…SSZ` (AWS CLI),
 * `….mmmZ` (SDK for JavaScript), `…SSUTC` (old botocore), or with an offset.
 * One without zone means another time to each client, so it is none.
 *
 * @returns milliseconds since the epoch; undefined when it is no such time
 */
export function parseTimestamp(text: string): number | undefined {
  const match = FORMS.exec(text);
  if (!match) return undefined;
  const [, time = "", zone = ""] = match;
  const milliseconds = Date.parse(time.replace(/[t ]/, "T") + (/^[zZU]/.test(zone) ? "Z" : zone));
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

/** The end of the year 9999, in milliseconds: no later time can be written with four digits. */
export const LATEST_MS = 253_402_300_799_999;

/**
 * `YYYY-MM-DDTHH:MM:SSZ`, the one form that every AWS client reads; parts of a second are cut.
 * @throws RangeError for what is no time, as `toISOString` does, which would look
 * up this machine's time zone first: as long as it takes to read four files
 */
export function formatTimestamp(milliseconds: number): string {
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) throw new RangeError("it is no time");
  const day = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()].map(twoDigits);
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(twoDigits);
  return `${day.join("-")}T${time.join(":")}Z`;
}

function twoDigits(part: number): string {
  return String(part).padStart(2, "0");
}
