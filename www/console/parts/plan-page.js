// @ts-check
// One plan: what it covers and what it allows.
import { call } from "./api.js";
import { expecting, planPath } from "./catalogue-api.js";
import { confirmed } from "./confirmation.js";
import { hideConflict } from "./conflict.js";
import { element, write } from "./element.js";
import { formSubmit } from "./form-submit.js";
import { fillPlan, PLAN_FIELDS, planDraft, planForm } from "./plan-form.js";
import { showMissing } from "./missing.js";
import { saveRevised } from "./revised-record.js";
import { troubleText } from "./row-table.js";
import { onLanguage, say } from "./texts.js";

/** @typedef {import("./catalogue-api.js").Plan} Plan */

export class PlanPage {
  #id = "";
  /** @type {Plan | null} */
  #plan = null;
  /** @type {unknown} */
  #trouble = null;
  #turn = 0;
  #form = element("plan-form", HTMLFormElement);
  #conflict = element("plan-conflict", HTMLElement);
  #done = element("plan-done", HTMLElement);

  constructor() {
    planForm(this.#form, { isNew: false });
    formSubmit(this.#form, "plan.save", (values) => this.#save(values));
    element("plan-delete", HTMLButtonElement).addEventListener("click", () => void this.#delete());
    onLanguage(() => this.#draw());
  }

  /** @param {string} id */
  show(id) {
    if (id !== this.#id) this.#plan = null;
    this.#id = id;
    delete this.#done.dataset.text;
    write(this.#done, "");
    hideConflict(this.#conflict);
    this.#draw();
    void this.#load();
  }

  hide() {
    this.#turn += 1;
  }

  async #load() {
    const turn = (this.#turn += 1);
    this.#trouble = null;
    try {
      const plan = await call(planPath(this.#id));
      if (turn !== this.#turn) return;
      this.#plan = plan;
      fillPlan(this.#form, plan);
    } catch (reason) {
      if (turn !== this.#turn) return;
      this.#trouble = reason;
    }
    this.#draw();
  }

  /** @param {FormData} values */
  async #save(values) {
    const plan = this.#plan;
    if (plan === null) return;
    await saveRevised({
      path: planPath(plan.id),
      body: { id: plan.id, ...planDraft(values) },
      revision: plan.revision,
      conflict: this.#conflict,
      done: this.#done,
      saved: "change.saved",
      fields: PLAN_FIELDS,
      keep: (/** @type {Plan} */ saved) => {
        this.#plan = saved;
        this.#draw();
      },
      show: (/** @type {Plan} */ theirs) => {
        this.#plan = theirs;
        fillPlan(this.#form, theirs);
        this.#draw();
      },
      again: () => this.#form.requestSubmit(),
    });
  }

  async #delete() {
    const plan = this.#plan;
    if (plan === null) return;
    const words = /** @type {const} */ ({
      title: "plan.delete.title",
      text: "plan.delete.text",
      yes: "title.delete.yes",
    });
    if (!(await confirmed(words, { name: plan.id }))) return;
    try {
      await call(planPath(plan.id), { method: "DELETE", headers: expecting(plan.revision) });
      location.hash = "#/plans";
    } catch (reason) {
      delete this.#done.dataset.text;
      write(this.#done, troubleText(reason));
    }
  }

  #draw() {
    const plan = this.#plan;
    showMissing(element("plan-missing", HTMLElement), this.#trouble, () => void this.#load());
    for (const id of ["plan-form", "plan-delete"]) {
      element(id, HTMLElement).hidden = plan === null;
    }
    const isBundle = (plan?.includes?.length ?? 0) > 0;
    write(
      element("plan-heading", HTMLElement),
      isBundle ? say("plan.bundle", { id: this.#id }) : this.#id,
    );
  }
}
