// @ts-check
import { cmcd } from "./cmcd.js";
import { CORS } from "./cors.js";
import { couponCheck } from "./coupon-check.js";
import { CouponThrottle } from "./coupon-throttle.js";
import { awayResponse } from "./failure.js";
import { Media, MediaRequests, mediaRequests } from "./media-requests.js";
import { device, devices } from "./rights/devices.js";
import { heartbeat, stop, streams } from "./rights/streams.js";
import { demandOperator } from "./operator.js";
import { quarantine, release } from "./quarantine-routes.js";
import { redemption, redemptions, settle } from "./redemptions.js";
import { decisions } from "./rights/decisions.js";
import { gate } from "./rights/gate.js";
import { Rollup } from "./rollup.js";
import { json, methodNotAllowed, refusalResponse } from "./refusal.js";
import { sessions } from "./sessions.js";
import { ROLLUP_SHARDS } from "./shard.js";
import { Viewer } from "./viewer.js";
import { viewerErasure, viewers } from "./viewers.js";
import { views } from "./views.js";

export { CouponThrottle, Media, MediaRequests, Rollup, Viewer };

/**
 * @typedef {object} EdgeEnv
 * @property {string} TENANT in the name of every object
 * @property {DurableObjectNamespace<Viewer>} VIEWER
 * @property {DurableObjectNamespace<Rollup>} ROLLUP
 * @property {DurableObjectNamespace<MediaRequests>} MEDIA_REQUESTS
 * @property {DurableObjectNamespace<import("./coupons/directory.js").CouponDirectory>} COUPON_DIRECTORY
 * @property {DurableObjectNamespace<import("./coupons/codes.js").CouponCodes>} COUPON_CODES
 * @property {DurableObjectNamespace<import("./coupons/group.js").CouponGroup>} COUPON_GROUP
 * @property {DurableObjectNamespace<CouponThrottle>} COUPON_THROTTLE
 * @property {Fetcher} COUPONS where signed knowledge of coupons comes from
 * @property {string | null} [COUPON_PUBLIC_KEYS] `kid:base64url[,kid:base64url...]`, of the coupons worker's keys
 * @property {string | null} [COUPON_KEYS] `slot:base64url[,slot:base64url...]`, of tagged codes
 * @property {string | null} [KNOWLEDGE_SECONDS] after which knowledge of coupons is asked for again
 * @property {string | null} [COUPON_FAILURES_PER_HOUR] see coupon-throttle.js
 * @property {string | null} [COUPON_ADDRESS_FAILURES_PER_HOUR]
 * @property {Fetcher} CATALOGUE where the signed catalogue, keyset and deny list come from
 * @property {string | null} [CATALOGUE_PUBLIC_KEYS] `kid:base64url[,kid:base64url...]`
 * @property {string | null} [CAT_KEYS] `kid:base64url[,kid:base64url...]` of media tokens
 * @property {string | null} [RECEIPT_KEYS] the same, of the receipts of decisions
 * @property {string | null} [RIGHTS] how rights are enforced when something is away: JSON
 * @property {Fetcher} MEDIA_ORIGIN where the files of titles lie
 * @property {Fetcher} [CENTRAL] the central API as a service of the same process
 * @property {string | null} [CENTRAL_URL] the central API elsewhere; comes before CENTRAL
 * @property {string | null} [BATCH_KEY] of senders of batches, where the central API asks for one
 * @property {string | null} [SINKS] where batches go besides: JSON, see settings.js
 * @property {string | null} [WINDOW_SECONDS] how long a window is; 3600 when unset
 * @property {string | null} [WINDOW_GRACE_SECONDS] how long it waits after its end; 60 when unset
 * @property {string | null} [SESSION_KEYS] `kid:base64url[,kid:base64url...]`
 * @property {string | null} [UNSIGNED_VIEWS] `allowed` takes views without a token
 * @property {string | null} [OPERATOR_KEY] of an operator's own programs
 * @property {string | null} [TENANT_KEY] under which the names of viewers are sealed, see sealed-name.js
 * @property {string | null} [COUNTRY_HEADER]
 * @property {string | null} [VIEWER_REQUESTS_PER_SECOND] see throttle.js
 * @property {string | null} [ADDRESS_REQUESTS_PER_SECOND]
 * @property {string | null} [RETENTION_DAYS_STATES] see retention.js
 * @property {string | null} [RETENTION_DAYS_QUARANTINE]
 * @property {string | null} [RETENTION_DAYS_CLOCKS]
 * @property {string | null} [RETENTION_DAYS_TOMBSTONES]
 * @property {string | null} [RETENTION_DAYS_DEVICES]
 */

