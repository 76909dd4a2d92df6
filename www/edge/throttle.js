// @ts-check
import { admitRequest } from "usher/edge";
import { callModule } from "./edge-module.js";
import { Refused } from "./refusal.js";

/**
 * Requests a second that a viewer may send for long, unless VIEWER_REQUESTS_PER_SECOND says otherwise. A
 * player sends one at most; a household has some of them.
 */
const VIEWER_PER_SECOND = 10;

/** The same of an address, by ADDRESS_REQUESTS_PER_SECOND: a network may have thousands of viewers. */
const ADDRESS_PER_SECOND = 200;

/** So many seconds' requests may come at once: a player that was offline has a burst of 60. */
const BURST_SECONDS = 30;

/** Viewers and addresses that are remembered; beyond, the one that was not heard for longest goes. */
const KEYS_MAX = 10_000;

/** When each key's requests so far are used up. @type {Map<string, number>} */
const viewers = new Map();
/** @type {Map<string, number>} */
const addresses = new Map();

/**
 * Throws `too_many_requests` if the viewer asks too often.
 * @param {string} viewer
 * @param {import("./edge.js").EdgeEnv} env
 */
export function admitViewer(viewer, { VIEWER_REQUESTS_PER_SECOND }) {
  admit(viewers, viewer, Number(VIEWER_REQUESTS_PER_SECOND) || VIEWER_PER_SECOND);
}

/**
 * Throws `too_many_requests` if the address asks too often, where the network in front tells it.
 * @param {Request} request
 * @param {import("./edge.js").EdgeEnv} env
 */
export function admitAddress(request, { ADDRESS_REQUESTS_PER_SECOND }) {
  const network = networkOf(request);
  if (network === null) return;
  admit(addresses, network, Number(ADDRESS_REQUESTS_PER_SECOND) || ADDRESS_PER_SECOND);
}

/**
 * The address that asks, where the network in front tells it. Whoever has one address of IPv6 has the
 * network of it.
 * @param {Request} request
 */
export function networkOf({ headers }) {
  return headers.get("cf-connecting-ip")?.split(":").slice(0, 4).join(":") ?? null;
}

/**
 * @param {Map<string, number>} keys
 * @param {string} key
 * @param {number} perSecond
 */
function admit(keys, key, perSecond) {
  const used_ms = keys.get(key) ?? 0;
  const admitted = callModule(() =>
    admitRequest(used_ms, Date.now(), perSecond, BURST_SECONDS * perSecond),
  );
  if (admitted < 0) {
    const message = `expected at most \`${perSecond}\` requests a second`;
    throw new Refused("too_many_requests", message, null, Math.ceil(-admitted / 1000));
  }
  keys.delete(key);
  keys.set(key, admitted);
  if (keys.size <= KEYS_MAX) return;
  const [oldest] = keys.keys();
  if (oldest !== undefined) keys.delete(oldest);
}
