// @ts-check
// The question before something that cannot be undone.
import { element } from "./element.js";
import { word } from "./texts.js";

/** @typedef {import("./texts.js").Key} Key */
/** @typedef {import("./texts.js").Parameters} Parameters */

/**
 * @param {{ title: Key, text: Key, yes: Key }} words
 * @param {Parameters} [parameters]
 * @returns {Promise<boolean>}
 */
export function confirmed({ title, text, yes }, parameters) {
  const dialog = element("ask", HTMLDialogElement);
  word(element("ask-heading", HTMLElement), title, parameters);
  word(element("ask-text", HTMLElement), text, parameters);
  word(element("ask-yes", HTMLElement), yes, parameters);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
  });
}
