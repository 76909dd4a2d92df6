// @ts-check
// Media tokens (Common Access Tokens) as the edge makes and checks them.
//
// What a token says of the stream that it belongs to:
//   cti   the id of the stream
//   sub   the id of the Viewer object that leases it, in hexadecimal: no name of a viewer stands in a URL
//   iat   when the lease was confirmed last, by that object: it lasts `lease_s` from then on
//   exp   `cat_life_s` after it was made
//   catu  the path of the title; catm GET and HEAD
//   catr  present: who serves it may renew it, in the second half of its life
// So a token that is renewed while the object cannot be reached keeps its `iat`, and nobody can go beyond the
// lease and the grace.
import { checkCat, mintCat } from "usher/rights";
import { countryOf } from "../arrival.js";
import { callModule } from "../rights-module.js";
import { Refused } from "../refusal.js";
import { MEDIA_TOKEN } from "./token-link.js";

/** The renewal type "automatic" of CTA-5007-A: in a cookie, or in a header if it stood in the query. */
const RENEWED_AS_IT_CAME = 0;

/** @typedef {import("../edge.js").EdgeEnv} EdgeEnv */
/** @typedef {import("./settings.js").RightsSettings} RightsSettings */

/**
 * A stream for which a media token is made.
 * @typedef {object} Stream
 * @property {string} stream its id
 * @property {string} object id of its Viewer object
 * @property {string} title
 * @property {number} confirmedS when its lease was confirmed, in UTC seconds
 */

/**
 * What a title's files stand below.
 * @param {string} title
 */
export function mediaPath(title) {
  return `/vod/${encodeURIComponent(title)}/`;
}

/**
 * A media token of a stream.
 * @param {EdgeEnv} env
 * @param {RightsSettings} settings
 * @param {Stream} stream
 * @param {number} expiresS UTC
 * @returns {string}
 */
export function mintMediaToken(env, settings, { stream, object, title, confirmedS }, expiresS) {
  const claims = {
    exp: expiresS,
    iat: confirmedS,
    cti: stream,
    sub: object,
    catu: { path: { prefix: mediaPath(title) } },
    catm: ["GET", "HEAD"],
    catr: {
      type: RENEWED_AS_IT_CAME,
      expadd: settings.cat_life_s,
      deadline: settings.cat_life_s / 2,
    },
  };
  const keys = catKeys(env);
  return callModule(() => mintCat(keys, claims, expiresS));
}

/**
 * The cookie in which a browser carries the token to the files of the title, and to nothing else.
 * @param {Request} request that it answers
 * @param {string} title
 * @param {string} token
 * @param {number} lifeS
 */
export function mediaCookie({ url }, title, token, lifeS) {
  const secure = url.startsWith("https:") ? "; Secure" : "";
  const path = mediaPath(title);
  return `${MEDIA_TOKEN}=${token}; Path=${path}; Max-Age=${lifeS}; HttpOnly; SameSite=Strict${secure}`;
}

/**
 * What a media token says, if it opens what is asked for.
 *
 * Throws `token_invalid`, `token_expired`, `token_scope` or `not_configured`.
 * @param {EdgeEnv} env
 * @param {RightsSettings} settings
 * @param {Request} request
 * @param {string} token
 * @param {number} nowS UTC
 */
export function checkMediaToken(env, settings, request, token, nowS) {
  const country = countryOf(request, env);
  const { url, method } = request;
  const asked = { url, method, country, now: nowS };
  const keys = catKeys(env);
  return callModule(() => checkCat(keys, token, asked, { skew: settings.skew_s }));
}

/** @param {EdgeEnv} env */
function catKeys({ CAT_KEYS }) {
  if (CAT_KEYS) return CAT_KEYS;
  throw new Refused("not_configured", "expected `CAT_KEYS` to have a key", "CAT_KEYS");
}
