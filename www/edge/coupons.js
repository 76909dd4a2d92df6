// @ts-check
import { CouponCodes } from "./coupons/codes.js";
import { CouponDirectory } from "./coupons/directory.js";
import { CouponFilter } from "./coupons/filter.js";
import { CouponGroup } from "./coupons/group.js";
import { getCode, getCodes, getCodesFile, postRevoke } from "./coupons/routes/codes.js";
import {
  getCoupon,
  getCoupons,
  patchCoupon,
  postCodes,
  postCoupon,
} from "./coupons/routes/coupons.js";
import { getFigures } from "./coupons/routes/figures.js";
import { getFilter, getKnowledge } from "./coupons/routes/knowledge.js";
import { postOffer } from "./coupons/routes/offers.js";
import { postReasonText } from "./coupons/routes/reason-text.js";
import { getGroup, getGroups, postGroup } from "./coupons/routes/groups.js";
import { deleteJob, getJob, getJobs, getReport, postImport } from "./coupons/routes/jobs.js";
import { operators } from "./central/guard.js";
import { answerBy } from "./routes.js";

export { CouponCodes, CouponDirectory, CouponFilter, CouponGroup };

/**
 * @typedef {object} CouponsEnv
 * @property {string} TENANT in the name of every object
 * @property {DurableObjectNamespace<CouponDirectory>} COUPON_DIRECTORY
 * @property {DurableObjectNamespace<CouponCodes>} COUPON_CODES
 * @property {DurableObjectNamespace<CouponGroup>} COUPON_GROUP
 * @property {DurableObjectNamespace<CouponFilter>} COUPON_FILTER
 * @property {string | null} [COUPON_SIGNING_KEY] `kid:base64url` of a seed: signs knowledge and offers
 * @property {string | null} [COUPON_KEYS] `slot:base64url[,slot:base64url...]`: the first makes tagged codes
 * @property {string | null} [OPERATOR_KEY] of an operator's own programs; unset, nothing is shown
 */

/** @typedef {import("./routes.js").Route<CouponsEnv>} Route */

/** @type {import("./routes.js").Routes<CouponsEnv>} */
const ROUTES = [
  { path: /^\/v1\/coupon-groups$/, routes: { GET: getGroups, POST: postGroup } },
  { path: /^\/v1\/coupon-groups\/([^/]*)$/, routes: { GET: getGroup } },
  {
    path: /^\/v1\/coupon-groups\/([^/]*)\/coupons$/,
    routes: { GET: getCoupons, POST: postCoupon },
  },
  { path: /^\/v1\/coupon-groups\/([^/]*)\/codes$/, routes: { GET: getCodes } },
  { path: /^\/v1\/coupon-groups\/([^/]*)\/codes\.csv$/, routes: { GET: getCodesFile } },
  { path: /^\/v1\/coupon-groups\/([^/]*)\/import$/, routes: { POST: postImport } },
  { path: /^\/v1\/coupon-jobs$/, routes: { GET: getJobs } },
  { path: /^\/v1\/coupon-jobs\/([^/]*)$/, routes: { GET: getJob, DELETE: deleteJob } },
  { path: /^\/v1\/coupon-jobs\/([^/]*)\/report\.csv$/, routes: { GET: getReport } },
  { path: /^\/v1\/coupons\/([^/]*)$/, routes: { GET: getCoupon, PATCH: patchCoupon } },
  { path: /^\/v1\/coupons\/([^/]*)\/codes$/, routes: { POST: postCodes } },
  { path: /^\/v1\/coupon-codes\/([^/]*)$/, routes: { GET: getCode } },
  { path: /^\/v1\/coupon-codes\/([^/]*)\/revoke$/, routes: { POST: postRevoke } },
  { path: /^\/v1\/coupon-figures$/, routes: { GET: getFigures } },
  { path: /^\/v1\/coupon-knowledge$/, routes: { GET: getKnowledge } },
  { path: /^\/v1\/coupon-filter$/, routes: { GET: getFilter } },
  { path: /^\/v1\/coupon-offers$/, routes: { POST: postOffer } },
  { path: /^\/v1\/coupon-reason-text$/, routes: { POST: postReasonText } },
].map(({ path, routes }) => ({
  path,
  // Every route is the operator's.
  routes: Object.fromEntries(
    Object.entries(routes).map(([method, answer]) => [method, operators(answer)]),
  ),
}));

export default /** @satisfies {ExportedHandler<CouponsEnv>} */ ({
  fetch: (request, env) => answerBy(ROUTES, request, env, "a coupon object"),
});
