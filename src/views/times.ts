import { durationWords } from "../domain/duration.ts";

export { formatTimestamp } from "../domain/timestamp.ts";

/**
 * A moment in the user's own time zone, as short as it can be said: `14:05`,
 * or with the date when it is not today. (No Intl: it costs 7 ms to start.)
 *
 * @param moment and `now` in milliseconds since the epoch
 */
export function timeOfDay(moment: number, now: number): string {
  const date = new Date(moment);
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  const day = dayOf(date);
  return day === dayOf(new Date(now)) ? time : `${day} ${time}`;
}

/** How long from now: `3 h 12 min`, `4 min`, `50 s`; `over` for what has ended. */
export function timeLeft(moment: number, now: number): string {
  const seconds = Math.floor((moment - now) / 1000);
  if (seconds <= 0) return "over";
  const hours = Math.floor(seconds / 3_600);
  return hours < 48 ? durationWords(seconds * 1000) : `${Math.floor(hours / 24)} days`;
}

/** How long before now: `4 min ago`; `just now` within the last second. */
export function timeAgo(moment: number, now: number): string {
  return now - moment < 1000 ? "just now" : `${timeLeft(now, moment)} ago`;
}

function dayOf(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
