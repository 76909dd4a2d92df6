// @ts-check
// What stands where something should be that did not load.
import { make } from "./element.js";
import { troubleText } from "./row-table.js";
import { worded } from "./texts.js";

/**
 * @param {HTMLElement} place hidden while there is no trouble
 * @param {unknown} trouble null if there is none
 * @param {() => void} again
 */
export function showMissing(place, trouble, again) {
  place.hidden = trouble === null;
  if (trouble === null) return;
  const button = worded("button", "", "again");
  button.type = "button";
  button.addEventListener("click", again);
  place.replaceChildren(make("p", "", troubleText(trouble)), button);
}
