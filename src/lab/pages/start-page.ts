import type { Answer, Handler } from "../exchange.ts";
import type { LabAccount, LabRole } from "../organisation/organisation.ts";
import { findAccounts, type ListPage, listPage } from "./account-list.ts";
import { documentAnswer } from "./document.ts";
import { type Html, hiddenFields, html, NOTHING, shown } from "./html.ts";
import { href } from "./links.ts";
import { FOLLOW_SHORTCUT } from "./shortcut.ts";
import { type AssignedAccount, assignedAccounts, type Visitor, visitorOf } from "./visitor.ts";

/** `GET /start`: what the access portal shows, for the user that the query names. */
export const showStart: Handler = ({ query }, state) => {
  const visitor = visitorOf("/start", query, {}, state);
  if ("status" in visitor) return visitor;
  const accounts = assignedAccounts(visitor.user);
  const filter = (query.get("filter") ?? "").trim();
  const found = findAccounts(accounts, filter);
  const page = listPage(found, query.get("page"));
  const isFirst = query.size === 0;
  return startPage({ visitor, total: accounts.length, filter, found: found.length, page, isFirst });
};

interface View {
  readonly visitor: Visitor;
  /** Accounts that are assigned to the user. */
  readonly total: number;
  readonly filter: string;
  /** How many of them the filter leaves. */
  readonly found: number;
  readonly page: ListPage<AssignedAccount>;
  /** No link within the pages led here. */
  readonly isFirst: boolean;
}

function startPage(view: View): Answer {
  const { visitor, page } = view;
  const other = visitor.hasChoice ? html` <a href="/start">Choose another user</a>` : NOTHING;
  const tiles = page.items.map((item) => tile(item, view));
  const body = html`<p>Accounts of <strong>${shown(visitor.user.name)}</strong>.${other}</p>
${filterForm(view)}
<p role="status">${summary(view)}</p>
${pageLinks(view, "Pages, above the accounts")}
${tiles.length === 0 ? NOTHING : html`<ul class="tiles">${tiles}</ul>`}
${tiles.length === 0 ? NOTHING : pageLinks(view, "Pages, below the accounts")}`;
  const script = view.isFirst ? { script: FOLLOW_SHORTCUT } : {};
  return documentAnswer({ status: 200, title: "Your accounts", body, wide: true, ...script });
}

function filterForm({ visitor, filter }: View): Html {
  return html`<search><form method="get" action="/start" class="card">
${hiddenFields(visitor.query)}
<label class="above" for="filter">Filter by account name, id, email address or role</label>
<div class="row"><input type="search" id="filter" name="filter" value="${filter}" dir="auto" autocomplete="off" spellcheck="false">
<button type="submit">Filter</button></div>
</form></search>`;
}

function summary({ total, filter, found, visitor }: View): Html {
  if (filter === "") return html`${total} ${total === 1 ? "account" : "accounts"}.`;
  const all = html`<a href="${href("/start", visitor.query)}">Show all</a>`;
  return html`${found} of ${total} accounts have &ldquo;${shown(filter)}&rdquo;. ${all}`;
}

function pageLinks({ visitor, filter, page }: View, label: string): Html {
  const { number, count } = page;
  if (count === 1) return NOTHING;
  const link = (text: string, to: number, there: boolean) => {
    const query = { ...visitor.query, filter, page: String(to) };
    return there
      ? html`<a href="${href("/start", query)}">${text}</a>
`
      : NOTHING;
  };
  return html`<nav class="pages" aria-label="${label}">
${link("First", 1, number > 2)}${link("Previous", number - 1, number > 1)}<span>Page ${number} of ${count}</span>
${link("Next", number + 1, number < count)}${link("Last", count, number < count - 1)}</nav>`;
}

function tile({ account, roles }: AssignedAccount, { visitor, filter }: View): Html {
  const { id, email } = account;
  const links = html`<ul class="roles">${roles.slice(0, ROLES_SHOWN).map((role) => roleLink(account, role, visitor))}</ul>
${roles.length > ROLES_SHOWN ? html`<p class="note">${roles.length - ROLES_SHOWN} more roles: filter by a role&rsquo;s name.</p>` : NOTHING}`;
  const open = filter === "" ? NOTHING : html` open`;
  return html`<li class="card"><h2>${name(account)}</h2>
<p class="note">${id}${email ? html`<br>${shown(email)}` : NOTHING}</p>
${
  roles.length <= ROLES_UNFOLDED
    ? links
    : html`<details${open}><summary>${roles.length} roles<span class="hidden"> in ${name(account)} ${id}</span></summary>
${links}</details>`
}</li>
`;
}

/** Roles in a tile; the filter finds the others. */
const ROLES_SHOWN = 30;
/** More than these would push the next accounts out of sight. */
const ROLES_UNFOLDED = 5;

/** Out of its tile, as in a list of links, "ReadOnlyAccess" alone would not say of which account. */
function roleLink(account: LabAccount, role: LabRole, visitor: Visitor): Html {
  const query = { ...visitor.query, account_id: account.id, role_name: role.name };
  const where = html`<span class="hidden"> in ${name(account)} ${account.id}</span>`;
  return html`<li><a href="${href("/console", query)}">${shown(role.name)}${where}</a></li>`;
}

function name({ name }: LabAccount): Html {
  return name ? shown(name) : html`<span class="note">(no name)</span>`;
}
