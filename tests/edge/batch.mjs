// @ts-check
// The rows of batches, as a rollup shard sends them.

let views = 0;

/**
 * A record of a view of its own.
 * @returns {any}
 */
export function record(/** @type {object} */ change = {}) {
  views += 1;
  return {
    view: views.toString(16).padStart(32, "0"),
    viewer: "v",
    title: "t",
    version: 1,
    unique_ms: 1000,
    played_ms: 2000,
    playing_ms: 2000,
    paused_ms: 0,
    seeking_ms: 0,
    startup_ms: 0,
    stalled_ms: 0,
    suspended_ms: 0,
    muted_ms: 0,
    hidden_ms: 0,
    ad_ms: 0,
    stalls: 0,
    seeks: 1,
    loops: 0,
    rejected: 0,
    ads: 0,
    errors: 0,
    quality_switches: 0,
    bitrate_kbps: null,
    stall_longest_ms: 0,
    dropped_frames: 0,
    source: "player",
    delivery: null,
    duration_ms: 60000,
    completion: 0.1,
    completed: false,
    live: false,
    truncated: false,
    milestones: [10],
    country: null,
    device: "unknown",
    watched_ms: 2,
    first_seen_ms: 1,
    last_seen_ms: 2,
    ...change,
  };
}

/** @param {object[]} records */
export const lines = (...records) => records.map((each) => `${JSON.stringify(each)}\n`).join("");

/** The sketch of nobody. */
export const NOBODY = Buffer.from([1, 0]).toString("base64url");

/** Sketches of one viewer each, all different ones. */
export const [ANNA, BERT] = [Buffer.from([1, 0, 1]), Buffer.from([1, 0, 66])].map((bytes) =>
  bytes.toString("base64url"),
);

/** Length of the windows of these rows. */
export const WINDOW_MS = 60_000;

/**
 * A row of a window.
 * @param {Record<string, unknown>} [change]
 * @returns {any}
 */
export function windowRow(change = {}) {
  return {
    window_start_ms: 0,
    window_ms: WINDOW_MS,
    title: "t",
    country: null,
    device: "unknown",
    correction: false,
    views: 1,
    unique_ms: 1000,
    played_ms: 2000,
    completed: 0,
    stalls: 0,
    stalled_ms: 0,
    classes: { unknown: 1, light: 0, standard: 0, heavy: 0 },
    viewers: NOBODY,
    ...change,
  };
}

/** The headers of a batch of windows. */
export const WINDOWS = { "usher-kind": "windows" };

/** The headers of a void. */
export const VOID = { "usher-kind": "void" };
