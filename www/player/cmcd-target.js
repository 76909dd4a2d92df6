// @ts-check
import { UsherError } from "../../pkg/error.js";

/**
 * @typedef {object} CmcdTargetOptions
 * @property {string | URL} endpoint where reports go, such as `https://edge.example.com/v1/cmcd`
 * @property {string} [viewer] who watches: 1 to 200 bytes; without one, the session is the viewer
 * @property {string} title what is watched: 1 to 200 bytes
 * @property {string} [sessionId] names this playback: 1 to 64 characters; a random one by default
 * @property {number} [intervalS] seconds between reports while nothing happens; 10 by default. What
 *   is played after the last report of a page that goes away is not counted.
 * @property {boolean} [requests] also say it beside every request for media, in the query, where the
 *   media route and CDNs read it; off by default, because it changes every address
 */

/**
 * One key a player: `new Hls({ cmcd: target.hls })`, `player.configure({ cmcd: target.shaka })`,
 * `player.updateSettings({ streaming: { cmcd: target.dash } })`.
 *
 * @typedef {object} CmcdTarget
 * @property {string} sessionId
 * @property {HlsCmcd} hls
 * @property {ShakaCmcd} shaka
 * @property {DashCmcd} dash
 */

/**
 * @typedef {{ url: string, events: any[], interval: number, batchSize: number, includeKeys: any[] }} HlsTarget
 * @typedef {{ version: 2, sessionId: string, contentId: string, includeKeys: any[], eventTargets: HlsTarget[] }} HlsCmcd
 * @typedef {HlsTarget & { enabled: true, version: 2 }} ShakaTarget
 * @typedef {{ enabled: true, version: 2, sessionId: string, contentId: string, useHeaders: false, includeKeys: string[], eventTargets: ShakaTarget[] }} ShakaCmcd
 * @typedef {{ enabled: true, url: string, events: string[], interval: number, batchSize: number, enabledKeys: string[] }} DashTarget
 * @typedef {{ enabled: true, version: 2, sid: string, cid: string, applyParametersFromMpd: false, mode: "query", enabledKeys: string[], eventTargets: DashTarget[] }} DashCmcd
 */

/** Every event that says something of the time that passes; the players pass over what they do not know. */
const EVENTS = ["ps", "pr", "t", "e", "b", "m", "um", "bc", "c", "as", "ae", "abs", "abe", "rr"];

/** What the edge makes use of; the addresses of segments stay in the page. */
const EVENT_KEYS = "e ts sn sid cid v sta pr st sf msd bg br ec df dfa pt ot d rc ttfb ttlb".split(
  " ",
);

const REQUEST_KEYS = "v sid cid sn sf st ot d br bl tb mtp dl nor su bs rtp pr sta".split(" ");

/** Shaka and hls.js take an empty list for all keys or none; no key of the standard has this name. */
const NO_KEYS = ["none-here"];

const NAME_BYTES_MAX = 200;
const SESSION_CHARACTERS_MAX = 64;
const CONTENT_CHARACTERS_MAX = 128;
const INTERVAL_S = 10;

/**
 * The configuration that makes hls.js, Shaka Player or dash.js report what they play (Common Media
 * Client Data version 2, CTA-5004-A), without any measuring code in the page. Make one for each
 * playback.
 *
 * @param {CmcdTargetOptions} options
 * @returns {CmcdTarget}
 * @throws {UsherError} `invalid_value` with the field
 */
export function cmcdTarget(options) {
  const { viewer, title, intervalS = INTERVAL_S, requests = false } = options ?? {};
  const endpoint = endpointOf(options?.endpoint);
  if (viewer !== undefined) checkName(viewer, "viewer");
  checkName(title, "title");
  const sessionId = options.sessionId ?? randomId();
  if (typeof sessionId !== "string" || !/^.{1,64}$/u.test(sessionId)) {
    const message = `expected 1 to ${SESSION_CHARACTERS_MAX} characters`;
    throw new UsherError("invalid_value", message, "sessionId");
  }
  if (!(intervalS >= 1 && intervalS <= 60)) {
    throw new UsherError("invalid_value", "expected 1 to 60 seconds", "intervalS");
  }
  // The title stands in the address as well: a content id has at most 128 characters.
  const contentId = [...title].slice(0, CONTENT_CHARACTERS_MAX).join("");
  const address = (/** @type {string} */ player) => addressOf(endpoint, { viewer, title, player });
  const target = { events: EVENTS, interval: intervalS, batchSize: 1 };
  const shared = { version: /** @type {2} */ (2), sessionId, contentId };
  const keys = requests ? REQUEST_KEYS : NO_KEYS;
  return {
    sessionId,
    hls: {
      ...shared,
      includeKeys: keys,
      eventTargets: [{ ...target, url: address("hls.js"), includeKeys: EVENT_KEYS }],
    },
    shaka: {
      ...shared,
      enabled: true,
      useHeaders: false,
      includeKeys: keys,
      eventTargets: [
        {
          ...target,
          enabled: true,
          version: 2,
          url: address("shaka-player"),
          includeKeys: EVENT_KEYS,
        },
      ],
    },
    dash: {
      enabled: true,
      version: 2,
      sid: sessionId,
      cid: contentId,
      // A manifest may name a session of its own, which the edge would not know.
      applyParametersFromMpd: false,
      mode: "query",
      enabledKeys: keys,
      eventTargets: [
        { ...target, enabled: true, url: address("dash.js"), enabledKeys: EVENT_KEYS },
      ],
    },
  };
}

/** @param {string | URL | undefined} endpoint */
function endpointOf(endpoint) {
  try {
    if (endpoint === undefined) throw new TypeError("none given");
    // Shaka takes only absolute addresses.
    return new URL(endpoint, globalThis.location?.href);
  } catch (error) {
    throw new UsherError("invalid_value", `expected an address: ${error}`, "endpoint", error);
  }
}

/**
 * @param {URL} endpoint
 * @param {Record<string, string | undefined>} parameters
 */
function addressOf(endpoint, parameters) {
  const address = new URL(endpoint);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) address.searchParams.set(name, value);
  }
  return address.href;
}

/**
 * @param {unknown} name
 * @param {string} field
 */
function checkName(name, field) {
  const bytes = typeof name === "string" ? new TextEncoder().encode(name).length : 0;
  if (bytes < 1 || bytes > NAME_BYTES_MAX || /[\0-\x1f\x7f]/.test(String(name))) {
    const message = `expected 1 to ${NAME_BYTES_MAX} bytes without control characters`;
    throw new UsherError("invalid_value", message, field);
  }
}

/** `crypto.randomUUID` is missing on pages without https. */
function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
