// @ts-check
// Memory of a view of 24 hours. Run alone, by `measureMemory`, so that nothing else is in the heap.
import { spawnSync } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { init, View } from "usher";
import { moduleBytes } from "../js/module-bytes.mjs";
import { loadSnowplow } from "./bundle.mjs";
import { throughStatistics } from "./snowplow.mjs";
import { makeStream } from "./stream.mjs";

const DAY_S = 86_400;

/** Four a second for a day. */
const READINGS = 345_600;

/** With which the stream has exactly 200 seeks. */
const SEED = 7;
const READINGS_PER_SEEK = READINGS / 200;

/** Memory grows by 64 KiB, so one view may seem to cost nothing; many show what one takes. */
const VIEWS = 32;

/**
 * @typedef {object} Memory
 * @property {number} readings
 * @property {number} seeks
 * @property {number} linearBytes of the module's memory before anything is measured
 * @property {number} growthBytes of the memory by one view
 * @property {number} viewBytes that a view takes: the growth by many, through their number
 * @property {number} stateBytes encoded, as it is sent
 * @property {number} intervals
 * @property {number} snowplowBytes of heap that Snowplow's statistics hold
 * @property {number} snowplowSeconds of content that it counted
 */

/** @returns {Memory} */
export function measureMemory() {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--expose-gc", fileURLToPath(import.meta.url)],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`the measurement of memory failed: ${stderr}`);
  return JSON.parse(stdout);
}

/** @returns {Promise<Memory>} */
async function measureHere() {
  const snowplow = await loadSnowplow();
  const memory = await initWithMemory();
  const stream = makeStream({
    readings: READINGS,
    seed: SEED,
    durationS: DAY_S,
    readingsPerSeek: READINGS_PER_SEEK,
  });
  const linearBytes = memory.buffer.byteLength;
  const views = [watch(stream)];
  const growthBytes = memory.buffer.byteLength - linearBytes;
  const [first] = views;
  const stateBytes = first?.snapshot().length ?? NaN;
  // Behind the last comma of the names: how many ends of intervals there are.
  const intervals = (first?.figures[first.figureNames.split(",").length - 1] ?? NaN) / 2;
  while (views.length < VIEWS) views.push(watch(stream));
  const viewBytes = (memory.buffer.byteLength - linearBytes) / VIEWS;

  // Once before, so that what is compiled is not counted.
  throughStatistics(snowplow, stream, () => false);
  const before = heapBytes();
  const statistics = throughStatistics(snowplow, stream, () => false);
  const snowplowBytes = heapBytes() - before;
  const { contentWatched } = statistics.toSessionContextEntity();
  return {
    readings: READINGS,
    seeks: stream.seeks,
    linearBytes,
    growthBytes,
    viewBytes,
    stateBytes,
    intervals,
    snowplowBytes,
    snowplowSeconds: contentWatched,
  };
}

/** Starts the module, and keeps the memory that the package hides. */
async function initWithMemory() {
  const { Instance } = WebAssembly;
  /** @type {WebAssembly.Memory | undefined} */
  let memory;
  WebAssembly.Instance = /** @type {any} */ (
    /** @type {(module: WebAssembly.Module, imports: WebAssembly.Imports) => WebAssembly.Instance} */
    function (module, imports) {
      const instance = new Instance(module, imports);
      memory = Object.values(instance.exports).find((item) => item instanceof WebAssembly.Memory);
      return instance;
    }
  );
  await init(moduleBytes("player"));
  WebAssembly.Instance = Instance;
  if (!memory) throw new Error("the module exports no memory");
  return memory;
}

/** @param {import("./stream.mjs").Stream} stream */
function watch({ length, durationS, atMs, positionS, rate, flags }) {
  const view = new View("bench", "film");
  for (let index = 0; index < length; index += 1) {
    view.push(
      atMs[index] ?? 0,
      positionS[index] ?? 0,
      durationS,
      rate[index] ?? 1,
      flags[index] ?? 0,
    );
  }
  return view;
}

function heapBytes() {
  for (let time = 0; time < 4; time += 1) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.stdout.write(JSON.stringify(await measureHere()));
}
