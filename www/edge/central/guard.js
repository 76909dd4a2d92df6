// @ts-check
import { checkOperatorKey, checkSenderKey } from "usher/office";
import { callModule } from "../office-module.js";

/** @typedef {{ OPERATOR_KEY?: string | null, BATCH_KEY?: string | null }} Keys */

/**
 * Throws a refusal unless the request shows the operator's key.
 * @param {Request} request
 * @param {Keys} keys
 */
export function demandOperator(request, { OPERATOR_KEY }) {
  callModule(() => checkOperatorKey(request.headers.get("authorization"), OPERATOR_KEY));
}

/**
 * A route of the operator's.
 * @template {Keys} Env
 * @param {import("../routes.js").Route<Env>} answer
 * @returns {import("../routes.js").Route<Env>}
 */
export function operators(answer) {
  return (request, env, name, query, inner) => {
    demandOperator(request, env);
    return answer(request, env, name, query, inner);
  };
}

/**
 * Throws a refusal unless a sender of batches shows its key.
 * @param {Request} request
 * @param {Keys} keys
 */
export function demandSender(request, { BATCH_KEY, OPERATOR_KEY }) {
  const authorization = request.headers.get("authorization");
  callModule(() => checkSenderKey(authorization, BATCH_KEY, OPERATOR_KEY));
}
