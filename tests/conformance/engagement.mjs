// @ts-check
// Cases of `usher-case/1`: events of a player, and the figures that must come out.
import { View } from "usher";
import { playScript } from "./perfect-player.mjs";
import { EventReadings } from "./event-readings.mjs";

/** @typedef {import("./run.mjs").Failure} Failure */

/** Bits of `View.reached`. */
const [WATCHED, PASSED] = [1, 2];

/**
 * A view with the boundaries that a case asks about, told in the order in which they are reached.
 */
class WatchedView {
  /** @param {any} document */
  constructor({ media = {}, config = {} }) {
    this.view = new View("conformance", "case");
    this.durationS = media.live ? Infinity : (media.duration_s ?? NaN);
    /** @type {number[]} */
    this.boundaries = config.boundaries ?? [];
    /** @type {number[]} */
    this.progress = [];
    /** @type {number[]} */
    this.watchedProgress = [];
  }

  /**
   * @param {number} atS
   * @param {number} positionS
   * @param {number} rate
   * @param {number} flags
   */
  push(atS, positionS, rate, flags) {
    this.view.push(atS * 1000, positionS, this.durationS, rate, flags);
    for (const percent of this.boundaries) {
      if (!this.progress.includes(percent) && this.view.reached(percent) & PASSED) {
        this.progress.push(percent);
      }
      if (!this.watchedProgress.includes(percent) && this.view.reached(percent) & WATCHED) {
        this.watchedProgress.push(percent);
      }
    }
  }
}

/** @type {Record<string, (watched: WatchedView, document: any) => void>} */
const KINDS = {
  "session-stats": replay,
  "progress-events": replay,
  "chromium-trace": replay,
  "played-oracle": (watched, document) =>
    playScript(document, (...reading) => watched.push(...reading)),
  "range-merge": (watched, { events }) => {
    const ranges = events.flatMap((/** @type {any} */ { from_ms, to_ms }) => [
      from_ms / 1000,
      to_ms / 1000,
    ]);
    watched.view.pushPlayed(0, 0, watched.durationS, 1, 0, Float64Array.from(ranges));
  },
};

/**
 * @param {WatchedView} watched
 * @param {any} document
 */
function replay(watched, { events }) {
  const readings = new EventReadings();
  for (const event of events) watched.push(...readings.next(event));
}

/**
 * What differs from `expect_exact`.
 * @param {any} document
 * @returns {Failure[]}
 */
export function engagementFailures(document) {
  const kind = KINDS[document.kind];
  if (!kind) {
    return [{ key: "unsupported", expected: Object.keys(KINDS), got: document.kind ?? "no kind" }];
  }
  const watched = new WatchedView(document);
  try {
    kind(watched, document);
    return compare(figures(watched), document.expect_exact ?? {});
  } finally {
    watched.view.free();
  }
}

/**
 * The figures under the names of the cases, in seconds.
 * @param {WatchedView} watched
 * @returns {Record<string, any>}
 */
function figures({ view, progress, watchedProgress }) {
  const names = view.figureNames.split(",");
  const all = [...view.figures];
  const ms = Object.fromEntries(names.map((name, index) => [name, all[index]]));
  /** @param {string} name */
  const seconds = (name) => Number(ms[name]) / 1000;
  // Behind the last comma: how many ends of unique content follow.
  const ends = all.slice(names.length, names.length + Number(ms[""])).map((end) => end / 1000);
  return {
    unique_content_s: seconds("unique_ms"),
    played_ranges: ends.flatMap((end, index) => (index % 2 ? [[ends[index - 1], end]] : [])),
    content_played_s: seconds("played_ms"),
    time_playing_s: seconds("playing_ms"),
    time_stalled_s: seconds("stalled_ms"),
    time_paused_s: seconds("paused_ms"),
    time_muted_s: seconds("muted_ms"),
    time_hidden_s: seconds("hidden_ms"),
    time_ads_s: seconds("ad_ms"),
    completion: isNaN(Number(ms.completion)) ? null : ms.completion,
    avg_rate: ms.playing_ms ? Number(ms.rate_weighted_us) / 1000 / Number(ms.playing_ms) : null,
    stalls: ms.stalls,
    seeks: ms.seeks,
    loops: ms.loops,
    progress,
    watched_progress: watchedProgress,
  };
}

/**
 * @param {Record<string, any>} got
 * @param {Record<string, any>} expected
 * @returns {Failure[]}
 */
function compare(got, { tolerance_s: tolerance = 0.001, ...expected }) {
  return Object.entries(expected).flatMap(([key, value]) => {
    const bound = key.endsWith("_max");
    const figure = got[bound ? key.slice(0, -"_max".length) : key];
    if (figure === undefined) return [{ key, expected: value, got: "unsupported key" }];
    const holds = bound ? figure <= value : isClose(figure, value, tolerance);
    return holds ? [] : [{ key, expected: value, got: figure }];
  });
}

/**
 * @param {any} got
 * @param {any} expected
 * @param {number} tolerance
 * @returns {boolean}
 */
function isClose(got, expected, tolerance) {
  if (Array.isArray(expected)) {
    return (
      Array.isArray(got) &&
      got.length === expected.length &&
      expected.every((value, index) => isClose(got[index], value, tolerance))
    );
  }
  if (typeof expected !== "number") return got === expected;
  // A hair beyond, since decimal seconds have no exact binary form.
  return typeof got === "number" && Math.abs(got - expected) <= tolerance + 1e-9;
}
