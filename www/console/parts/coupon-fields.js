// @ts-check
// The fields of a new coupon, in the order and the groups in which an operator is asked for them.
import { CURRENCIES } from "./coupon-words.js";

/**
 * @typedef {import("./field.js").Field} Field
 * @typedef {import("./texts.js").Key} Key
 * @typedef {{ title: Key, folded?: boolean, fields: Field[] }} FieldGroup
 */

const CURRENCY = {
  kind: /** @type {const} */ ("text"),
  value: "EUR",
  suggestions: CURRENCIES,
  attributes: { maxlength: "3", size: "4", autocapitalize: "characters", spellcheck: "false" },
};
const WHOLE = { inputmode: "numeric", min: "1", step: "1" };
const DECIMAL = { inputmode: "decimal", spellcheck: "false" };

/**
 * @param {{ films: string[], live: string[], plans: string[] }} catalogue what scopes may name, to be suggested
 * @returns {FieldGroup[]}
 */
export function couponFields({ films, live, plans }) {
  return [
    codes(),
    { title: "form.worth", fields: [...benefit(), ...worth(films, live, plans)] },
    when(),
    limits(),
    rules(),
  ];
}

/** @returns {FieldGroup} */
function codes() {
  return {
    title: "form.codes",
    fields: [
      {
        name: "codes.kind",
        kind: "radio",
        label: "form.codes.kind",
        options: ["named", "generated"],
        words: "form.codes.kind",
      },
      {
        name: "codes.code",
        kind: "text",
        label: "form.codes.code",
        hint: "form.codes.code.hint",
        when: ["codes.kind", "named"],
        attributes: { spellcheck: "false", autocapitalize: "characters", maxlength: "256" },
      },
      {
        name: "codes.quantity",
        kind: "number",
        label: "form.codes.quantity",
        hint: "form.codes.quantity.hint",
        value: "1000",
        when: ["codes.kind", "generated"],
        attributes: WHOLE,
      },
      {
        name: "codes.tagged",
        kind: "checkbox",
        label: "form.codes.tagged",
        hint: "form.codes.tagged.hint",
        when: ["codes.kind", "generated"],
      },
      {
        name: "detail",
        kind: "textarea",
        label: "form.detail",
        hint: "form.detail.hint",
        wide: true,
        attributes: { maxlength: "500" },
      },
    ],
  };
}

/** @returns {Field[]} */
function benefit() {
  const kind = "benefit.kind";
  return [
    {
      name: kind,
      kind: "select",
      label: "form.benefit.kind",
      options: ["percent", "fixed", "trial_days", "trial_until"],
      words: "form.benefit.kind",
      value: "percent",
    },
    {
      name: "benefit.percent",
      kind: "text",
      label: "form.benefit.percent",
      hint: "form.benefit.percent.hint",
      value: "20",
      when: [kind, "percent"],
      attributes: DECIMAL,
    },
    {
      name: "benefit.amount_minor",
      kind: "text",
      label: "form.benefit.amount",
      when: [kind, "fixed"],
      attributes: DECIMAL,
    },
    { name: "benefit.currency", label: "form.currency", when: [kind, "fixed"], ...CURRENCY },
    {
      name: "benefit.days",
      kind: "number",
      label: "form.benefit.days",
      value: "14",
      when: [kind, "trial_days"],
      attributes: WHOLE,
    },
    {
      name: "benefit.days_mode",
      kind: "select",
      label: "form.benefit.days_mode",
      options: ["calendar", "elapsed"],
      words: "form.benefit.days_mode",
      when: [kind, "trial_days"],
    },
    {
      name: "benefit.until_on",
      kind: "date",
      label: "form.benefit.until_on",
      hint: "form.benefit.until_on.hint",
      when: [kind, "trial_until"],
    },
    { name: "benefit.tz", kind: "zone", label: "form.zone", when: [kind, "trial_until"] },
    {
      name: "combine",
      kind: "select",
      label: "form.combine",
      options: ["max", "add", "replace"],
      words: "form.combine",
      when: [kind, "trial_days", "trial_until"],
    },
  ];
}

/**
 * @param {string[]} films
 * @param {string[]} live
 * @param {string[]} plans
 * @returns {Field[]}
 */
