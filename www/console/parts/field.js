// @ts-check
// The fields of a form, made from a table: a label, what is filled in, a hint, and a place where the server's
// complaint about this field is shown.
import { make, write } from "./element.js";
import { isKey, word, worded } from "./texts.js";

/** @typedef {import("./texts.js").Key} Key */

/**
 * @typedef {object} Field
 * @property {string} name as the server names it, such as `limits.per_customer`
 * @property {"text" | "number" | "date" | "datetime-local" | "select" | "radio" | "checks" | "checkbox" | "textarea" | "zone"} kind
 * @property {Key} label
 * @property {Key} [hint]
 * @property {readonly string[]} [options] of a select, of radio buttons or of boxes to tick; their words are `${words}.${option}`
 * @property {string} [words]
 * @property {string} [value] at first; `on` for a checkbox; all boxes to tick are ticked
 * @property {string[]} [suggestions] offered while typing
 * @property {Record<string, string>} [attributes]
 * @property {[string, ...string[]]} [when] shown only while the field of this name has one of these values
 * @property {boolean} [wide]
 */

let made = 0;

/**
 * @param {Field} field
 * @returns {HTMLElement}
 */
export function fieldElement(field) {
  const id = `field-${(made += 1)}`;
  const place = make("div", `field is-${field.kind}${field.wide ? " wide" : ""}`);
  place.dataset.field = field.name;
  const fault = make("p", "fault");
  fault.id = `${id}-fault`;
  fault.hidden = true;
  const isGroup = field.kind === "radio" || field.kind === "checks";
  const parts = isGroup ? choices(field, id) : labelled(field, id);
  place.append(...parts);
  if (field.hint) {
    const hint = worded("p", "hint", field.hint);
    hint.id = `${id}-hint`;
    place.append(hint);
  }
  place.append(fault);
  for (const control of controlsIn(place)) {
    const described = [field.hint ? `${id}-hint` : "", fault.id].join(" ").trim();
    control.setAttribute("aria-describedby", described);
  }
  return place;
}

/**
 * What can be filled in there.
 * @param {ParentNode} place
 */
export function controlsIn(place) {
  return /** @type {(HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement)[]} */ ([
    ...place.querySelectorAll("input, select, textarea"),
  ]);
}

/**
 * @param {Field} field
 * @param {string} id
 */
function labelled(field, id) {
  const label = worded("label", "", field.label);
  label.htmlFor = id;
  const control = controlOf(field);
  control.id = id;
  control.setAttribute("name", field.name);
  for (const [name, value] of Object.entries(field.attributes ?? {})) {
    control.setAttribute(name, value);
  }
  if (!field.suggestions) return [label, control];
  const list = make("datalist");
  list.id = `${id}-list`;
  list.append(...field.suggestions.map((value) => new Option(value, value)));
  control.setAttribute("list", list.id);
  return [label, control, list];
}

/** @param {Field} field */
function controlOf(field) {
  switch (field.kind) {
    case "select": {
      const select = make("select");
      for (const value of field.options ?? []) select.append(optionOf(field, value));
      if (field.value !== undefined) select.value = field.value;
      return select;
    }
    case "zone":
      return zones();
    case "textarea": {
      const area = make("textarea");
      area.rows = 2;
      return area;
    }
    default: {
      const input = make("input");
      input.type = field.kind;
      input.autocomplete = "off";
      if (field.kind === "checkbox") input.defaultChecked = field.value === "on";
      else if (field.value !== undefined) input.defaultValue = field.value;
      return input;
    }
  }
}

/**
 * @param {Field} field
 * @param {string} value
 */
function optionOf({ words, value: first }, value) {
  const key = value === "" ? "all" : `${words}.${value}`;
  const option = isKey(key) ? worded("option", "", key) : make("option", "", value);
  option.value = value;
  option.defaultSelected = value === first;
  return option;
}

function zones() {
  const select = make("select");
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = Intl.supportedValuesOf("timeZone");
  for (const zone of [
    "UTC",
    ...new Set([here, ...known].filter((each) => each !== "UTC").sort()),
  ]) {
    select.append(new Option(zone.replaceAll("_", " "), zone, zone === here, zone === here));
  }
  return select;
}

/**
 * @param {Field} field
 * @param {string} id
 */
