// @ts-check
import { Flag, Session } from "../../pkg/player.js";

/**
 * What a player looks like now. What is left out is off, and the rate 1.
 *
 * @typedef {object} PlayerReading
 * @property {number} positionS playhead
 * @property {number} [durationS] unknown if left out; Infinity for live
 * @property {number} [rate]
 * @property {boolean} [paused]
 * @property {boolean} [seeking]
 * @property {boolean} [stalled] it waits for data in mid-play
 * @property {boolean} [ended]
 * @property {boolean} [muted]
 * @property {boolean} [hidden]
 * @property {boolean} [live]
 * @property {"linear" | "overlay" | null} [ad]
 * @property {[startS: number, endS: number][]} [played] what it has shown, if it knows
 * @property {number} [atMs] monotonic; `performance.now()` if left out
 */

/** @type {["paused", "seeking", "stalled", "ended", "muted", "hidden", "live"]} */
const STATES = ["paused", "seeking", "stalled", "ended", "muted", "hidden", "live"];

/** A session of a player that is not a media element: its readings are pushed. */
export class Monitor extends Session {
  /** @param {import("./session.js").SessionOptions} options */
  constructor(options) {
    super(null, options);
  }

  /**
   * Takes one reading: at every event of the player, and four times a second while it plays.
   * @param {PlayerReading} reading
   */
  push(reading) {
    const { positionS, durationS = NaN, rate = 1, ad, played, atMs = performance.now() } = reading;
    let flags = ad ? Flag[`${ad}Ad`] : 0;
    for (const state of STATES) if (reading[state]) flags |= Flag[state];
    this.measure((view) => {
      if (played) {
        const ends = Float64Array.from(played.flat());
        view.pushPlayed(atMs, positionS, durationS, rate, flags, ends);
      } else {
        view.push(atMs, positionS, durationS, rate, flags);
      }
    });
  }
}
