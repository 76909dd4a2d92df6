// @ts-check
// Windows in which a title may be shown, or may not: from when to when, and in which countries. The days are
// those of one zone; under each window stands what they mean.
import { controlsIn, fieldElement } from "./field.js";
import { make, write } from "./element.js";
import { countryNames, instantIn } from "./rights-words.js";
import { onLanguage, say, worded } from "./texts.js";
import { countries } from "./typed.js";
import { dayEnd, dayFrom, dayStart, dayUntil, instantOf, localOf } from "./zoned-time.js";

/**
 * @typedef {import("./catalogue-api.js").RightsWindow} RightsWindow
 * @typedef {{ zone: string, days: boolean }} Reading how the texts of the fields are meant
 */

export class WindowList {
  #name;
  #reading;
  #rows = make("ol", "window-rows");
  /** The fields with their heading; stands in a form. */
  element = make("fieldset", "form-group");

  /**
   * @param {"windows" | "blackouts"} name as the server names it
   * @param {() => Reading} reading
   */
  constructor(name, reading) {
    this.#name = name;
    this.#reading = reading;
    const add = worded("button", "", name === "windows" ? "windows.add" : "blackouts.add");
    add.type = "button";
    add.addEventListener("click", () => {
      const row = this.#append("", "", "");
      controlsIn(row)[0]?.focus();
    });
    const foot = make("p", "row");
    foot.append(add);
    this.element.append(
      worded("legend", "", name === "windows" ? "windows.title" : "blackouts.title"),
      worded("p", "hint", name === "windows" ? "windows.text" : "blackouts.text"),
      this.#rows,
      foot,
    );
    this.#rows.addEventListener("input", () => this.tell());
    onLanguage(() => this.tell());
  }

  /**
   * Whether all of these begin and end with a day of the zone.
   *
   * @param {RightsWindow[]} windows
   * @param {string} zone
   */
  static inDays(windows, zone) {
    return windows.every(({ from, to }) => dayFrom(from, zone) && dayUntil(to, zone));
  }

  /** @param {RightsWindow[]} windows */
  fill(windows) {
    const { zone, days } = this.#reading();
    this.#rows.replaceChildren();
    for (const { from, to, territories } of windows) {
      this.#append(
        (days ? dayFrom(from, zone) : null) ?? localOf(from, zone),
        (days ? dayUntil(to, zone) : null) ?? localOf(to, zone),
        territories.join(", "),
      );
    }
  }

  /** Writes the same windows in the other way: days or moments. */
  turn() {
    const { zone, days } = this.#reading();
    const shown = this.#read({ zone, days: !days });
    this.#rows.replaceChildren();
    for (const { from, to, typed } of shown) {
      this.#append(
        typeof from === "number"
          ? days
            ? localOf(from, zone).slice(0, 10)
            : localOf(from, zone)
          : "",
        typeof to === "number"
          ? days
            ? localOf(to - 1, zone).slice(0, 10)
            : localOf(to, zone)
          : "",
        typed,
      );
    }
  }

  /** What stands in the fields, as the server takes it: what is no instant as it was typed. */
  values() {
    return this.#read(this.#reading()).map(({ from, to, typed }) => ({
      from,
      to,
      territories: countries(typed),
    }));
  }

  /** Says under each window what it means. */
  tell() {
    const shown = this.#read(this.#reading());
    for (const [index, row] of [...this.#rows.children].entries()) {
      const { from, to, typed = "" } = shown[index] ?? {};
      const isWhole = typeof from === "number" && typeof to === "number" && from < to;
      const text = isWhole
        ? say("windows.means", {
            from: instantIn(from, "UTC"),
            to: instantIn(to, "UTC"),
            where: countryNames(countries(typed)) || say("windows.nowhere"),
          })
        : say("windows.unfinished");
      const place = row.querySelector(".means");
      if (place) write(place, text);
    }
  }

  /** @param {Reading} reading */
  #read({ zone, days }) {
    return [...this.#rows.children].map((row) => {
      const [from = "", to = "", typed = ""] = controlsIn(row).map(({ value }) => value.trim());
      return {
        from: (days ? dayStart(from, zone) : instantOf(from, zone)) ?? from,
        to: (days ? dayEnd(to, zone) : instantOf(to, zone)) ?? to,
        typed,
      };
    });
  }

  /**
   * @param {string} from
   * @param {string} to
   * @param {string} territories
   */
  #append(from, to, territories) {
    const { days } = this.#reading();
    const kind = days ? "date" : "datetime-local";
    const attributes = /** @type {Record<string, string>} */ (days ? {} : { step: "1" });
    const row = make("li", "window-row");
    const fields = make("div", "fields");
    const index = this.#rows.children.length;
    const name = (/** @type {string} */ leaf) => `${this.#name}[${index}].${leaf}`;
    fields.append(
      fieldElement({
        name: name("from"),
        kind,
        label: days ? "form.window.starts_on" : "windows.from",
        value: from,
        attributes,
      }),
      fieldElement({
        name: name("to"),
        kind,
        label: days ? "form.window.ends_on" : "windows.to",
        value: to,
        attributes,
      }),
      fieldElement({
        name: name("territories"),
        kind: "text",
        label: "windows.territories",
        value: territories,
        wide: true,
        attributes: {
          spellcheck: "false",
          autocapitalize: "characters",
          placeholder: "SE, ES, CL",
        },
      }),
    );
    const remove = worded("button", "", "windows.remove");
    remove.type = "button";
    remove.addEventListener("click", () => this.#remove(row));
    const foot = make("p", "row");
    foot.append(remove, make("span", "hint means"));
    row.append(fields, foot);
    this.#rows.append(row);
    this.tell();
    return row;
  }

  /** @param {Element} row */
  #remove(row) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    // A complaint names a window by its place in the list.
    for (const [index, each] of [...this.#rows.children].entries()) {
      for (const place of each.querySelectorAll("[data-field]")) {
        const name = place.getAttribute("data-field")?.replace(/\[\d+\]/, `[${index}]`) ?? "";
        place.setAttribute("data-field", name);
        controlsIn(place)[0]?.setAttribute("name", name);
      }
    }
    const button = next?.querySelector("button") ?? this.element.querySelector(":scope > p button");
    if (button instanceof HTMLElement) button.focus();
    this.tell();
  }
}
