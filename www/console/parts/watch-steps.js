// @ts-check
// Every rule of a decision, in its order, with how it came out.
import { element, make } from "./element.js";
import { language, say } from "./texts.js";

/** @typedef {Awaited<ReturnType<import("usher/entitlement").Entitlement["explain"]>>["steps"]} Steps */

/**
 * @param {Steps} steps
 * @param {typeof import("usher/entitlement")} sentences
 */
export function showSteps(steps, { ruleText }) {
  const rows = steps.map(({ rule, outcome, parameters }) => {
    const row = make("li");
    row.dataset.kind = outcome;
    row.append(
      make("b", "", say(`watch.step.${outcome}`)),
      make("span", "", ruleText(rule, parameters, language())),
      make("small", "", rule),
    );
    return row;
  });
  element("watch-steps", HTMLElement).replaceChildren(...rows);
}
