// @ts-check
import { checkoutResponse } from "./checkout.js";
import { OPERATOR_RIGHTS, operatorRights } from "./demo-operator-rights.js";
import { rightsResponse, travelled } from "./demo-rights.js";
import { fileResponse } from "./file.js";
import { mediaResponse } from "./media-route.js";
import { json, methodNotAllowed } from "./refusal.js";

/**
 * @typedef {object} DemoEnv
 * @property {Fetcher} EDGE
 * @property {Fetcher} CENTRAL
 * @property {Fetcher} COUPONS
 * @property {Fetcher} CATALOGUE
 * @property {Fetcher} PUBLIC
 * @property {Service<typeof import("./media-requests.js").Media>} MEDIA
 * @property {string | null} [OPERATOR_KEY]
 * @property {string | null} [COUPON_PUBLIC_KEYS] by which a page verifies offers
 * @property {string | null} [COUNTRY_HEADER] in which the edge is told the country
 * @property {string} TENANT whose offers and tokens they are
 */

const EDGE_PATHS =
  /^\/v1\/(views|cmcd|outbox|cmcd\/requests|sessions|quarantine(\/.*)?|viewers\/.*|redemptions(\/.*)?|coupons\/check)$/;

/** The operator's coupons; what a checkout and a player ask stands at the edge. */
const COUPON_PATHS = /^\/v1\/coupon[^/]*(\/.*)?$/;

/** The operator's catalogue, plans, accounts and grants, and what the edge is told of them. */
const CATALOGUE_PATHS = /^\/v1\/(catalogue|plans|accounts|keyset|deny-list|decision-audit)(\/.*)?$/;

/** What viewers ask of their rights, and what a media token opens: nobody's key is added. */
const RIGHTS_PATHS = /^\/(v1\/(decisions|streams(\/.*)?|devices(\/.*)?)|vod\/.*)$/;

/** Routes of players; all others are the operator's. */
const PLAYER_PATHS = /^\/v1\/(views|cmcd|coupons\/check)$/;

/**
 * The one port of the demo: edge, central API and pages. It is also the operator's backend: who has no
 * key uses the demo's, and a page gets its session token here.
 */
export default /** @satisfies {ExportedHandler<DemoEnv>} */ ({
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    const { pathname } = url;
    if (pathname === "/healthz") return json({ ok: true });
    if (pathname === "/session") return session(request, env);
    if (pathname === "/checkout/check") return operatorCheck(request, env);
    if (pathname === "/checkout/keys") {
      return json({ public_keys: env.COUPON_PUBLIC_KEYS ?? "", audience: env.TENANT });
    }
    if (pathname === "/checkout" || pathname === "/checkout/cancel") {
      return checkoutResponse(request, pathname, (path, init) => {
        const asked = new Request(`http://edge.invalid${path}`, init);
        return env.EDGE.fetch(withKey(asked, path, env));
      });
    }
    if (OPERATOR_RIGHTS.test(pathname)) {
      return operatorRights(request, url, (asked) => env.EDGE.fetch(withKey(asked, pathname, env)));
    }
    if (pathname === "/rights/session" || pathname === "/rights/knowledge") {
      return rightsResponse(request, pathname, env.TENANT, (path, init) => {
        const asked = new Request(`http://catalogue.invalid${path}`, init);
        return env.CATALOGUE.fetch(withKey(asked, path, env));
      });
    }
    if (RIGHTS_PATHS.test(pathname)) return env.EDGE.fetch(travelled(request, env.COUNTRY_HEADER));
    if (EDGE_PATHS.test(pathname)) return env.EDGE.fetch(withKey(request, pathname, env));
    if (COUPON_PATHS.test(pathname)) return env.COUPONS.fetch(withKey(request, pathname, env));
    if (CATALOGUE_PATHS.test(pathname)) return env.CATALOGUE.fetch(withKey(request, pathname, env));
    if (pathname.startsWith("/v1/")) return env.CENTRAL.fetch(withKey(request, pathname, env));
    if (pathname.startsWith("/films/")) return mediaResponse(request, url, env, ctx);
    return fileResponse(request, pathname, env.PUBLIC);
  },
});

/**
 * `POST /session` `{ viewer }`: a session token for the page. A real backend knows who asks.
 * @param {Request} request
 * @param {DemoEnv} env
 */
function session(request, env) {
  if (request.method !== "POST") return methodNotAllowed("POST");
  const asked = new Request("http://edge.invalid/v1/sessions", request);
  return env.EDGE.fetch(withKey(asked, "/v1/sessions", env));
}

/**
 * `POST /checkout/check`: a coupon as the operator sees it, with the reason. What a customer sees has none.
 * @param {Request} request
 * @param {DemoEnv} env
 */
function operatorCheck(request, env) {
  if (request.method !== "POST") return methodNotAllowed("POST");
  const asked = new Request("http://edge.invalid/v1/coupons/check", request);
  return env.EDGE.fetch(withKey(asked, "/checkout/check", env));
}

/**
 * @param {Request} request
 * @param {string} pathname
 * @param {DemoEnv} env
 */
function withKey(request, pathname, { OPERATOR_KEY }) {
  const isPlayers = PLAYER_PATHS.test(pathname);
  if (isPlayers || !OPERATOR_KEY || request.headers.has("authorization")) return request;
  const signed = new Request(request);
  signed.headers.set("authorization", `Bearer ${OPERATOR_KEY}`);
  return signed;
}
