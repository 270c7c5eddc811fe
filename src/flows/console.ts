import type { Context } from "../context.ts";
import { federatedUrl, noBrowser, openFederated } from "./console-federation.ts";
import { type ConsolePlan, type ConsoleWish, planConsole } from "./console-plan.ts";
import { resolveTarget, type TargetSelection } from "./target.ts";
import type { MaySignIn } from "./token.ts";

export interface ConsoleRequest extends ConsoleWish {
  /** One for each console; without any, AWS_PROFILE or the user's choice. */
  readonly selections: readonly TargetSelection[];
  /** Opens nothing. */
  readonly print: boolean;
  readonly maySignIn: MaySignIn;
}

/** A console, and the URL that opens it: by federation a secret. */
export interface ConsolePage extends Pick<ConsolePlan, "role"> {
  readonly url: string;
}

export interface OpenedConsoles {
  readonly pages: readonly ConsolePage[];
  /** False: the URLs are for the user to open. */
  readonly isOpened: boolean;
}

/**
 * Opens the console of each target in the browser. A link of the access portal needs
 * neither a token nor the network: the browser's own sign-in counts there.
 *
 * @throws SsoxError `Usage` for what has no such link, and for pages that are none of the
 * console; with `federation` what {@link federatedUrl} throws. Nothing is opened then.
 */
export async function openConsoles(
  request: ConsoleRequest,
  context: Context,
): Promise<OpenedConsoles> {
  const selections = request.selections.length > 0 ? request.selections : [{}];
  const plans: ConsolePlan[] = [];
  for (const selection of selections) {
    const target = await resolveTarget(selection, request.maySignIn, context);
    plans.push(planConsole(target, request, context));
  }
  const isOpened = !request.print && plans.every((plan) => canOpen(plan, context));
  if (request.federation && !request.print && !isOpened) throw noBrowser();
  const openers = isOpened ? plans.map((plan) => openerFor(plan, context)) : [];
  const pages: ConsolePage[] = [];
  for (const plan of plans) {
    const { way, role } = plan;
    const url =
      way.kind === "shortcut" ? way.url : await federatedUrl(plan, way, request.maySignIn, context);
    pages.push({ role, url });
  }
  if (!isOpened) return { pages, isOpened };
  for (const [index, plan] of plans.entries()) {
    const [url, open] = [pages[index]?.url ?? "", openers[index] ?? (() => false)];
    if (plan.way.kind === "federation") await openFederated(plan, url, open, context);
    else if (!open(url)) return { pages: pages.slice(index), isOpened: false };
    context.terminal.note(`Opening the console of ${plan.role.shown}.`);
  }
  return { pages, isOpened };
}

/** @returns what tells whether the browser could be started */
function openerFor(plan: ConsolePlan, { browser }: Context): (url: string) => boolean {
  if (plan.in === "tab") return (url) => browser.open(url, plan.browser);
  const open = browser.separate(plan.in, plan.role.names);
  return (url) => {
    open(url);
    return true;
  };
}

function canOpen({ browser }: ConsolePlan, { browser: edge, terminal }: Context): boolean {
  return !terminal.noInput && edge.available(browser);
}
