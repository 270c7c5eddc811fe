import type { Answer } from "../exchange.ts";
import type { Instance, User } from "../instances.ts";
import { documentAnswer } from "./document.ts";
import { type Html, hiddenFields, html, NOTHING, shown } from "./html.ts";
import { href } from "./links.ts";
import { FOLLOW_SHORTCUT } from "./shortcut.ts";

/** What the user is asked to allow. */
export interface RequestPage {
  /** The path that the form is sent to. */
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  readonly clientName: string;
  /** Whose users may answer. */
  readonly instance: Instance;
  /** The code that the user compares with the one in the terminal. */
  readonly userCode?: string;
  /** Where the browser is sent with the outcome; absent where this page's own result is shown. */
  readonly redirectUri?: string;
}

/** The page that asks who the user is, and to allow or deny a sign-in. */
export function requestPage(page: RequestPage): Answer {
  const { instance, userCode, redirectUri } = page;
  const body = html`<form method="post" action="${page.action}" class="card">
${hiddenFields(page.hidden)}
<dl>
<dt>Application that asks</dt><dd><strong>${shown(page.clientName)}</strong></dd>
<dt>Start URL</dt><dd>${shown(instance.startUrl)}</dd>
${userCode === undefined ? NOTHING : codeEntry(userCode)}
</dl>
${userChoice([...instance.users.values()], "Sign in as")}
<div class="row">
<button type="submit" class="first" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny" formnovalidate>Deny</button>
</div>
</form>
<p class="note">Allow only what you started yourself: the application can then use every role of the user.</p>`;
  return documentAnswer({
    status: 200,
    title: "Allow access?",
    body,
    ...(redirectUri === undefined ? {} : { formLeadsTo: redirectUri }),
  });
}

/**
 * The page that asks who the user is, and goes on by GET.
 * @param unknown a user was named whom nobody knows
 */
export function userPage(
  action: string,
  hidden: Readonly<Record<string, string>>,
  users: readonly User[],
  unknown: boolean,
): Answer {
  const body = html`${unknown ? alert("There is no user of this name.") : NOTHING}
<form method="get" action="${action}" class="card">
${hiddenFields(hidden)}
${userChoice(users, "Whose accounts?")}
<button type="submit" class="first">Continue</button>
</form>`;
  const script = followsShortcut(action);
  return documentAnswer({ status: unknown ? 404 : 200, title: "Choose a user", body, ...script });
}

/** The page that asks which start URL is meant, and goes on by GET. */
export function instancePage(
  action: string,
  rest: Readonly<Record<string, string>>,
  instances: readonly Instance[],
): Answer {
  const links = instances.map(
    ({ startUrl }) =>
      html`<li><a href="${href(action, { ...rest, start_url: startUrl })}">${shown(startUrl)}</a></li>
`,
  );
  const body = html`<ul class="card">
${links}</ul>`;
  const script = followsShortcut(action);
  return documentAnswer({ status: 200, title: "Choose a start URL", body, ...script });
}

/** Of the access portal's own page, whoever's it is. */
function followsShortcut(action: string): { readonly script?: string } {
  return action === "/start" ? { script: FOLLOW_SHORTCUT } : {};
}

/** The page that asks for the code in the terminal. */
export function codePage(): Answer {
  return documentAnswer({ status: 200, title: "Enter the code", body: codeForm() });
}

/** The page for a code that leads nowhere; another one can be typed at once. */
export function wrongCodePage(status: number, title: string, text: string): Answer {
  const body = html`${alert(text)}
${codeForm()}`;
  return documentAnswer({ status, title, body });
}

/** A page that tells one thing. */
export function messagePage(status: number, title: string, text: string): Answer {
  return documentAnswer({ status, title, body: html`<p class="card">${text}</p>` });
}

export { redirectTo } from "./document.ts";

function alert(text: string): Html {
  return html`<p role="alert" class="problem">${text}</p>`;
}

function codeEntry(code: string): Html {
  return html`<dt>Code</dt><dd><code class="code">${code}</code><br><span class="note">It must be the one that the application shows.</span></dd>`;
}

function userChoice(users: readonly User[], legend: string): Html {
  const only = users.length === 1 ? html` checked` : NOTHING;
  const choices = users.map(
    ({
      name,
      email,
    }) => html`<label class="choice"><input type="radio" name="user" value="${name}" required${only}>
<span>${shown(name)}${email === undefined || email === name ? NOTHING : html`<br><span class="note">${shown(email)}</span>`}</span></label>
`,
  );
  return html`<fieldset>
<legend>${legend}</legend>
<div class="choices">
${choices}</div>
</fieldset>`;
}

function codeForm(): Html {
  return html`<form method="get" action="/device" class="card">
<label class="above" for="user_code">The code that your application shows</label>
<p><input class="code" type="text" id="user_code" name="user_code" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="20" required></p>
<button type="submit" class="first">Next</button>
</form>`;
}