/** @typedef {(request: Request, env: EdgeEnv, name: string, ctx: ExecutionContext) => Response | Promise<Response>} Route */

/** @type {[RegExp, Route][]} what stands at which path */
const ROUTES = [
  // What is asked for the most often stands first.
  [/^(\/vod\/.*)$/, gate],
  [/^\/v1\/decisions$/, decisions],
  [/^\/v1\/views$/, views],
  [/^\/v1\/cmcd$/, cmcd],
  [/^\/v1\/sessions$/, sessions],
  [/^\/v1\/quarantine$/, quarantine],
  [/^\/v1\/quarantine\/release$/, release],
  [/^\/v1\/viewers\/([^/]*)$/, viewers],
  [/^\/v1\/viewers\/([^/]*)\/erasure$/, viewerErasure],
  [/^\/v1\/redemptions$/, redemptions],
  [/^\/v1\/redemptions\/([^/]*)$/, redemption],
  [/^\/v1\/redemptions\/([^/]*)\/confirm$/, settle("confirm")],
  [/^\/v1\/redemptions\/([^/]*)\/release$/, settle("release")],
  [/^\/v1\/redemptions\/([^/]*)\/reverse$/, settle("reverse")],
  [/^\/v1\/outbox$/, outbox],
  [/^\/v1\/cmcd\/requests$/, requests],
  [/^\/v1\/coupons\/check$/, couponCheck],
  [/^\/v1\/devices$/, devices],
  [/^\/v1\/devices\/([^/]*)$/, device],
  [/^\/v1\/streams$/, streams],
  [/^\/v1\/streams\/([^/]*)\/heartbeat$/, heartbeat],
  [/^\/v1\/streams\/([^/]*)\/stop$/, stop],
];

/** An address whose path needs no tidying up and has no query: reading it whole takes as long as the rest of this. */
const PLAIN_URL = /^https?:\/\/[^/?#\\]+((?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+)$/;

export default /** @satisfies {ExportedHandler<EdgeEnv>} */ ({
  async fetch(request, env, ctx) {
    const { url } = request;
    const pathname = PLAIN_URL.exec(url)?.[1] ?? new URL(url).pathname;
    for (const [path, route] of ROUTES) {
      const found = path.exec(pathname);
      if (found !== null) return route(request, env, found[1] ?? "", ctx);
    }
    const message = "expected `POST /v1/views` or `POST /v1/cmcd`";
    return refusalResponse({ code: "not_found", message, field: null }, CORS);
  },
});

/**
 * `GET /v1/outbox`: what waits on its way to the central API, in numbers, for whoever operates this.
 * @param {Request} request
 * @param {EdgeEnv} env
 */
async function outbox(request, env) {
  if (request.method !== "GET") return methodNotAllowed("GET");
  try {
    demandOperator(request, env);
    const shards = Array.from({ length: ROLLUP_SHARDS }, (_, shard) =>
      env.ROLLUP.getByName(`${env.TENANT}/${shard}`).waiting(),
    );
    return json({ shards: await Promise.all(shards) });
  } catch (error) {
    return awayResponse(error, "a rollup object could not be reached");
  }
}

/**
 * `GET /v1/cmcd/requests`: what players said beside their requests for media, by title.
 * @param {Request} request
 * @param {EdgeEnv} env
 */
async function requests(request, env) {
  if (request.method !== "GET") return methodNotAllowed("GET");
  try {
    demandOperator(request, env);
    return json({ titles: await mediaRequests(env).titles() });
  } catch (error) {
    return awayResponse(error, "the media requests could not be read");
  }
}
