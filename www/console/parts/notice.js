// @ts-check
import { make } from "./element.js";

/**
 * @typedef {object} Trouble
 * @property {string} title what does not work, in words for a viewer
 * @property {string} text why, and what to do
 * @property {{ label: string, act: () => void }} [remedy]
 */

/** The place at the top of a page where trouble is told; one trouble at a time, by name. */
export class Notice {
  #place;
  /** @type {string | null} */
  #name = null;

  /** @param {HTMLElement} place with role="alert" */
  constructor(place) {
    this.#place = place;
  }

  /**
   * @param {string} name whoever clears it must know it by this name
   * @param {Trouble} trouble
   */
  show(name, { title, text, remedy }) {
    this.#name = name;
    const words = make("p");
    words.append(make("strong", "", title), ` ${text}`);
    this.#place.replaceChildren(words);
    if (remedy) {
      const button = make("button", "", remedy.label);
      button.type = "button";
      button.addEventListener("click", remedy.act);
      this.#place.append(button);
    }
    this.#place.hidden = false;
  }

  /** @param {string} name */
  clear(name) {
    if (this.#name !== name) return;
    this.#name = null;
    this.#place.hidden = true;
    this.#place.replaceChildren();
  }
}
