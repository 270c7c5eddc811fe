import type { Readable, Writable } from "node:stream";

export type CdpParams = Readonly<Record<string, unknown>>;

/** How long Chromium may take for one answer or event, in milliseconds. */
const PATIENCE = 30_000;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: CdpParams;
  readonly result?: CdpParams;
  readonly error?: { readonly message: string };
}

/** The DevTools protocol over the two pipes of `--remote-debugging-pipe`: JSON, each with a NUL behind it. */
export class DevTools {
  readonly #out: Writable;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #listeners = new Map<string, Set<(params: CdpParams) => void>>();
  #last = 0;

  constructor(out: Writable, incoming: Readable) {
    this.#out = out;
    // What Chromium's end brings is told by the promise that waits.
    out.on("error", () => {});
    let rest = "";
    incoming.setEncoding("utf8");
    incoming.on("data", (chunk: string) => {
      const messages = (rest + chunk).split("\0");
      rest = messages.pop() ?? "";
      for (const message of messages) this.#take(JSON.parse(message));
    });
  }

  /** @throws Error in the words of Chromium, or when no answer comes. */
  async send(method: string, params: CdpParams = {}, sessionId?: string): Promise<CdpParams> {
    this.#last += 1;
    const id = this.#last;
    const answer = within<Message>(method, (resolve) => this.#waiting.set(id, resolve));
    this.#out.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { result, error } = await answer;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }

  on(event: string, listener: (params: CdpParams) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Waits for the next event of that name. */
  async next(event: string): Promise<CdpParams> {
    let stop = () => {};
    const next = within<CdpParams>(event, (resolve) => {
      stop = this.on(event, resolve);
    });
    return await next.finally(() => stop());
  }

  #take({ id, method, params, ...message }: Message): void {
    if (id !== undefined) {
      this.#waiting.get(id)?.(message);
      this.#waiting.delete(id);
    }
    if (method === undefined) return;
    for (const listener of this.#listeners.get(method) ?? []) listener(params ?? {});
  }
}

function within<T>(what: string, start: (resolve: (value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Chromium: no ${what}`)), PATIENCE);
    start((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}
