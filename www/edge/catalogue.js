// @ts-check
import { Accounts } from "./catalogue/accounts.js";
import { Catalogue } from "./catalogue/catalogue.js";
import { DecisionAudit } from "./catalogue/decision-audit.js";
import {
  deleteAccount,
  getAccount,
  getAccounts,
  getChanges,
  postPlay,
  postRevoke,
  putAccount,
} from "./catalogue/routes/accounts.js";
import {
  getDecisions,
  getDecisionsCheck,
  postDecisions,
} from "./catalogue/routes/decision-audit.js";
import { deleteGrant, getGrant, getGrants, postGrant } from "./catalogue/routes/grants.js";
import {
  deleteDenial,
  getDenied,
  getDenyList,
  getKeyset,
  postDenial,
} from "./catalogue/routes/keyset.js";
import {
  deletePlan,
  getPlan,
  getPlans,
  getPolicy,
  putPlan,
  putPolicy,
} from "./catalogue/routes/plans.js";
import { getPublication, getVersions, postPublish } from "./catalogue/routes/publication.js";
import {
  deleteTitle,
  getTitle,
  getTitles,
  postImport,
  postState,
  putTitle,
} from "./catalogue/routes/titles.js";
import { getRights, postToken } from "./catalogue/routes/tokens.js";
import { operators } from "./central/guard.js";
import { answerBy } from "./routes.js";

export { Accounts, Catalogue, DecisionAudit };

/**
 * @typedef {object} CatalogueEnv
 * @property {string} TENANT in the name of every object
 * @property {DurableObjectNamespace<Catalogue>} CATALOGUE
 * @property {DurableObjectNamespace<Accounts>} ACCOUNTS
 * @property {DurableObjectNamespace<DecisionAudit>} DECISION_AUDIT
 * @property {DurableObjectNamespace<import("./coupons/directory.js").CouponDirectory>} COUPON_DIRECTORY
 * @property {DurableObjectNamespace<import("./coupons/codes.js").CouponCodes>} COUPON_CODES
 * @property {DurableObjectNamespace<import("./coupons/group.js").CouponGroup>} COUPON_GROUP
 * @property {string | null} [CATALOGUE_SIGNING_KEY] `kid:base64url` of a seed: signs catalogue, keyset and deny list
 * @property {string | null} [ENTITLEMENT_SIGNING_KEYS] `kid:base64url[,...]` of seeds, `kid:ES256:base64url` of keys in PKCS #8: the first signs session tokens
 * @property {string | null} [TENANT_KEY] under which the audits name viewers; unset, each makes its own
 * @property {string | null} [OPERATOR_KEY] of an operator's own programs; unset, nothing is shown
 */

/** @typedef {import("./routes.js").Route<CatalogueEnv>} Route */

/** @type {import("./routes.js").Routes<CatalogueEnv>} */
const ROUTES = [
  { path: /^\/v1\/catalogue\/titles$/, routes: { GET: getTitles } },
  {
    path: /^\/v1\/catalogue\/titles\/([^/]*)$/,
    routes: { GET: getTitle, PUT: putTitle, DELETE: deleteTitle },
  },
  { path: /^\/v1\/catalogue\/titles\/([^/]*)\/state$/, routes: { POST: postState } },
  { path: /^\/v1\/catalogue\/import$/, routes: { POST: postImport } },
  { path: /^\/v1\/catalogue\/policy$/, routes: { GET: getPolicy, PUT: putPolicy } },
  { path: /^\/v1\/catalogue\/publish$/, routes: { POST: postPublish } },
  { path: /^\/v1\/catalogue\/versions$/, routes: { GET: getVersions } },
  { path: /^\/v1\/catalogue\/publication$/, routes: { GET: getPublication } },
  { path: /^\/v1\/plans$/, routes: { GET: getPlans } },
  { path: /^\/v1\/plans\/([^/]*)$/, routes: { GET: getPlan, PUT: putPlan, DELETE: deletePlan } },
  { path: /^\/v1\/accounts$/, routes: { GET: getAccounts } },
  {
    path: /^\/v1\/accounts\/([^/]*)$/,
    routes: { GET: getAccount, PUT: putAccount, DELETE: deleteAccount },
  },
  { path: /^\/v1\/accounts\/([^/]*)\/changes$/, routes: { GET: getChanges } },
  { path: /^\/v1\/accounts\/([^/]*)\/grants$/, routes: { GET: getGrants, POST: postGrant } },
  {
    path: /^\/v1\/accounts\/([^/]*)\/grants\/([^/]*)$/,
    routes: { GET: getGrant, DELETE: deleteGrant },
  },
  { path: /^\/v1\/accounts\/([^/]*)\/play$/, routes: { POST: postPlay } },
  { path: /^\/v1\/accounts\/([^/]*)\/revoke$/, routes: { POST: postRevoke } },
  { path: /^\/v1\/accounts\/([^/]*)\/rights$/, routes: { GET: getRights } },
  { path: /^\/v1\/accounts\/([^/]*)\/tokens$/, routes: { POST: postToken } },
  { path: /^\/v1\/decision-audit$/, routes: { GET: getDecisions, POST: postDecisions } },
  { path: /^\/v1\/decision-audit\/check$/, routes: { GET: getDecisionsCheck } },
  { path: /^\/v1\/keyset$/, routes: { GET: getKeyset } },
  { path: /^\/v1\/deny-list$/, routes: { GET: getDenyList, POST: postDenial } },
  { path: /^\/v1\/deny-list\/entries$/, routes: { GET: getDenied } },
  { path: /^\/v1\/deny-list\/entries\/([^/]*)$/, routes: { DELETE: deleteDenial } },
].map(({ path, routes }) => ({
  path,
  // Every route is the operator's.
  routes: Object.fromEntries(
    Object.entries(routes).map(([method, answer]) => [method, operators(answer)]),
  ),
}));

export default /** @satisfies {ExportedHandler<CatalogueEnv>} */ ({
  fetch: (request, env) => answerBy(ROUTES, request, env, "the catalogue"),
});
