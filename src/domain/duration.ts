const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/**
 * Reads `90s`, `45m`, `8h`, `7d`, or several of them: `1h30m`.
 * @returns seconds; undefined when it is no duration, or none at all
 */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d{1,6}[smhd])+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, number = "", unit = ""] of text.matchAll(/(\d+)([smhd])/g)) {
    seconds += Number(number) * (UNITS[unit] ?? 0);
  }
  return seconds > 0 ? seconds : undefined;
}
