// @ts-check
import { checkOperatorKey, checkSenderKey } from "usher/office";
import { callModule } from "../office-module.js";

/** @typedef {Pick<import("../central.js").CentralEnv, "OPERATOR_KEY" | "BATCH_KEY">} Keys */

/**
 * Throws a refusal unless the request shows the operator's key.
 * @param {Request} request
 * @param {Keys} keys
 */
export function demandOperator(request, { OPERATOR_KEY }) {
  callModule(() => checkOperatorKey(request.headers.get("authorization"), OPERATOR_KEY));
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
