// @ts-check
import { Trapped } from "./module.js";
import { INTERNAL, Refused, UNAVAILABLE, refusalOf, refusalResponse } from "./refusal.js";

/**
 * The answer to a request that failed: the refusal that was thrown, or `internal` without details. A
 * trap was told of where it happened.
 * @param {unknown} error
 * @param {string} what could not be done, for the log
 * @param {Record<string, string>} headers
 */
export function failureResponse(error, what, headers) {
  const refusal = refusalOf(error);
  if (refusal !== null) return refusalResponse(refusal, { ...headers, ...retryAfter(error) });
  if (!(error instanceof Trapped)) console.error(`${what}:`, error);
  return refusalResponse(INTERNAL, headers);
}

/**
 * The same where objects are called: what is neither a refusal nor a trap is one that could not be reached, and
 * the request may be sent again.
 * @param {unknown} error
 * @param {string} what could not be done, for the log
 * @param {Record<string, string>} [headers]
 */
export function awayResponse(error, what, headers = {}) {
  if (refusalOf(error) !== null || error instanceof Trapped) {
    return failureResponse(error, what, headers);
  }
  console.error(`${what}:`, error);
  return refusalResponse(UNAVAILABLE, headers);
}

/**
 * @param {unknown} error
 * @returns {Record<string, string>}
 */
function retryAfter(error) {
  const seconds = error instanceof Refused ? error.retryAfterSeconds : undefined;
  return seconds === undefined ? {} : { "retry-after": String(seconds) };
}
