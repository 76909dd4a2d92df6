// @ts-check
// Single keys for whoever watches with the keyboard, with a list of them and a way to turn them off.
import { element, make } from "./element.js";
import { remember, remembered } from "./preference.js";

/**
 * @typedef {object} Shortcut
 * @property {string[]} keys as `KeyboardEvent.key` names them
 * @property {string} shown
 * @property {string} does
 * @property {(key: string) => void} act
 */

/** Where letters are written, nothing else listens. */
const WRITTEN_IN = "input:not([type=radio], [type=checkbox]), textarea, select, dialog";
/** What already answers to space and arrows by itself keeps them. */
const STEERED = "input, button, a, summary, video, [role=slider]";
const STEERING_KEYS = new Set([" ", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]);

/** @param {Shortcut[]} shortcuts */
export function shortcuts(shortcuts) {
  const dialog = element("keys-dialog", HTMLDialogElement);
  const on = element("keys-on", HTMLInputElement);
  const help = { keys: ["?"], shown: "?", does: "this list", act: () => dialog.showModal() };
  const all = [...shortcuts, help];

  on.checked = remembered("keys") !== "off";
  on.addEventListener("change", () => remember("keys", on.checked ? "on" : "off"));
  element("keys", HTMLButtonElement).addEventListener("click", () => dialog.showModal());
  for (const { shown, does } of all) {
    const row = make("div");
    const term = make("dt");
    term.append(...shown.split(" ").map((key) => (key === "…" ? key : make("kbd", "", key))));
    row.append(term, make("dd", "", does));
    element("keys-list", HTMLElement).append(row);
  }

  document.addEventListener("keydown", (event) => {
    if (!on.checked || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey)
      return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.closest(WRITTEN_IN)) return;
    if (STEERING_KEYS.has(event.key) && target.closest(STEERED)) return;
    const shortcut = all.find(({ keys }) => keys.includes(event.key));
    if (!shortcut) return;
    event.preventDefault();
    shortcut.act(event.key);
  });
}
