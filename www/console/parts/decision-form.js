// @ts-check
// The form of a decision that is tried: who watches what, where, on what, when, and as though with which plan.
import { here } from "./account-form.js";
import { ACCOUNT_STATES, DEVICE_CLASSES } from "./catalogue-api.js";
import { make } from "./element.js";
import { controlsIn, fieldElement, showFitting } from "./field.js";
import { countryName } from "./rights-words.js";
import { suggestPlans, suggestTitles, suggestViewers } from "./suggestions.js";
import { onLanguage, worded } from "./texts.js";
import { list, optionalWhole, reader } from "./typed.js";
import { instantOf, localOf } from "./zoned-time.js";

/**
 * @typedef {import("./field.js").Field} Field
 * @typedef {import("./catalogue-api.js").DeviceClass} DeviceClass
 *
 * @typedef {object} Tried what is asked for
 * @property {string | null} viewer of an account; null: one that is made up
 * @property {string} status of a viewer that is made up
 * @property {number | string | undefined} since
 * @property {number | string | null} max_rating
 * @property {string} plan as though this were all that is held; empty: what is held
 * @property {string[]} devices
 * @property {number | string | undefined} streams open on other devices; undefined: as they are
 * @property {string} title
 * @property {string | null} country
 * @property {{ id: string, class: string }} device
 * @property {number | string} now
 */

/** Countries that are offered first; any other can be typed. */
const COUNTRIES = ["SE", "ES", "DE", "CL", "MX", "US", "GB", "FR"];
const PLAIN = { spellcheck: "false", autocapitalize: "none" };
const MADE_UP = /** @type {[string, string]} */ (["who", "made_up"]);

/** @type {Field[]} */
const WHO = [
  {
    name: "who",
    kind: "radio",
    label: "try.who",
    options: ["account", "made_up"],
    words: "try.who",
  },
  {
    name: "viewer",
    kind: "text",
    label: "viewers.viewer",
    suggestions: [],
    when: ["who", "account"],
    attributes: PLAIN,
  },
  {
    name: "status",
    kind: "select",
    label: "account.status",
    options: ACCOUNT_STATES,
    words: "account.status",
    when: MADE_UP,
  },
  {
    name: "since",
    kind: "datetime-local",
    label: "account.since",
    hint: "account.since.hint",
    when: ["status", "past_due", "suspended", "chargeback", "closed"],
  },
  {
    name: "max_rating",
    kind: "number",
    label: "account.max_rating",
    hint: "account.max_rating.hint",
    when: MADE_UP,
    attributes: { inputmode: "numeric", min: "0" },
  },
  {
    name: "devices",
    kind: "text",
    label: "try.devices",
    hint: "try.devices.hint",
    when: MADE_UP,
    attributes: PLAIN,
  },
  {
    name: "plan",
    kind: "text",
    label: "try.plan",
    hint: "try.plan.hint",
    suggestions: [],
    attributes: PLAIN,
  },
  {
    name: "streams",
    kind: "number",
    label: "try.streams",
    hint: "try.streams.hint",
    attributes: { inputmode: "numeric", min: "0" },
  },
];

/** @type {Field[]} */
const WHAT = [
  { name: "title", kind: "text", label: "try.what", suggestions: [], attributes: PLAIN },
  {
    name: "country",
    kind: "text",
    label: "try.country",
    hint: "try.country.hint",
    value: "SE",
    suggestions: COUNTRIES,
    attributes: { maxlength: "2", spellcheck: "false", autocapitalize: "characters" },
  },
  {
    name: "device_class",
    kind: "radio",
    label: "try.device_class",
    options: DEVICE_CLASSES,
    words: "device_class",
    value: "web",
  },
  { name: "device", kind: "text", label: "try.device", value: "device-1", attributes: PLAIN },
  { name: "now", kind: "datetime-local", label: "try.now", hint: "try.now.hint" },
  { name: "zone", kind: "zone", label: "try.zone" },
];

export class DecisionForm {
  #form;

  /** @param {HTMLFormElement} form is filled */
  constructor(form) {
    this.#form = form;
    for (const [title, fields] of /** @type {const} */ ([
      ["try.who", WHO],
      ["try.asked", WHAT],
    ])) {
      const group = make("fieldset", "form-group");
      const inner = make("div", "fields");
      inner.append(...fields.map(fieldElement));
      group.append(worded("legend", "", title === "try.who" ? "try.viewer" : title), inner);
      form.append(group);
    }
    const fit = () => showFitting(form, WHO);
    form.addEventListener("change", fit);
    fit();
    suggestViewers(form, "viewer");
    suggestTitles(form, "title");
    onLanguage(() => this.#nameCountries());
    this.#nameCountries();
  }

  /** @param {URLSearchParams} asked what a link has already chosen */
  show(asked) {
    void suggestPlans(this.#form, "plan");
    for (const control of controlsIn(this.#form)) {
      const value = asked.get(control.name);
      if (value === null) continue;
      if (control instanceof HTMLInputElement && control.type === "radio") {
        control.checked = control.value === value;
      } else control.value = value;
    }
    if (asked.has("viewer")) this.#choose("who", "account");
    showFitting(this.#form, WHO);
  }

  /** @returns {Tried} */
  values() {
    const form = new FormData(this.#form);
    const text = reader(form);
    const moment = (/** @type {string} */ name, /** @type {string} */ zone) =>
      text(name) === "" ? undefined : (instantOf(text(name), zone) ?? text(name));
    return {
      viewer: text("who") === "account" ? text("viewer") : null,
      status: text("status"),
      since: moment("since", here()),
      max_rating: optionalWhole(text("max_rating")) ?? null,
      plan: text("plan"),
      devices: list(text("devices")),
      streams: optionalWhole(text("streams")),
      title: text("title"),
      country: text("country").toUpperCase() || null,
      device: { id: text("device"), class: text("device_class") },
      now: moment("now", text("zone")) ?? Math.floor(Date.now() / 1000),
    };
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  #choose(name, value) {
    for (const control of controlsIn(this.#form)) {
      if (control.name === name && control instanceof HTMLInputElement) {
        control.checked = control.value === value;
      }
    }
  }

  #nameCountries() {
    const input = this.#form.querySelector('[name="country"]');
    const offered = input instanceof HTMLInputElement ? input.list : null;
    offered?.replaceChildren(...COUNTRIES.map((code) => new Option(countryName(code), code)));
  }
}
