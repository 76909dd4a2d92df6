// @ts-check
// The form of a plan or of a bundle of plans.
import { DEVICE_CLASSES, HEIGHTS } from "./catalogue-api.js";
import { fieldElement, fillForm } from "./field.js";
import { list, reader, whole } from "./typed.js";

/**
 * @typedef {import("./catalogue-api.js").Plan} Plan
 * @typedef {import("./field.js").Field} Field
 */

const WHOLE = { inputmode: "numeric", min: "0", step: "1" };
const PLAIN = { spellcheck: "false" };

/** @type {Field} */
const ID = {
  name: "id",
  kind: "text",
  label: "plan.id",
  hint: "plan.id.hint",
  attributes: { maxlength: "200", autocapitalize: "none", ...PLAIN },
};

/** @type {Field[]} */
export const PLAN_FIELDS = [
  { name: "packs", kind: "text", label: "plan.packs", hint: "plan.packs.hint", attributes: PLAIN },
  {
    name: "includes",
    kind: "text",
    label: "plan.includes",
    hint: "plan.includes.hint",
    attributes: PLAIN,
  },
  {
    name: "max_height",
    kind: "number",
    label: "title.max_height",
    value: "1080",
    suggestions: HEIGHTS,
    attributes: WHOLE,
  },
  { name: "streams", kind: "number", label: "plan.streams", value: "2", attributes: WHOLE },
  { name: "devices", kind: "number", label: "plan.devices", value: "4", attributes: WHOLE },
  { name: "ads", kind: "checkbox", label: "plan.ads", hint: "plan.ads.hint" },
  {
    name: "device_classes",
    kind: "checks",
    label: "plan.device_classes",
    options: DEVICE_CLASSES,
    words: "device_class",
    wide: true,
  },
];

/**
 * @param {HTMLFormElement} form is filled
 * @param {{ isNew: boolean }} kind a new plan is given its id
 */
export function planForm(form, { isNew }) {
  form.append(...(isNew ? [ID, ...PLAN_FIELDS] : PLAN_FIELDS).map(fieldElement));
}

/**
 * @param {HTMLFormElement} form
 * @param {Plan} plan
 */
export function fillPlan(form, plan) {
  fillForm(form, {
    packs: plan.packs.join(", "),
    includes: (plan.includes ?? []).join(", "),
    max_height: String(plan.max_height),
    streams: String(plan.streams),
    devices: String(plan.devices),
    ads: plan.ads,
    device_classes: plan.device_classes,
  });
}

/**
 * What stands in the form, as the server takes it.
 * @param {FormData} form
 */
export function planDraft(form) {
  const text = reader(form);
  const includes = list(text("includes"));
  return {
    packs: list(text("packs")),
    max_height: whole(text("max_height")),
    ads: form.has("ads"),
    streams: whole(text("streams")),
    devices: whole(text("devices")),
    device_classes: form.getAll("device_classes").map(String),
    ...(includes.length > 0 ? { includes } : {}),
  };
}
