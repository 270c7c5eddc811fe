import type { Answer } from "../exchange.ts";
import { isRecord } from "../json.ts";

/** The answer with null for every member that the service may leave out. */
export function withNulls(answer: Answer, operation: string): Answer {
  if (answer.body === "" || answer.headers["Content-Type"] !== "application/json") return answer;
  const document: unknown = JSON.parse(answer.body);
  if (!isRecord(document)) return answer;
  const nulls = answer.status === 200 ? NULLS.get(operation) : nullsOfError;
  return nulls ? { ...answer, body: JSON.stringify(nulls(document)) } : answer;
}

type Document = Readonly<Record<string, unknown>>;

/** What a client cannot do without is left: a token, an id, the next page. */
const NULLS: ReadonlyMap<string, (document: Document) => Document> = new Map<
  string,
  (document: Document) => Document
>([
  ["RegisterClient", (all) => ({ ...all, clientIdIssuedAt: null })],
  [
    "StartDeviceAuthorization",
    (all) => ({ ...all, interval: null, verificationUriComplete: null }),
  ],
  ["CreateToken", (all) => ({ refreshToken: null, ...all, tokenType: null, idToken: null })],
  ["ListAccounts", (all) => ({ ...all, accountList: namelessAccounts(all) })],
  ["ListAccountRoles", (all) => ({ ...all, roleList: rolesWithoutAccount(all) })],
]);

function namelessAccounts({ accountList }: Document): unknown {
  return eachOf(accountList, { accountName: null, emailAddress: null });
}

function rolesWithoutAccount({ roleList }: Document): unknown {
  return eachOf(roleList, { accountId: null });
}

function eachOf(list: unknown, nulls: Document): unknown {
  return Array.isArray(list) ? list.map((item) => ({ ...Object(item), ...nulls })) : list;
}

/** OIDC's `error_description`, the portal's `message`: `error` and the header remain. */
function nullsOfError(document: Document): Document {
  const texts = ["error_description", "message"].filter((name) => name in document);
  return { ...document, ...Object.fromEntries(texts.map((name) => [name, null])) };
}
