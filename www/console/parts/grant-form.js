// @ts-check
// The form of a grant: what a viewer gets, and from when to when. Days are those of a zone.
import { call } from "./api.js";
import { here } from "./account-form.js";
import { grantsPath } from "./catalogue-api.js";
import { controlsIn, fieldElement, showFitting } from "./field.js";
import { formSubmit } from "./form-submit.js";
import { reader, whole } from "./typed.js";
import { dayEnd, dayStart, localOf } from "./zoned-time.js";

const HOUR_S = 3600;
const PLAIN = { spellcheck: "false", autocapitalize: "none" };

/** @type {import("./field.js").Field[]} */
const FIELDS = [
  {
    name: "kind",
    kind: "radio",
    label: "grant.kind",
    options: ["plan", "trial", "purchase", "rental", "coupon"],
    words: "grant.kind",
  },
  {
    name: "plan",
    kind: "text",
    label: "plans.plan",
    suggestions: [],
    when: ["kind", "plan", "trial"],
    attributes: PLAIN,
  },
  {
    name: "title",
    kind: "text",
    label: "try.what",
    suggestions: [],
    when: ["kind", "purchase", "rental"],
    attributes: PLAIN,
  },
  {
    name: "redemption",
    kind: "text",
    label: "grant.redemption",
    hint: "grant.redemption.hint",
    when: ["kind", "coupon"],
    attributes: PLAIN,
  },
  {
    name: "group",
    kind: "text",
    label: "grant.group",
    when: ["kind", "coupon"],
    attributes: PLAIN,
  },
  {
    name: "from",
    kind: "date",
    label: "form.window.starts_on",
    when: ["kind", "plan", "trial", "purchase", "rental"],
  },
  {
    name: "to",
    kind: "date",
    label: "form.window.ends_on",
    hint: "grant.to.hint",
    when: ["kind", "plan", "trial", "purchase", "rental"],
  },
  {
    name: "zone",
    kind: "zone",
    label: "form.zone",
    when: ["kind", "plan", "trial", "purchase", "rental"],
  },
  {
    name: "play_window_s",
    kind: "number",
    label: "grant.play_window",
    hint: "grant.play_window.hint",
    value: "48",
    when: ["kind", "rental"],
    attributes: { inputmode: "numeric", min: "1", step: "1" },
  },
];

/**
 * @param {HTMLFormElement} form is filled
 * @param {() => string} viewer who gets it
 * @param {() => void} onMade
 */
export function grantForm(form, viewer, onMade) {
  form.append(...FIELDS.map(fieldElement));
  const fit = () => showFitting(form, FIELDS);
  const begin = () => {
    const from = controlsIn(form).find(({ name }) => name === "from");
    if (from) from.value = localOf(Math.floor(Date.now() / 1000), here()).slice(0, 10);
    fit();
  };
  form.addEventListener("change", fit);
  form.addEventListener("reset", () => queueMicrotask(begin));
  begin();
  formSubmit(form, "grants.create", async (values) => {
    await call(grantsPath(viewer()), { method: "POST", body: grantDraft(values) });
    form.reset();
    onMade();
  });
}

/** @param {FormData} form */
function grantDraft(form) {
  const text = reader(form);
  const kind = text("kind");
  if (kind === "coupon") return { redemption: text("redemption"), group: text("group") };
  const zone = text("zone");
  const days = {
    from: dayStart(text("from"), zone) ?? text("from"),
    to: text("to") === "" ? null : (dayEnd(text("to"), zone) ?? text("to")),
  };
  if (kind === "plan" || kind === "trial") return { kind, plan: text("plan"), ...days };
  if (kind === "purchase") return { kind, title: text("title"), ...days };
  const hours = whole(text("play_window_s"));
  const play_window_s = typeof hours === "number" ? hours * HOUR_S : hours;
  return { kind, title: text("title"), ...days, play_window_s };
}
