import { createHash } from "node:crypto";
import type { Answer } from "../exchange.ts";
import { type Html, html, NOTHING } from "./html.ts";
import { STYLE } from "./style.ts";

/** A whole page: its title is also its one heading of the first level. */
export interface Document {
  readonly status: number;
  readonly title: string;
  readonly body: Html;
  /** For many things side by side. */
  readonly wide?: boolean;
  /**
   * Where a form on it may lead, besides the lab itself: browsers hold the
   * redirect that follows a form to `form-action` too.
   */
  readonly formLeadsTo?: string;
  /** The only one that the page runs. */
  readonly script?: string;
}

export function documentAnswer(page: Document): Answer {
  const headers = {
    ...NOT_STORED,
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": policy(page),
    "X-Frame-Options": "DENY",
  };
  return { status: page.status, headers, body: documentText(page).html };
}

/** Sends the browser on by GET, whatever method brought it here. */
export function redirectTo(url: string): Answer {
  return { status: 303, headers: { ...NOT_STORED, Location: url }, body: "" };
}

/** Under `no-referrer`, browsers send `Origin: null` with a form, even to the page's own origin. */
const NOT_STORED = {
  "Cache-Control": "no-store",
  "Referrer-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
};

function policy({ formLeadsTo, script }: Document): string {
  const hash = (text: string) => createHash("sha256").update(text).digest("base64");
  const other = formLeadsTo === undefined ? "" : ` ${new URL(formLeadsTo).origin}`;
  return [
    "default-src 'none'",
    `style-src 'sha256-${hash(STYLE)}'`,
    ...(script === undefined ? [] : [`script-src 'sha256-${hash(script)}'`]),
    "img-src data:",
    `form-action 'self'${other}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join("; ");
}

/** The icon is empty: a browser that finds none asks for `/favicon.ico`. */
function documentText({ title, body, wide = false, script }: Document): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} &ndash; ssox lab</title>
<link rel="icon" href="data:,">
<style>${{ html: STYLE }}</style>
${script === undefined ? NOTHING : { html: `<script>${script}</script>` }}
</head>
<body>
<header><p><strong>ssox lab</strong> <span class="note">An IAM Identity Center on this machine. Nothing in it is real.</span></p></header>
<main class="${wide ? "wide" : "narrow"}">
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
}
