import type { Context } from "../context.ts";

const NOTICE_AFTER_MS = 5_000;

/** Tells, once, what is waited for when it takes long: nothing else says why nothing happens. */
export async function toldWhileWaiting<T>(
  what: string,
  { clock, terminal }: Pick<Context, "clock" | "terminal">,
  body: () => Promise<T>,
): Promise<T> {
  const done = new AbortController();
  const tell = async (): Promise<void> => {
    await clock.sleep(NOTICE_AFTER_MS, done.signal);
    terminal.note(`Waiting for ${what} …`);
  };
  tell().catch(() => {});
  try {
    return await body();
  } finally {
    done.abort();
  }
}
