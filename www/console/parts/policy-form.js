// @ts-check
// What holds for all plans: days of grace, least limits, and how long a decision holds.
import { call } from "./api.js";
import { hideConflict } from "./conflict.js";
import { element, write } from "./element.js";
import { fieldElement, fillForm } from "./field.js";
import { formSubmit } from "./form-submit.js";
import { saveRevised } from "./revised-record.js";
import { troubleText } from "./row-table.js";
import { reader, whole } from "./typed.js";

/** @typedef {import("./catalogue-api.js").Policy} Policy */

const PATH = "/v1/catalogue/policy";
const WHOLE = { inputmode: "numeric", min: "0", step: "1" };

/** @type {import("./field.js").Field[]} */
const FIELDS = [
  {
    name: "version",
    kind: "text",
    label: "policy.version",
    hint: "policy.version.hint",
    attributes: { spellcheck: "false", maxlength: "200" },
  },
  {
    name: "past_due_grace_days",
    kind: "number",
    label: "policy.grace",
    hint: "policy.grace.hint",
    attributes: WHOLE,
  },
  {
    name: "fallback_streams",
    kind: "number",
    label: "policy.streams",
    hint: "policy.least.hint",
    attributes: WHOLE,
  },
  {
    name: "fallback_devices",
    kind: "number",
    label: "policy.devices",
    hint: "policy.least.hint",
    attributes: WHOLE,
  },
  {
    name: "decision_ttl_s",
    kind: "number",
    label: "policy.ttl",
    hint: "policy.ttl.hint",
    attributes: WHOLE,
  },
];

export class PolicyForm {
  #form = element("policy-form", HTMLFormElement);
  #done = element("policy-done", HTMLElement);
  #conflict = element("policy-conflict", HTMLElement);
  /** @type {Policy | null} */
  #policy = null;

  constructor() {
    this.#form.append(...FIELDS.map(fieldElement));
    formSubmit(this.#form, "policy.save", (values) => this.#save(values));
  }

  show() {
    delete this.#done.dataset.text;
    write(this.#done, "");
    hideConflict(this.#conflict);
    void this.#load();
  }

  async #load() {
    try {
      this.#take(await call(PATH));
    } catch (reason) {
      write(this.#done, troubleText(reason));
    }
  }

  /** @param {Policy} policy */
  #take(policy) {
    this.#policy = policy;
    fillForm(
      this.#form,
      Object.fromEntries(
        FIELDS.map(({ name }) => [name, String(policy[/** @type {keyof Policy} */ (name)] ?? "")]),
      ),
    );
  }

  /** @param {FormData} values */
  async #save(values) {
    const text = reader(values);
    const body = Object.fromEntries(
      FIELDS.filter(({ name }) => name !== "version" || text(name) !== "").map(({ name, kind }) => [
        name,
        kind === "number" ? whole(text(name)) : text(name),
      ]),
    );
    await saveRevised({
      path: PATH,
      body,
      revision: this.#policy?.revision,
      conflict: this.#conflict,
      done: this.#done,
      saved: "policy.saved",
      fields: FIELDS,
      keep: (/** @type {Policy} */ saved) => {
        this.#policy = { ...body, ...saved };
      },
      show: (/** @type {Policy} */ theirs) => this.#take(theirs),
      again: () => this.#form.requestSubmit(),
    });
    // Saved, and what the server has made of it is shown.
    if (this.#conflict.hidden && this.#policy !== null) this.#take(this.#policy);
  }
}
