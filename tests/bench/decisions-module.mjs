// @ts-check
// What a decision costs inside the module: `node tests/bench/decisions-module.mjs`.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  Catalogue,
  DEVICE_CLASSES,
  countryCode,
  decideCatalogue,
  decideTitles,
  init,
} from "usher/rights";
import { catalogue50k, viewers } from "./decisions-catalogue.mjs";

/** Decisions that are timed together: one alone is shorter than the clock's step. */
const BATCH = 200;
const BATCHES = 20_000;

/** @param {number[]} times */
const quantile = (times, share = 0.5) =>
  [...times].sort((one, other) => one - other)[Math.floor(times.length * share)] ?? NaN;

/** Measures it, in one process and one thread. */
export async function measure() {
  const module = new WebAssembly.Module(
    readFileSync(fileURLToPath(import.meta.resolve("usher/rights.wasm"))),
  );
  await init(module);
  const json = new TextEncoder().encode(JSON.stringify(catalogue50k()));
  const loads = Array.from({ length: 5 }, () => {
    const before = performance.now();
    new Catalogue(json).free();
    return performance.now() - before;
  });
  const catalogue = new Catalogue(json);
  const questions = viewers().flatMap(({ viewer, country, device_class, device_id, now }) => {
    const rights = catalogue.rights(viewer);
    const numbers = /** @type {const} */ ([
      countryCode(country ?? ""),
      DEVICE_CLASSES.indexOf(/** @type {any} */ (device_class)),
      rights.device(device_id),
      now,
    ]);
    return [{ rights, numbers }];
  });
  let allowed = 0;
  let asked = 0;
  const times = [];
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const { rights, numbers } = /** @type {typeof questions[0]} */ (
      questions[batch % questions.length]
    );
    const first = (batch * 7919) % catalogue.size;
    const before = performance.now();
    for (let at = 0; at < BATCH; at += 1) {
      const title = (first + at * 131) % 50_000;
      if (rights.decide(title, ...numbers) === 0 && rights.maxHeight > 0 && rights.expiresAt > 0) {
        allowed += 1;
      }
    }
    times.push(((performance.now() - before) * 1_000) / BATCH);
    asked += BATCH;
  }
  const [first] = viewers();
  const wholes = viewers().map((question) => {
    const before = performance.now();
    decideCatalogue(catalogue, /** @type {any} */ (question.viewer), /** @type {any} */ (question));
    return performance.now() - before;
  });
  const titles = Array.from(
    { length: 1_000 },
    (_, place) => `title-${String(place * 50).padStart(6, "0")}`,
  );
  const lists = Array.from({ length: 50 }, () => {
    const before = performance.now();
    decideTitles(catalogue, /** @type {any} */ (first?.viewer), /** @type {any} */ (first), titles);
    return performance.now() - before;
  });
  return {
    json_mb: json.length / 1e6,
    load_ms: quantile(loads),
    catalogue_mb: catalogue.bytes / 1e6,
    decision_p50_us: quantile(times),
    decision_p99_us: quantile(times, 0.99),
    allowed_share: allowed / asked,
    whole_catalogue_ms: quantile(wholes),
    whole_catalogue_max_ms: quantile(wholes, 0.999),
    thousand_titles_ms: quantile(lists),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(await measure());
