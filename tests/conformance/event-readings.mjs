// @ts-check
import { Flag } from "usher";

/**
 * What an event of any of the recorded players says about the state from then on.
 * @type {Record<string, { on?: number, off?: number }>}
 */
const MEANINGS = {
  seek_start: { on: Flag.seeking },
  seeking: { on: Flag.seeking },
  seek_end: { off: Flag.seeking },
  seeked: { off: Flag.seeking },
  buffer_start: { on: Flag.stalled },
  buffer_end: { off: Flag.stalled },
  play: { off: Flag.ended },
  ended: { on: Flag.ended },
  ended_unpaused: { on: Flag.ended },
  end: { on: Flag.ended },
  ad_complete: { off: Flag.linearAd | Flag.overlayAd },
  ad_skip: { off: Flag.linearAd | Flag.overlayAd },
  ad_break_end: { off: Flag.linearAd | Flag.overlayAd },
};

/** Turns recorded events into readings, with the state that each event leaves in force. */
export class EventReadings {
  #flags = 0;
  #rate = 1;
  #positionS = 0;

  /**
   * @param {any} event
   * @returns {[atS: number, positionS: number, rate: number, flags: number]}
   */
  next(event) {
    const positionS = event.pos_s === undefined ? this.#positionS : Number(event.pos_s);
    // Whatever the player last said, content that moves is not short of data.
    if (positionS > this.#positionS) this.#set(Flag.stalled, false);
    this.#positionS = positionS;
    this.#rate = event.rate ?? this.#rate;
    const { on = 0, off = 0 } = MEANINGS[event.ev] ?? {};
    this.#flags = (this.#flags & ~off) | on;
    if (event.ev === "ad_start") {
      this.#set(event.ad_break === "non_linear" ? Flag.overlayAd : Flag.linearAd, true);
    }
    if (event.paused !== undefined) this.#set(Flag.paused, event.paused);
    if (event.muted !== undefined) this.#set(Flag.muted, event.muted);
    if (event.hidden !== undefined) this.#set(Flag.hidden, event.hidden);
    return [event.at_s, positionS, this.#rate, this.#flags];
  }

  /**
   * @param {number} flag
   * @param {boolean} on
   */
  #set(flag, on) {
    this.#flags = on ? this.#flags | flag : this.#flags & ~flag;
  }
}
