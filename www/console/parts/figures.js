// @ts-check
// A list of named figures: `<dl>` with a row a figure, made once and rewritten in place.
import { make, write } from "./element.js";

export class Figures {
  /** @type {Map<string, HTMLElement>} */
  #values = new Map();
  #list;

  /** @param {HTMLElement} list a `<dl>` */
  constructor(list) {
    this.#list = list;
  }

  /**
   * @param {string} name what stands beside the figure
   * @param {string} value
   * @param {string} [title] said on hover, for a figure that was shortened
   */
  set(name, value, title) {
    let target = this.#values.get(name);
    if (!target) {
      const row = make("div");
      target = make("dd");
      row.append(make("dt", "", name), target);
      this.#list.append(row);
      this.#values.set(name, target);
    }
    write(target, value);
    if (title !== undefined && target.title !== title) target.title = title;
  }
}
