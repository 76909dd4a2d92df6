// @ts-check
// What the coupons of the operator answer, and under which paths.

/**
 * @typedef {object} Group
 * @property {string} id
 * @property {string} name
 * @property {string} purpose
 * @property {number} created_ms
 * @property {number} coupons
 * @property {number} codes
 * @property {number} used
 * @property {number} held
 *
 * @typedef {object} CouponWindow
 * @property {number | null} [starts_ms]
 * @property {number | null} [ends_ms]
 * @property {string | null} [starts_on]
 * @property {string | null} [ends_on]
 * @property {string | null} [tz]
 *
 * @typedef {{ kind: "percent", percent: string }
 *   | { kind: "fixed", amount_minor: number, currency: string }
 *   | { kind: "trial_days", days: number, days_mode: "calendar" | "elapsed" }
 *   | { kind: "trial_until", until_ms: number, until_on?: string | null, tz?: string | null }} Benefit
 *
 * @typedef {object} Limits
 * @property {number | null} [max_redemptions]
 * @property {number | null} [per_customer]
 * @property {number | null} [budget_minor]
 * @property {string | null} [budget_currency]
 * @property {boolean} first_purchase_only
 * @property {string[]} customer_ids
 * @property {string | null} [segment]
 * @property {string[] | null} [plans]
 * @property {number | null} [min_subtotal_minor]
 * @property {number | null} [min_quantity]
 * @property {string[]} countries
 *
 * @typedef {object} Coupon
 * @property {string} id
 * @property {string} group
 * @property {number} version
 * @property {string} detail
 * @property {boolean} active
 * @property {CouponWindow} window
 * @property {{ kind: "named", code: string } | { kind: "generated", tagged: boolean }} codes
 * @property {string[]} scopes
 * @property {Benefit} benefit
 * @property {{ kind: string, ids?: string[], max_units?: number | null }} target
 * @property {"replace" | "add" | "max"} combine
 * @property {{ exclusive_group?: string | null }} stacking
 * @property {{ kind: string, periods?: number }} duration
 * @property {Limits} limits
 * @property {boolean} release_on_cancel
 *
 * @typedef {{ coupon: Coupon, issued: number, created_ms: number }} ListedCoupon
 *
 * @typedef {object} Decision
 * @property {boolean} valid
 * @property {string | null} reason
 * @property {{ name: string, value: string }[]} parameters
 * @property {number} discount_minor
 * @property {number} subtotal_minor
 * @property {number} total_minor
 * @property {string | null} [currency]
 * @property {{ id: string, discount_minor: number }[]} lines
 * @property {number | null} [access_until_ms]
 *
 * @typedef {object} Redemption
 * @property {string} id
 * @property {string} group
 * @property {string} coupon
 * @property {string} code
 * @property {string} customer
 * @property {string | null} basket
 * @property {string | null} scope
 * @property {"held" | "confirmed" | "released" | "expired" | "reversed"} state
 * @property {Decision} decision
 * @property {number | null} held_until_ms
 * @property {number} reserved_ms
 * @property {number | null} settled_ms
 * @property {number | null} reversed_ms
 *
 * @typedef {object} Job
 * @property {string} id
 * @property {"generate" | "import"} kind
 * @property {string} coupon
 * @property {"running" | "done" | "failed" | "cancelled"} state
 * @property {number} done
 * @property {number} total
 * @property {number} duplicates
 * @property {number} errors
 * @property {string | null} message
 * @property {number} started_ms
 * @property {number | null} ended_ms
 *
 * @typedef {"unused" | "held" | "used" | "reversed" | "revoked"} CodeState
 * @typedef {{ code: string, coupon: string, group: string, state: CodeState, redemptions: Redemption[] }} Lookup
 */

export const groupPath = (/** @type {string} */ id) =>
  `/v1/coupon-groups/${encodeURIComponent(id)}`;
export const couponPath = (/** @type {string} */ id) => `/v1/coupons/${encodeURIComponent(id)}`;
export const codePath = (/** @type {string} */ code) =>
  `/v1/coupon-codes/${encodeURIComponent(code)}`;
export const jobPath = (/** @type {string} */ id) => `/v1/coupon-jobs/${encodeURIComponent(id)}`;
