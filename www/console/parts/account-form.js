// @ts-check
// The form of an account: its state, since when, and what its viewer is old enough for.
import { ACCOUNT_STATES } from "./catalogue-api.js";
import { fieldElement, fillForm, showFitting } from "./field.js";
import { optionalWhole, reader } from "./typed.js";
import { instantOf, localOf } from "./zoned-time.js";

/** @typedef {import("./catalogue-api.js").Account} Account */

/** @type {import("./field.js").Field[]} */
export const ACCOUNT_FIELDS = [
  {
    name: "status",
    kind: "select",
    label: "account.status",
    options: ACCOUNT_STATES,
    words: "account.status",
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
    suggestions: ["0", "7", "12", "16", "18"],
    attributes: { inputmode: "numeric", min: "0", step: "1" },
  },
];

/**
 * @param {HTMLFormElement} form is filled
 * @param {{ isNew: boolean }} kind a new account is given its viewer
 */
export function accountForm(form, { isNew }) {
  if (isNew) {
    form.append(
      fieldElement({
        name: "viewer",
        kind: "text",
        label: "viewers.viewer",
        hint: "viewers.viewer.hint",
        attributes: { maxlength: "200", spellcheck: "false", autocapitalize: "none" },
      }),
    );
  }
  form.append(...ACCOUNT_FIELDS.map(fieldElement));
  const fit = () => showFitting(form, ACCOUNT_FIELDS);
  form.addEventListener("change", fit);
  form.addEventListener("reset", () => queueMicrotask(fit));
  fit();
}

/**
 * @param {HTMLFormElement} form
 * @param {Account} account
 */
export function fillAccount(form, { status, since, max_rating }) {
  fillForm(form, {
    status,
    since: since ? localOf(since, here()) : "",
    max_rating: String(max_rating ?? ""),
  });
  showFitting(form, ACCOUNT_FIELDS);
}

/**
 * What stands in the form, as the server takes it.
 * @param {FormData} form
 */
export function accountDraft(form) {
  const text = reader(form);
  const since = text("since");
  return {
    status: text("status"),
    ...(since ? { since: instantOf(since, here()) ?? since } : {}),
    max_rating: optionalWhole(text("max_rating")) ?? null,
  };
}

/** The zone of this browser. */
export function here() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
