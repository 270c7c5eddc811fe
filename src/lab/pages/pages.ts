import type { Answer } from "../exchange.ts";
import { escapeHtml, htmlPage } from "./html.ts";

/** What the user is asked to allow. */
export interface RequestPage {
  /** The path that the form is sent to. */
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  readonly clientName: string;
  readonly userName: string;
  /** The code that the user compares with the one in the terminal. */
  readonly userCode?: string;
}

/** The page that asks the user to allow or deny a sign-in. */
export function requestPage(page: RequestPage): Answer {
  const hidden = Object.entries(page.hidden).map(
    ([name, value]) =>
      `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  const code =
    page.userCode === undefined
      ? ""
      : `<dt>Code</dt><dd><code>${escapeHtml(page.userCode)}</code></dd>`;
  return html(
    200,
    "Allow access?",
    `<dl>
<dt>Application</dt><dd>${escapeHtml(page.clientName)}</dd>
<dt>Signed in as</dt><dd>${escapeHtml(page.userName)}</dd>
${code}
</dl>
<form method="post" action="${escapeHtml(page.action)}">
${hidden.join("\n")}
<button type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny">Deny</button>
</form>`,
  );
}

/** The page that asks for the code in the terminal. */
export function codePage(status: number, problem?: string): Answer {
  const alert = problem === undefined ? "" : `<p role="alert">${escapeHtml(problem)}</p>`;
  return html(
    status,
    "Enter the code",
    `${alert}
<form method="get" action="/device">
<label for="user_code">The code that your terminal shows</label><br>
<input id="user_code" name="user_code" autocomplete="off" autocapitalize="characters" required>
<button type="submit">Next</button>
</form>`,
  );
}

/** A page that tells one thing. */
export function messagePage(status: number, title: string, text: string): Answer {
  return html(status, title, `<p>${escapeHtml(text)}</p>`);
}

/** Sends the browser on by GET, whatever method brought it here. */
export function redirectTo(url: string): Answer {
  return { status: 303, headers: { ...PAGE_HEADERS, Location: url }, body: "" };
}

function html(status: number, title: string, body: string): Answer {
  const headers = { ...PAGE_HEADERS, "Content-Type": "text/html; charset=utf-8" };
  return { status, headers, body: htmlPage(title, body) };
}

/** Browsers hold the redirect that follows a form to `form-action` too: the client's listener is one. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self' http://127.0.0.1:*; " +
  "frame-ancestors 'none'; base-uri 'none'";

const PAGE_HEADERS = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": POLICY,
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};
