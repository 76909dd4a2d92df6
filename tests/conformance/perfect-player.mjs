// @ts-check
import { Flag } from "usher";

/** A perfect player is read this often, and at every change. */
const STEP_S = 0.25;

/** @typedef {(atS: number, positionS: number, rate: number, flags: number) => void} Push */

/**
 * Plays a script on a player without latency that tells everything it does.
 * @param {{ media: { duration_s: number }, events: any[] }} script
 * @param {Push} push
 */
export function playScript({ media, events }, push) {
  const player = new PerfectPlayer(media.duration_s, push);
  for (const step of events) player.do(step);
}

class PerfectPlayer {
  #atS = 0;
  #positionS = 0;
  #paused = true;
  #loop = false;

  /**
   * @param {number} durationS
   * @param {Push} push
   */
  constructor(durationS, push) {
    this.durationS = durationS;
    this.push = push;
    this.#tell();
  }

  /** @param {any} step */
  do(step) {
    switch (step.op) {
      case "load":
        return this.#seek(0);
      case "play":
        return this.#pause(false);
      case "pause":
        return this.#pause(true);
      case "loop":
        this.#loop = step.on;
        return;
      case "seek":
        return this.#seek(step.pos_s);
      case "until":
        return this.#play(step.pos_s - this.#positionS);
      case "until_end":
        this.#play(this.durationS - this.#positionS);
        return this.#tell(Flag.ended);
      case "play_for":
        this.#pause(false);
        this.#play(step.s);
        return this.#pause(true);
      default:
        throw new Error(`unknown op ${step.op}`);
    }
  }

  /** @param {boolean} paused */
  #pause(paused) {
    this.#paused = paused;
    this.#tell();
  }

  /** @param {number} positionS */
  #seek(positionS) {
    this.#positionS = positionS;
    this.#tell(Flag.seeking);
    this.#tell();
  }

  /** @param {number} seconds */
  #play(seconds) {
    let leftS = seconds;
    while (leftS > 1e-9) {
      const stepS = Math.min(leftS, STEP_S, this.durationS - this.#positionS);
      this.#atS += stepS;
      this.#positionS += stepS;
      leftS -= stepS;
      this.#tell();
      if (this.#positionS < this.durationS - 1e-9) continue;
      if (!this.#loop) return;
      this.#seek(0);
    }
  }

  #tell(flags = 0) {
    this.push(this.#atS, this.#positionS, 1, flags | (this.#paused ? Flag.paused : 0));
  }
}
