// @ts-check
// What each of the other tools says was watched, taken from what it sent or printed.

/** @typedef {import("./collector.mjs").Recorded} Recorded */

/**
 * @typedef {object} Peer
 * @property {"snowplow" | "mux" | "bitmovin"} name
 * @property {string[]} packages whose versions matter; the first names the tool
 * @property {string} figure what is compared, in the tool's own words
 * @property {(recorded: Recorded[], printed: unknown[][]) => number | null} watchedS
 */

/** @type {Peer[]} */
export const PEERS = [
  {
    name: "snowplow",
    packages: ["@snowplow/browser-plugin-media", "@snowplow/browser-tracker"],
    figure: "contentWatched",
    watchedS: snowplowWatchedS,
  },
  {
    name: "mux",
    packages: ["mux-embed"],
    figure: "view_content_playback_time",
    watchedS: muxWatchedS,
  },
  {
    name: "bitmovin",
    packages: ["bitmovin-analytics"],
    figure: "sum of `played`",
    watchedS: bitmovinWatchedS,
  },
];

const SNOWPLOW_SESSION = "iglu:com.snowplowanalytics.snowplow.media/session/";

/** Mux writes its names in letters: `view_content_playback_time`. */
const MUX_PLAYBACK = "xctpbti";

/**
 * The session that the last event carries.
 * @param {Recorded[]} recorded
 */
function snowplowWatchedS(recorded) {
  let watchedS = null;
  for (const { path, body } of recorded) {
    if (!path.endsWith("/tp2")) continue;
    for (const { co } of JSON.parse(body).data) {
      for (const { schema, data } of co ? JSON.parse(co).data : []) {
        if (schema.startsWith(SNOWPLOW_SESSION)) watchedS = data.contentWatched ?? 0;
      }
    }
  }
  return watchedS;
}

/**
 * The sum so far, which beacons carry when it has changed.
 * @param {Recorded[]} recorded
 */
function muxWatchedS(recorded) {
  let watchedMs = null;
  for (const { body } of recorded) {
    for (const event of body ? JSON.parse(body).events : []) {
      watchedMs = event[MUX_PLAYBACK] ?? watchedMs ?? 0;
    }
  }
  return watchedMs === null ? null : watchedMs / 1000;
}

/**
 * Each sample has the time that played since the one before.
 * @param {Recorded[]} _
 * @param {unknown[][]} printed
 */
function bitmovinWatchedS(_, printed) {
  let watchedMs = null;
  for (const [first] of printed) {
    for (const { played } of Array.isArray(first) ? first : []) {
      if (typeof played === "number") watchedMs = (watchedMs ?? 0) + played;
    }
  }
  return watchedMs === null ? null : watchedMs / 1000;
}
