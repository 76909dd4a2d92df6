// @ts-check
// The plans and bundles, a form for a new one, and the policy that holds for all.
import { call } from "./api.js";
import { expecting, planPath } from "./catalogue-api.js";
import { throwTaken } from "./conflict.js";
import { link } from "./coupon-links.js";
import { amount, named } from "./coupon-words.js";
import { element } from "./element.js";
import { formSubmit } from "./form-submit.js";
import { planDraft, planForm } from "./plan-form.js";
import { PolicyForm } from "./policy-form.js";
import { height, planLink } from "./rights-words.js";
import { RowTable } from "./row-table.js";
import { say } from "./texts.js";

/** @typedef {import("./catalogue-api.js").Plan} Plan */

export class PlanList {
  #table;
  #policy = new PolicyForm();

  constructor() {
    this.#table = new RowTable(element("plans", HTMLElement), {
      caption: "plans.title",
      empty: "plans.empty",
      columns: columns(),
      load: (_, signal) => call("/v1/plans", { signal }),
    });
    const form = element("plan-new-form", HTMLFormElement);
    planForm(form, { isNew: true });
    formSubmit(form, "plans.create", async (values) => {
      const id = String(values.get("id")).trim();
      await call(planPath(id), {
        method: "PUT",
        body: { id, ...planDraft(values) },
        headers: expecting(null),
      }).catch((reason) => throwTaken(reason, "id"));
      form.reset();
      element("plan-new", HTMLDetailsElement).open = false;
      void this.#table.refresh();
    });
  }

  show() {
    void this.#table.refresh();
    this.#policy.show();
  }

  hide() {}
}

/** @returns {import("./row-table.js").Column<Plan>[]} */
function columns() {
  const number = true;
  return [
    {
      label: "plans.plan",
      shown: ({ id }) => link(planLink(id), id),
      small: ({ includes = [] }) => (includes.length > 0 ? say("plans.bundle") : ""),
    },
    {
      label: "plan.covers",
      shown: ({ packs }) => packs.join(", ") || "–",
      small: ({ includes = [] }) =>
        includes.length > 0 ? say("plans.with", { plans: includes.join(", ") }) : "",
    },
    { label: "title.max_height", shown: (plan) => height(plan.max_height), number },
    { label: "plan.ads.short", shown: ({ ads }) => say(ads ? "yes" : "no") },
    { label: "plan.streams", shown: ({ streams }) => amount(streams), number },
    { label: "plan.devices", shown: ({ devices }) => amount(devices), number },
    {
      label: "plan.device_classes",
      shown: ({ device_classes }) =>
        device_classes.map((each) => named("device_class", each)).join(", "),
    },
  ];
}