function worth(films, live, plans) {
  const kind = "benefit.kind";
  const type = "scopes.type";
  return [
    {
      name: type,
      kind: "select",
      label: "form.type",
      options: ["all", "vod", "live", "plan"],
      words: "scope",
    },
    ...["vod", "live", "plan"].map((each) => ({
      name: `scopes.${each}`,
      kind: /** @type {const} */ ("text"),
      label: /** @type {Key} */ (`form.scope.${each}`),
      hint: /** @type {Key} */ ("form.scope.hint"),
      suggestions: { vod: films, live, plan: plans }[each] ?? [],
      when: /** @type {[string, string]} */ ([type, each]),
      attributes: { spellcheck: "false", autocapitalize: "none" },
    })),
    {
      name: "target.kind",
      kind: "select",
      label: "form.target",
      options: ["order", "lines", "each_unit", "each_line", "cheapest_unit"],
      words: "form.target",
      when: [kind, "percent", "fixed"],
    },
    {
      name: "target.ids",
      kind: "text",
      label: "form.target.ids",
      hint: "form.list.hint",
      when: ["target.kind", "lines"],
    },
    {
      name: "target.max_units",
      kind: "number",
      label: "form.target.max_units",
      hint: "form.optional",
      when: ["target.kind", "each_line"],
      attributes: WHOLE,
    },
  ];
}

/** @returns {FieldGroup} */
function when() {
  const kind = "window.kind";
  return {
    title: "form.window",
    fields: [
      {
        name: kind,
        kind: "radio",
        label: "form.window.kind",
        options: ["days", "instants", "always"],
        words: "form.window.kind",
      },
      {
        name: "window.starts_on",
        kind: "date",
        label: "form.window.starts_on",
        when: [kind, "days"],
      },
      {
        name: "window.ends_on",
        kind: "date",
        label: "form.window.ends_on",
        hint: "form.window.ends_on.hint",
        when: [kind, "days"],
      },
      { name: "window.tz", kind: "zone", label: "form.zone", when: [kind, "days"] },
      {
        name: "window.starts_at",
        kind: "datetime-local",
        label: "form.window.starts_at",
        when: [kind, "instants"],
      },
      {
        name: "window.ends_at",
        kind: "datetime-local",
        label: "form.window.ends_at",
        hint: "form.window.ends_at.hint",
        when: [kind, "instants"],
      },
    ],
  };
}

/** @returns {FieldGroup} */
function limits() {
  const optional = /** @type {Key} */ ("form.optional");
  const list = { kind: /** @type {const} */ ("text"), attributes: { spellcheck: "false" } };
  return {
    title: "form.limits",
    folded: true,
    fields: [
      {
        name: "limits.max_redemptions",
        kind: "number",
        label: "limits.max_redemptions",
        hint: optional,
        attributes: WHOLE,
      },
      {
        name: "limits.per_customer",
        kind: "number",
        label: "limits.per_customer",
        hint: optional,
        attributes: WHOLE,
      },
      {
        name: "limits.budget_minor",
        kind: "text",
        label: "limits.budget",
        hint: optional,
        attributes: DECIMAL,
      },
      {
        name: "limits.budget_currency",
        label: "form.currency",
        hint: "limits.budget_currency.hint",
        ...CURRENCY,
      },
      {
        name: "limits.min_subtotal_minor",
        kind: "text",
        label: "limits.min_subtotal",
        hint: optional,
        attributes: DECIMAL,
      },
      {
        name: "limits.min_quantity",
        kind: "number",
        label: "limits.min_quantity",
        hint: optional,
        attributes: WHOLE,
      },
      { name: "limits.first_purchase_only", kind: "checkbox", label: "limits.first_purchase_only" },
      {
        name: "limits.customer_ids",
        label: "limits.customer_ids",
        hint: "form.list.hint",
        ...list,
      },
      { name: "limits.segment", label: "limits.segment", hint: optional, ...list },
      { name: "limits.plans", label: "limits.plans", hint: "form.list.hint", ...list },
      {
        name: "limits.countries",
        label: "limits.countries",
        hint: "limits.countries.hint",
        ...list,
      },
    ],
  };
}

/** @returns {FieldGroup} */
function rules() {
  return {
    title: "form.rules",
    folded: true,
    fields: [
      {
        name: "stacking.exclusive_group",
        kind: "text",
        label: "form.exclusive_group",
        hint: "form.exclusive_group.hint",
        attributes: { spellcheck: "false" },
      },
      {
        name: "duration.kind",
        kind: "select",
        label: "form.duration",
        options: ["once", "repeating", "forever"],
        words: "form.duration",
      },
      {
        name: "duration.periods",
        kind: "number",
        label: "form.duration.periods",
        value: "3",
        when: ["duration.kind", "repeating"],
        attributes: WHOLE,
      },
      {
        name: "release_on_cancel",
        kind: "checkbox",
        label: "form.release_on_cancel",
        hint: "form.release_on_cancel.hint",
        value: "on",
      },
    ],
  };
}
