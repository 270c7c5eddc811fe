import { expect, onTestFinished } from "vitest";
import type { Browser } from "../../src/system/browser.ts";

/** A browser in the hands of the test. */
export interface TestBrowser extends Browser {
  /** Every URL that it was opened with. */
  readonly opened: readonly string[];
  /** Resolves when the last page has come; its text. */
  page(): Promise<string>;
}

export interface UserOptions {
  /** What the user answers where a page asks; `allow` by default. */
  readonly decision?: "allow" | "deny";
  /** Runs before the user does anything: what a test wants to happen in between. */
  readonly first?: (url: string) => Promise<void>;
}

/**
 * A browser with a user in front of it: it goes to the URL over HTTP, follows
 * every redirect, the one to the callback too, and answers the page's form.
 */
export function userBrowser({ decision = "allow", first }: UserOptions = {}): TestBrowser {
  const opened: string[] = [];
  let last = Promise.resolve("");
  const visit = async (url: string): Promise<string> => {
    await first?.(url);
    const response = await fetch(url);
    const page = await response.text();
    const fields = formOf(page);
    if (fields === undefined) return page;
    fields.set("decision", decision);
    const action = new URL(/action="([^"]*)"/.exec(page)?.[1] ?? "", response.url);
    return await (await fetch(action, { method: "POST", body: fields })).text();
  };
  return {
    opened,
    available: () => true,
    open(url) {
      opened.push(url);
      last = visit(url);
      // A test that never looks at the page still ends in its own way.
      last.catch(() => {});
      return true;
    },
    separate: (place, names) => (url) => void opened.push(`${place} ${names.join("|")} ${url}`),
    page: () => last,
  };
}

/** A browser that the test must not see opened. */
export function forbiddenBrowser({ available = true } = {}): TestBrowser {
  const opened: string[] = [];
  onTestFinished(() => expect(opened, "URLs in a browser that nobody should open").toEqual([]));
  return {
    opened,
    available: () => available,
    open: (url) => opened.push(url) > 0,
    separate: () => (url) => void opened.push(url),
    page: async () => "",
  };
}

/** The hidden fields of the page's form; undefined where there is none. */
function formOf(page: string): URLSearchParams | undefined {
  if (!page.includes("<form")) return undefined;
  const inputs = page.matchAll(/<input[^>]*\bname="([^"]+)"[^>]*\bvalue="([^"]*)"/g);
  return new URLSearchParams(
    [...inputs].map(([, name = "", value = ""]): [string, string] => [name, value]),
  );
}
