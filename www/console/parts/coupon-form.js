// @ts-check
// The form of a new coupon.
import { call } from "./api.js";
import { groupPath } from "./coupon-api.js";
import { couponDraft } from "./coupon-draft.js";
import { couponFields } from "./coupon-fields.js";
import { make } from "./element.js";
import { fieldElement, showFitting } from "./field.js";
import { formSubmit } from "./form-submit.js";
import { worded } from "./texts.js";

/** @typedef {import("./coupon-api.js").Coupon} Coupon */
/** @typedef {import("./coupon-api.js").Job} Job */

/**
 * @param {HTMLFormElement} form is filled
 * @param {() => string} group whose coupon it becomes
 * @param {(coupon: Coupon, job: Job | null) => void} onMade
 */
export async function couponForm(form, group, onMade) {
  const groups = couponFields(await suggestions());
  const fields = groups.flatMap((each) => each.fields);
  form.replaceChildren(
    ...groups.map(({ title, folded, fields: own }) => {
      const place = make(folded ? "details" : "fieldset", "form-group");
      const inner = make("div", "fields");
      inner.append(...own.map(fieldElement));
      place.append(worded(folded ? "summary" : "legend", "", title), inner);
      return place;
    }),
  );
  const fit = () => showFitting(form, fields);
  form.addEventListener("change", fit);
  form.addEventListener("reset", () => queueMicrotask(fit));
  fit();
  formSubmit(form, "coupons.create", async (values) => {
    const made = await call(`${groupPath(group())}/coupons`, {
      method: "POST",
      body: couponDraft(values),
    });
    form.reset();
    onMade(made.coupon, made.job ?? null);
  });
}

/** What scopes may name; without an answer nothing is suggested and everything can be typed. */
async function suggestions() {
  const goods = await call("/checkout").then(
    ({ goods }) => /** @type {{ scope: string }[]} */ (goods),
    () => [],
  );
  const of = (/** @type {string} */ type) =>
    goods
      .filter(({ scope }) => scope.startsWith(`${type}:`))
      .map(({ scope }) => scope.slice(type.length + 1));
  return { films: of("vod"), live: of("live"), plans: of("plan") };
}
