// @ts-check
import { checkMediaToken, mintMediaToken } from "./media-token.js";

/** @typedef {import("../edge.js").EdgeEnv} EdgeEnv */
/** @typedef {import("./settings.js").RightsSettings} RightsSettings */
/** @typedef {ReturnType<typeof checkMediaToken>} MediaClaims */

/**
 * What the Viewer object says of a lease: until when it lasts in UTC seconds, null if it is over; `away` if it
 * could not be asked.
 * @typedef {{ untilS: number } | null | "away"} Lease
 */

/** How long an answer waits for the Viewer object; the next request tries again. */
const ASK_MS_MAX = 500;

/** How long what the object said is taken for the requests that follow. */
const ASKED_MS = 5_000;

/** Streams of which it is remembered; beyond, the one that was asked for longest ago goes. */
const STREAMS_MAX = 10_000;

/** By stream. @type {Map<string, { atMs: number, lease: Lease }>} */
const asked = new Map();

/**
 * Whether a token is in the second half of its life.
 * @param {MediaClaims} claims
 * @param {RightsSettings} settings
 * @param {number} nowS UTC
 */
export function isNearEnd({ exp }, { cat_life_s }, nowS) {
  return exp - nowS <= cat_life_s / 2;
}

/**
 * A younger token in the place of one that expires soon; null when its stream is over, or when it may not be renewed.
 *
 * A heartbeat of the player brings a younger one too, and decides again. This one is for players that go on
 * while their heartbeat does not come through: it lasts no longer than the lease does, or, while the Viewer object
 * cannot be reached, the grace.
 * @param {EdgeEnv} env
 * @param {RightsSettings} settings
 * @param {MediaClaims} claims
 * @param {string} title
 * @param {number} nowS UTC
 * @returns {Promise<{ token: string, lifeS: number } | null>}
 */
export async function renewedToken(env, settings, claims, title, nowS) {
  const { exp, iat, cti: stream, sub: object, renewal_type } = claims;
  if (renewal_type === null || !stream || !object || !iat) return null;
  const lease = await leaseOf(env, object, stream, nowS * 1000);
  if (lease === null) return null;
  const isAway = lease === "away";
  const leasedS = isAway ? iat + settings.lease_s : lease.untilS;
  const lastS = isAway ? leasedS + settings.lease_grace_s : leasedS;
  // An object that answers has the player's next heartbeat before the lease is over: the token outlives it by as
  // much as the first one did.
  const expiresS = Math.min(nowS + settings.cat_life_s, isAway ? lastS : Infinity);
  if (lastS <= nowS || expiresS <= exp) return null;
  if (isAway) console.error(`stream \`${stream}\` goes on in its grace: its object is away`);
  const confirmedS = leasedS - settings.lease_s;
  const token = mintMediaToken(env, settings, { stream, object, title, confirmedS }, expiresS);
  return { token, lifeS: expiresS - nowS };
}

/**
 * @param {EdgeEnv} env
 * @param {string} object
 * @param {string} stream
 * @param {number} nowMs
 * @returns {Promise<Lease>}
 */
async function leaseOf({ VIEWER }, object, stream, nowMs) {
  const known = asked.get(stream);
  // Either way: a clock may be put back.
  if (known !== undefined && Math.abs(nowMs - known.atMs) < ASKED_MS) return known.lease;
  /** @type {ReturnType<typeof setTimeout> | null} */
  let timer = null;
  /** @type {Promise<Lease>} */
  const tooLate = new Promise((resolve) => {
    timer = setTimeout(() => resolve("away"), ASK_MS_MAX);
  });
  const lease = await Promise.race([ask(VIEWER, object, stream), tooLate]);
  clearTimeout(timer);
  remember(stream, { atMs: nowMs, lease });
  return lease;
}

/**
 * @param {EdgeEnv["VIEWER"]} viewers
 * @param {string} object
 * @param {string} stream
 * @returns {Promise<Lease>}
 */
async function ask(viewers, object, stream) {
  try {
    return await viewers.get(viewers.idFromString(object)).streamLease(stream);
  } catch (error) {
    console.error("the viewer object could not be asked for a lease:", error);
    return "away";
  }
}

/**
 * @param {string} stream
 * @param {{ atMs: number, lease: Lease }} answer
 */
function remember(stream, answer) {
  asked.delete(stream);
  asked.set(stream, answer);
  if (asked.size <= STREAMS_MAX) return;
  const [oldest] = asked.keys();
  if (oldest !== undefined) asked.delete(oldest);
}
