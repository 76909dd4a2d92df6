// @ts-check

/**
 * What a caller is told: the same three fields everywhere, from the module or from these workers.
 * @typedef {{ code: string, message: string, field: string | null }} Refusal
 */

/** Statuses by code; a code that is not here is a mistake in the request. */
const STATUS = /** @type {Record<string, number>} */ ({
  account_changed: 409,
  account_unknown: 404,
  asset_state: 409,
  batch_ahead: 503,
  batch_changed: 409,
  batch_key_invalid: 401,
  batch_key_missing: 401,
  body_too_large: 413,
  code_taken: 409,
  code_unknown: 404,
  coupon_refused: 409,
  coupon_unknown: 404,
  deny_list_full: 409,
  // What came is not what was sent: the same request may go well the next time.
  device_limit: 409,
  device_unknown: 404,
  digest_mismatch: 408,
  encoding_unsupported: 415,
  entry_unknown: 404,
  grant_taken: 409,
  grant_unknown: 404,
  group_unknown: 404,
  idempotency_conflict: 409,
  internal: 500,
  job_state: 409,
  job_unknown: 404,
  method_not_allowed: 405,
  not_configured: 503,
  not_entitled: 403,
  not_found: 404,
  operator_key_invalid: 401,
  operator_key_missing: 401,
  plan_changed: 409,
  plan_in_use: 409,
  plan_unknown: 404,
  playlist_too_large: 502,
  policy_changed: 409,
  redemption_state: 409,
  redemption_unknown: 404,
  stream_limit: 409,
  stream_unknown: 404,
  title_changed: 409,
  title_unknown: 404,
  token_expired: 401,
  token_invalid: 401,
  token_missing: 401,
  token_revoked: 401,
  token_scope: 403,
  too_many_grants: 409,
  too_many_requests: 429,
  unavailable: 503,
  version_unknown: 404,
  view_of_another_viewer: 403,
  view_unknown: 404,
  viewer_full: 403,
});

/** Seconds after which a caller may ask again when the fault is on this side. */
const RETRY_AFTER_SECONDS = 1;

/** An answer other than 2xx, thrown where it is found and turned into a response in one place. */
export class Refused extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {string | null} [field]
   * @param {number} [retryAfterSeconds]
   */
  constructor(code, message, field = null, retryAfterSeconds) {
    super(message);
    this.name = "Refused";
    this.code = code;
    this.field = field;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The module gave up in the middle of a call; it was started again. */
export const INTERNAL = /** @type {Refusal} */ ({
  code: "internal",
  message: "the request could not be processed",
  field: null,
});

/** An object that holds state could not be reached or could not commit. */
export const UNAVAILABLE = /** @type {Refusal} */ ({
  code: "unavailable",
  message: "the store cannot be reached, try again",
  field: null,
});

/**
 * The refusal in an error, or null when the error is anything else.
 * @param {unknown} error
 * @returns {Refusal | null}
 */
export function refusalOf(error) {
  if (typeof error !== "object" || error === null) return null;
  const { code, message, field = null } = /** @type {Partial<Refusal>} */ (error);
  if (typeof code !== "string" || typeof message !== "string") return null;
  return { code, message, field };
}

/** Of every answer in JSON. Given at once: each header that is set later is a call into the host. */
export const JSON_HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

/**
 * @param {Refusal} refusal
 * @param {Record<string, string>} [headers]
 */
export function refusalResponse(refusal, headers) {
  const response = json(refusal, headers, STATUS[refusal.code] ?? 400);
  if (response.status >= 500) response.headers.set("retry-after", String(RETRY_AFTER_SECONDS));
  return response;
}

/**
 * @param {unknown} value
 * @param {Record<string, string>} [headers]
 * @param {number} [status]
 */
export function json(value, headers, status = 200) {
  return Response.json(value, { status, headers: { ...headers, ...JSON_HEADERS } });
}

/**
 * @param {string} allow
 * @param {Record<string, string>} [headers]
 */
export function methodNotAllowed(allow, headers) {
  const refusal = {
    code: "method_not_allowed",
    message: `this path answers ${allow}`,
    field: null,
  };
  const response = refusalResponse(refusal, headers);
  response.headers.set("allow", allow);
  return response;
}
