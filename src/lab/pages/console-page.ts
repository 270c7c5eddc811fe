import type { Answer, Handler } from "../exchange.ts";
import { portalOf } from "../instances.ts";
import type { LabAccount } from "../organisation/organisation.ts";
import { documentAnswer } from "./document.ts";
import { type Html, html, NOTHING, shown } from "./html.ts";
import { href } from "./links.ts";
import { messagePage } from "./pages.ts";
import { type AssignedAccount, assignedAccount, type Visitor, visitorOf } from "./visitor.ts";

/**
 * `GET /console`: says which console a link stands for, with the parameters of
 * the access portal's shortcut links, `START_URL/#/console?account_id=…`,
 * whose own fragment never reaches a server.
 */
export const showConsole: Handler = ({ query, details }, state) => {
  const asked = {
    account_id: query.get("account_id") ?? "",
    role_name: query.get("role_name") ?? "",
    destination: query.get("destination") ?? "",
  };
  details.accountId = asked.account_id;
  details.roleName = asked.role_name;
  const visitor = visitorOf("/console", query, asked, state);
  if ("status" in visitor) return visitor;
  const assigned = assignedAccount(visitor.user, asked.account_id);
  if (assigned && asked.role_name === "") return rolesPage(assigned, asked, visitor);
  if (!assigned?.roles.some(({ name }) => name === asked.role_name)) {
    return messagePage(403, "No access", "This user has no such role in this account.");
  }
  return consolePage(assigned.account, asked, visitor);
};

/** The parameters of a shortcut link; empty: absent. */
type Asked = Readonly<Record<"account_id" | "role_name" | "destination", string>>;

/** A link without a role leaves the choice to the user. */
function rolesPage({ account, roles }: AssignedAccount, asked: Asked, visitor: Visitor): Answer {
  const link = (role_name: string) => href("/console", { ...visitor.query, ...asked, role_name });
  const links = roles.map(
    ({ name }) => html`<li><a href="${link(name)}">${shown(name)}</a></li>
`,
  );
  const body = html`<dl class="card">
${accountEntry(account)}
</dl>
${links.length === 0 ? html`<p>This user has no role in it.</p>` : html`<ul class="roles">${links}</ul>`}`;
  return documentAnswer({ status: 200, title: "Choose a role", body });
}

/** Code points; links of the console are long. */
const LONGEST_URL = 2000;

function consolePage(account: LabAccount, asked: Asked, { user, query }: Visitor): Answer {
  const { role_name, destination } = asked;
  const body = html`<p>Here the access portal opens the AWS Management Console. The lab has none.</p>
<dl class="card">
${accountEntry(account)}
<dt>Role</dt><dd>${shown(role_name)}</dd>
<dt>User</dt><dd>${shown(user.name)}</dd>
<dt>Destination</dt><dd>${destination === "" ? "The console’s home page" : shown(destination, LONGEST_URL)}</dd>
<dt>Shortcut link</dt><dd><code>${shortcut(user.instance.startUrl, asked)}</code></dd>
</dl>
<p><a href="${href("/start", query)}">All accounts</a></p>`;
  return documentAnswer({ status: 200, title: "Console", body });
}

function accountEntry({ id, name }: LabAccount): Html {
  return html`<dt>Account</dt><dd>${name ? html`${shown(name)} ` : NOTHING}${id}</dd>`;
}

function shortcut(startUrl: string, asked: Asked): string {
  const pairs = Object.entries(asked)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${portalOf(startUrl)}/#/console?${pairs.join("&")}`;
}
