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

/** `3 h 20 min`, `45 min`, `90 s`. */
export function durationWords(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}
