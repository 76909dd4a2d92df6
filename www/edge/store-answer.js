// @ts-check
import { Trapped } from "./module.js";
import { INTERNAL, Refused, refusalOf } from "./refusal.js";

/** @typedef {{ refusal: import("./refusal.js").Refusal }} StoreRefusal what an object answers instead */

/**
 * The refusal in what an object's method threw; anything else goes on.
 * @param {unknown} error
 * @returns {StoreRefusal}
 */
export function refusedBy(error) {
  if (error instanceof Trapped) return { refusal: INTERNAL };
  const refusal = refusalOf(error);
  if (refusal === null) throw error;
  return { refusal };
}

/**
 * What an object answered, or its refusal thrown.
 * @template T
 * @param {T} answer
 * @returns {Exclude<T, StoreRefusal>}
 */
export function taken(answer) {
  if (typeof answer === "object" && answer !== null && "refusal" in answer) {
    const { code, message, field } = /** @type {StoreRefusal} */ (answer).refusal;
    throw new Refused(code, message, field);
  }
  return /** @type {Exclude<T, StoreRefusal>} */ (answer);
}
