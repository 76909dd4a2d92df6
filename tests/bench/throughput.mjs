// @ts-check
// Readings a second: the same stream through every tool, in turn, in one process.
import { init, View } from "usher";
import { moduleBytes } from "../js/module-bytes.mjs";
import { loadSnowplow } from "./bundle.mjs";
import { median } from "./median.mjs";
import { throughApi, throughStatistics, throughStatisticsAfresh } from "./snowplow.mjs";
import { makeStream } from "./stream.mjs";

const READINGS = 1_000_000;
const SEED = 1;

/** The longest that a film is watched without a new view: two hours of readings. */
const READINGS_PER_VIEW = 28_800;

/** The public functions are some eighty times slower than the class; the rate is the same for less. */
const READINGS_THROUGH_API = 50_000;

/** Rounds that warm up the compiler, and rounds that count. */
const [ROUNDS_BEFORE, ROUNDS] = [2, 9];

/**
 * @typedef {object} Throughput
 * @property {string} shape
 * @property {number} usher readings a second, the median of the rounds
 * @property {number} statistics Snowplow's class alone
 * @property {number} ratio of the two within a round, the median
 * @property {[number, number]} ratioRange the smallest and the largest
 */

/** @typedef {typeof throughStatistics} Through */

/** @returns {Promise<{ classes: Throughput[], api: number, seeks: number }>} */
export async function measureThroughput() {
  await init(moduleBytes("player"));
  const snowplow = await loadSnowplow();
  const stream = makeStream({ readings: READINGS, seed: SEED });
  const everyTwoHours = (/** @type {number} */ index) => index % READINGS_PER_VIEW === 0;
  const once = (/** @type {number} */ index) => index === 0;
  /** @type {(shape: string, through: Through, begins: (index: number) => boolean) => Throughput} */
  const compare = (shape, through, begins) =>
    inTurn(shape, stream, begins, () => through(snowplow, stream, begins));
  const classes = [
    compare("views of two hours", throughStatistics, everyTwoHours),
    compare("one view", throughStatistics, once),
    compare("one view, its player object made afresh", throughStatisticsAfresh, once),
  ];
  const api = [];
  for (let round = 0; round < 3; round += 1) {
    const beganMs = performance.now();
    throughApi(snowplow, stream, READINGS_THROUGH_API);
    api.push((1000 * READINGS_THROUGH_API) / (performance.now() - beganMs));
  }
  return { classes, api: median(api), seeks: stream.seeks };
}

/**
 * @param {string} shape
 * @param {import("./stream.mjs").Stream} stream
 * @param {(index: number) => boolean} begins whether a new view begins with a reading
 * @param {() => unknown} other
 * @returns {Throughput}
 */
function inTurn(shape, stream, begins, other) {
  const [usher, statistics, ratios] = [[0], [0], [0]].map(() => /** @type {number[]} */ ([]));
  for (let round = -ROUNDS_BEFORE; round < ROUNDS; round += 1) {
    const began = performance.now();
    throughUsher(stream, begins);
    const between = performance.now();
    other();
    const ended = performance.now();
    if (round < 0) continue;
    usher?.push((1000 * READINGS) / (between - began));
    statistics?.push((1000 * READINGS) / (ended - between));
    ratios?.push((ended - between) / (between - began));
  }
  return {
    shape,
    usher: median(usher ?? []),
    statistics: median(statistics ?? []),
    ratio: median(ratios ?? []),
    ratioRange: [Math.min(...(ratios ?? [])), Math.max(...(ratios ?? []))],
  };
}

/**
 * One scalar call a reading.
 * @param {import("./stream.mjs").Stream} stream
 * @param {(index: number) => boolean} begins
 */
function throughUsher({ length, durationS, atMs, positionS, rate, flags }, begins) {
  let view = new View("bench", "film");
  for (let index = 0; index < length; index += 1) {
    if (begins(index)) {
      view.free();
      view = new View("bench", "film");
    }
    view.push(
      atMs[index] ?? 0,
      positionS[index] ?? 0,
      durationS,
      rate[index] ?? 1,
      flags[index] ?? 0,
    );
  }
  view.free();
}
