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
  const consoles = plans.map((plan, index) => {
    return { ...plan, url: pages[index]?.url ?? "", open: openers[index] ?? (() => false) };
  });
  const opened = ({ role }: Pick<ConsolePlan, "role">) =>
    context.terminal.note(`Opening the console of ${role.shown}.`);
  if (request.federation) {
    for (const some of oneByOne(consoles)) await openFederated(some, opened, context);
    return { pages, isOpened };
  }
  for (const [index, one] of consoles.entries()) {
    if (!one.open(one.url)) return { pages: pages.slice(index), isOpened: false };
    opened(one);
  }
  return { pages, isOpened };
}

/**
 * A browser that still starts may lose what comes after: the next console waits until the one
 * before was fetched. A Firefox that has fetched one may still not listen: all its containers
 * are one start.
 */
function oneByOne<T extends Pick<ConsolePlan, "in">>(consoles: readonly T[]): readonly T[][] {
  const inContainer = (one: T) => one.in === "firefox-container";
  const others = consoles.filter((one) => !inContainer(one));
  const all = [consoles.filter(inContainer), ...others.map((one) => [one])];
  return all.filter((some) => some.length > 0);
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
