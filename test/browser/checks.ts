import { expect } from "vitest";
import type { Tab } from "../helpers/chromium.ts";

/** The page has names for all controls, one heading of the first level, one main landmark, and a language. */
export async function expectAccessible(tab: Tab, page: string): Promise<void> {
  const nodes = await tab.accessibility();
  const ofRole = (...roles: string[]) => nodes.filter(({ role }) => roles.includes(role));
  const nameless = ofRole(...CONTROLS, "heading", "navigation").filter(
    ({ name }) => name.trim() === "",
  );
  expect(nameless, `${page}: without a name`).toEqual([]);
  const first = ofRole("heading").filter(({ properties }) => properties["level"] === 1);
  expect(first, `${page}: headings of the first level`).toHaveLength(1);
  expect(ofRole("main"), `${page}: main landmarks`).toHaveLength(1);
  expect(ofRole("banner"), `${page}: banners`).toHaveLength(1);
  expect(await tab.evaluate("document.documentElement.lang"), page).toBe("en");
  expect(await tab.evaluate(NAMELESS_GROUPS), `${page}: choices without a legend`).toBe(0);
  expect(await tab.evaluate(SHARED_IDS), `${page}: ids used twice`).toEqual([]);
}

/** Every text has the contrast of WCAG 2.2, 1.4.3, and every border of a control that of 1.4.11. */
export async function expectContrast(tab: Tab, page: string): Promise<void> {
  const found = await tab.evaluate(`(${CONTRASTS})()`);
  expect(found, `${page}: too little contrast`).toEqual({ measured: true, weak: [] });
}

/** Nothing reaches past the right edge, nothing moves, and no other scripts run. */
export async function expectCalm(
  tab: Tab,
  page: string,
  scripts: readonly string[],
): Promise<void> {
  expect(await tab.evaluate(OVERFLOW), `${page}: wider than the window`).toEqual([]);
  expect(await tab.evaluate(MOVING), `${page}: moves`).toEqual([]);
  const texts = "[...document.scripts].map(({ text }) => text)";
  expect(await tab.evaluate(texts), `${page}: scripts`).toEqual(scripts);
}

/** What has the focus stands in the window, and shows it by an outline that is seen. */
export async function expectFocusSeen(tab: Tab, page: string): Promise<void> {
  const found = await tab.evaluate(FOCUS);
  expect(found, `${page}: focus`).toEqual({ style: "solid", width: true, inside: true });
}

const CONTROLS = [
  "button",
  "link",
  "textbox",
  "searchbox",
  "radio",
  "checkbox",
  "DisclosureTriangle",
];

const NAMELESS_GROUPS = `document.querySelectorAll("fieldset:not(:has(> legend:not(:empty)))").length`;

const SHARED_IDS = `
  [...document.querySelectorAll("[id]")].map(({ id }) => id).filter((id, at, all) => all.indexOf(id) !== at)`;

const OVERFLOW = `
  [document.documentElement, ...document.body.querySelectorAll("*")]
    .filter((one) => !one.closest(".hidden"))
    .filter((one) => one.scrollWidth > innerWidth || one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => one.outerHTML.slice(0, 120))`;

const MOVING = `
  [...document.querySelectorAll("*")]
    .filter((one) => {
      const { animationName, transitionDuration } = getComputedStyle(one);
      return animationName !== "none" || transitionDuration !== "0s";
    })
    .map((one) => one.outerHTML.slice(0, 120))`;

const FOCUS = `(() => {
  const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
  const { top, bottom } = document.activeElement.getBoundingClientRect();
  return { style: outlineStyle, width: parseFloat(outlineWidth) >= 2, inside: top >= 0 && bottom <= innerHeight };
})()`;

/** Relative luminance and contrast ratio as WCAG 2.2 defines them; half-transparent colours are not used here. */
const CONTRASTS = `() => {
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => {
    const [red, green, blue] = numbers(color).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ratio = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const backOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if ((numbers(color)[3] ?? 1) > 0) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const weak = [];
  let measured = 0;
  const check = (least, color, back, what) => {
    measured += 1;
    const found = ratio(color, back);
    if (!(found >= least)) weak.push(found.toFixed(2) + " " + color + " on " + back + ": " + what);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.data.trim();
    const element = texts.currentNode.parentElement;
    if (text) check(4.5, getComputedStyle(element).color, backOf(element), text.slice(0, 40));
  }
  for (const control of document.querySelectorAll("button, input[type=text], input[type=search]")) {
    const { borderTopColor } = getComputedStyle(control);
    check(3, borderTopColor, backOf(control.parentElement), "border of " + control.outerHTML.slice(0, 80));
  }
  return { measured: measured > 2, weak };
}`;