function choices({ name, kind, label, options = [], words, value: first }, id) {
  const group = make("fieldset");
  const choice = make("div", "choice");
  for (const [index, value] of options.entries()) {
    const each = make("label");
    const input = make("input");
    input.type = kind === "radio" ? "radio" : "checkbox";
    input.name = name;
    input.id = `${id}-${index}`;
    input.value = value;
    input.defaultChecked = kind === "checks" || value === (first ?? options[0]);
    const key = `${words}.${value}`;
    const shown = make("span");
    if (isKey(key)) word(shown, key);
    else write(shown, value);
    each.append(input, shown);
    choice.append(each);
  }
  group.append(worded("legend", "", label), choice);
  return [group];
}

/**
 * Hides the fields that do not belong to what is chosen; a hidden field is not sent.
 *
 * @param {HTMLFormElement} form
 * @param {Field[]} fields
 */
export function showFitting(form, fields) {
  for (const { name, when } of fields) {
    const place = placeOf(form, name);
    if (!place || !when) continue;
    const [other, ...values] = when;
    const chosen = new FormData(form).get(other);
    place.hidden = !values.includes(String(chosen));
    for (const control of controlsIn(place)) control.disabled = place.hidden;
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 */
function placeOf(form, name) {
  return placesOf(form).find((place) => place.dataset.field === name) ?? null;
}

/**
 * @param {HTMLFormElement} form
 * @returns {HTMLElement[]}
 */
function placesOf(form) {
  return [...form.querySelectorAll("[data-field]")].filter((each) => each instanceof HTMLElement);
}

/**
 * Writes what a server has into the fields of a form.
 *
 * @param {HTMLFormElement} form
 * @param {Record<string, string | boolean | readonly string[]>} values by name
 */
export function fillForm(form, values) {
  for (const [name, value] of Object.entries(values)) {
    for (const control of controlsIn(form)) {
      if (control.name !== name) continue;
      if (!(control instanceof HTMLInputElement)) control.value = String(value);
      else if (typeof value === "boolean") control.checked = value;
      else if (control.type === "checkbox") control.checked = value.includes(control.value);
      else if (control.type === "radio") control.checked = control.value === value;
      else control.value = String(value);
    }
  }
}

/** @param {HTMLFormElement} form */
export function clearFaults(form) {
  for (const place of placesOf(form)) {
    const fault = place.querySelector(".fault");
    if (!(fault instanceof HTMLElement) || fault.hidden) continue;
    fault.hidden = true;
    for (const control of controlsIn(place)) control.removeAttribute("aria-invalid");
  }
}

/**
 * Shows a complaint at the field that it names, and goes there.
 *
 * @param {HTMLFormElement} form
 * @param {string | null} field as the server names it: the last words decide, so `coupon.window.tz` finds `window.tz`
 * @param {string} message
 * @returns {boolean} whether the form shows such a field
 */
export function showFault(form, field, message) {
  const place = field === null ? null : visiblePlace(form, field);
  const fault = place?.querySelector(".fault");
  if (!place || !(fault instanceof HTMLElement)) return false;
  write(fault, message);
  fault.hidden = false;
  const controls = controlsIn(place);
  for (const control of controls) control.setAttribute("aria-invalid", "true");
  for (let parent = place.parentElement; parent; parent = parent.parentElement) {
    if (parent instanceof HTMLDetailsElement) parent.open = true;
  }
  controls[0]?.focus();
  return true;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} field
 */
function visiblePlace(form, field) {
  const places = placesOf(form).filter((place) => !place.hidden);
  const names = (/** @type {HTMLElement} */ place) => place.dataset.field ?? "";
  // One of several alike: `titles[3].windows[1].territories[0]` is the field `windows[1].territories`.
  const [, row = "", leaf = ""] = /(\w+\[\d+\])(\.\w+)?(?:\[\d+\])?$/.exec(field) ?? [];
  const one = places.find((place) =>
    leaf === "" ? row !== "" && names(place).startsWith(`${row}.`) : names(place) === row + leaf,
  );
  if (one) return one;
  const wanted = field.replaceAll(/\[\d+\]|\.\d+(?=\.|$)/g, "");
  const last = (/** @type {string} */ name) => name.slice(name.lastIndexOf(".") + 1);
  return (
    places.find((place) => names(place) === wanted) ??
    places.find((place) => wanted.endsWith(`.${names(place)}`)) ??
    places.find((place) => last(names(place)) === last(wanted)) ??
    places.find((place) => names(place).startsWith(`${wanted}.`)) ??
    null
  );
}
