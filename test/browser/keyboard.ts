import type { Tab } from "../helpers/chromium.ts";

/** The longest way to a control that a test takes. */
const STEPS = 40;

/** Presses Tab until the control of that text or value has the focus, as a user without a mouse does. */
export async function tabTo(tab: Tab, wanted: string): Promise<void> {
  const passed: string[] = [];
  for (let step = 0; step < STEPS; step += 1) {
    await tab.press("Tab");
    const focused = await focusedControl(tab);
    if (focused === wanted) return;
    passed.push(focused);
  }
  throw new Error(`no way by Tab to ${wanted}: ${passed.join(" → ")}`);
}

/** A radio button's value, the id of another field, else the text. */
export async function focusedControl(tab: Tab): Promise<string> {
  return String(
    await tab.evaluate(`(() => {
      const { type, value, id, textContent } = document.activeElement;
      return type === "radio" ? value : id || textContent.trim();
    })()`),
  );
}

export async function headingOf(tab: Tab): Promise<string> {
  return String(await tab.evaluate(`document.querySelector("h1").textContent`));
}
