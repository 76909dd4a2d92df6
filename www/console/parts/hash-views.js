// @ts-check
// The views of one page, one at a time, by what stands behind the `#` of its address.
import { element } from "./element.js";

/**
 * @typedef {{ show: (name: string) => void, hide: () => void }} View
 *
 * @typedef {object} HashView
 * @property {RegExp} path of the hash; its first group is the name that the view is shown for
 * @property {string} id of the element that is its place
 * @property {string} section address of the link in the list of sections that leads to it
 * @property {View} view
 */

/** @param {HashView[]} views the first one is shown for an address that none of them knows */
export function hashViews(views) {
  addEventListener("hashchange", () => open(views, true));
  open(views, false);
}

/**
 * @param {HashView[]} views
 * @param {boolean} moves whether somebody followed a link, and reads on from there
 */
function open(views, moves) {
  const found = views.find(({ path }) => path.test(location.hash)) ?? views[0];
  if (!found) return;
  const [, name = ""] = found.path.exec(location.hash) ?? [];
  for (const { id, view } of views) {
    const place = document.getElementById(id);
    if (!place || place.hidden) continue;
    place.hidden = true;
    view.hide();
  }
  element(found.id, HTMLElement).hidden = false;
  for (const each of document.querySelectorAll(".sections a")) {
    if (each.getAttribute("href") === found.section) each.setAttribute("aria-current", "page");
    else each.removeAttribute("aria-current");
  }
  if (moves) {
    const heading = document.querySelector(`#${found.id} h2`);
    heading?.setAttribute("tabindex", "-1");
    if (heading instanceof HTMLElement) heading.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  found.view.show(decode(name));
}

/** @param {string} name a link that was cut in the middle of a symbol is taken as it is */
function decode(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
