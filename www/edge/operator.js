// @ts-check
import { checkOperator } from "usher/edge";
import { callModule } from "./edge-module.js";
import { Refused } from "./refusal.js";

/** Bytes of a name; the module keeps the same limit. */
const NAME_BYTES_MAX = 200;

/**
 * Throws a refusal unless the request shows the operator's key.
 * @param {Request} request
 * @param {import("./edge.js").EdgeEnv} env
 */
export function demandOperator(request, env) {
  callModule(() => checkOperator(request.headers.get("authorization"), env.OPERATOR_KEY));
}

/**
 * Who an operator's program acts for, if it says so.
 * @param {Request} request
 */
export function actorOf(request) {
  return nameIn(request.headers.get("usher-actor") ?? "operator", "Usher-Actor");
}

/**
 * @param {unknown} value
 * @param {string} field
 * @returns {string}
 */
export function nameIn(value, field) {
  const isName =
    typeof value === "string" &&
    value !== "" &&
    new TextEncoder().encode(value).length <= NAME_BYTES_MAX &&
    !/[\x00-\x1f\x7f]/.test(value);
  if (isName) return value;
  const message = `expected 1 to ${NAME_BYTES_MAX} bytes without control characters`;
  throw new Refused("invalid_value", message, field);
}
