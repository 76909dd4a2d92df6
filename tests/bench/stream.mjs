// @ts-check
// A stream of readings as a player gives them, the same for every tool and every run: made by a seed.
import { Flag } from "usher";

/**
 * What the player told of with a reading. 0 is `timeupdate`, or a poll.
 * @typedef {keyof typeof EVENTS} EventName
 */
export const EVENTS = Object.freeze({
  timeupdate: 0,
  play: 1,
  pause: 2,
  seeking: 3,
  seeked: 4,
  ratechange: 5,
  volumechange: 6,
  waiting: 7,
  playing: 8,
  ended: 9,
});

/**
 * Readings by column, so that reading the stream costs each tool the same: nearly nothing.
 * @typedef {object} Stream
 * @property {number} length
 * @property {number} durationS
 * @property {Float64Array} atMs
 * @property {Float64Array} positionS
 * @property {Float64Array} rate
 * @property {Float64Array} flags of `View.push`
 * @property {Uint8Array} event of `EVENTS`
 * @property {number} seeks
 */

/**
 * @typedef {object} StreamShape
 * @property {number} readings
 * @property {number} seed
 * @property {number} [durationS] of the title, which begins again after its end
 * @property {number} [readingsPerSeek] in the mean
 */

/** A media element tells its time this often. */
const TIMEUPDATE_MS = 250;

/** Rates that viewers choose, 1 most of the time. */
const RATES = [1, 1, 1, 1.25, 1.5, 2];

/**
 * Uniform from 0 to 1 (mulberry32), the same sequence for the same seed.
 * @param {number} seed
 */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * @param {StreamShape} shape
 * @returns {Stream}
 */
export function makeStream({ readings, seed, durationS = 7200, readingsPerSeek = 400 }) {
  const random = randomOf(seed);
  const stream = {
    length: readings,
    durationS,
    atMs: new Float64Array(readings),
    positionS: new Float64Array(readings),
    rate: new Float64Array(readings),
    flags: new Float64Array(readings),
    event: new Uint8Array(readings),
    seeks: 0,
  };
  let [index, atMs, positionS, rate, flags] = [0, 0, 0, 1, Flag.paused];

  /** @param {EventName} event */
  const tell = (event) => {
    if (index === readings) return;
    stream.atMs[index] = atMs;
    stream.positionS[index] = positionS;
    stream.rate[index] = rate;
    stream.flags[index] = flags;
    stream.event[index] = EVENTS[event];
    index += 1;
  };
  /** @param {number} ms */
  const play = (ms) => {
    atMs += ms;
    positionS = Math.min(durationS, positionS + (ms / 1000) * rate);
  };
  /** @param {number} targetS */
  const seek = (targetS) => {
    stream.seeks += 1;
    play(random() * TIMEUPDATE_MS);
    positionS = targetS;
    flags |= Flag.seeking;
    tell("seeking");
    atMs += 40 + random() * 400;
    flags &= ~Flag.seeking;
    tell("seeked");
  };
  const pause = () => {
    play(random() * TIMEUPDATE_MS);
    flags |= Flag.paused;
    tell("pause");
    atMs += 500 + random() * 60_000;
    flags &= ~Flag.paused;
    tell("play");
  };
  const stall = () => {
    flags |= Flag.stalled;
    tell("waiting");
    for (let polls = 1 + random() * 8; polls > 0; polls -= 1) {
      atMs += TIMEUPDATE_MS;
      tell("timeupdate");
    }
    flags &= ~Flag.stalled;
    tell("playing");
  };

  flags &= ~Flag.paused;
  tell("play");
  while (index < readings) {
    play(TIMEUPDATE_MS + (random() - 0.5) * 8);
    tell("timeupdate");
    if (positionS >= durationS) {
      flags |= Flag.ended;
      tell("ended");
      flags &= ~Flag.ended;
      seek(0);
    }
    const chance = random() * readingsPerSeek;
    if (chance < 1) seek(random() * durationS);
    else if (chance < 2) pause();
    else if (chance < 2.5) stall();
    else if (chance < 2.75) {
      rate = RATES[Math.floor(random() * RATES.length)] ?? 1;
      tell("ratechange");
    } else if (chance < 3) {
      flags ^= Flag.muted;
      tell("volumechange");
    }
  }
  return stream;
}
