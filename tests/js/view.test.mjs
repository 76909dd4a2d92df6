// @ts-check
// The vectors that tests/it/playback/view.rs runs in Rust, here through wasm.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { Flag, init, retryDelayMs, View } from "usher";
import { moduleBytes } from "./module-bytes.mjs";

const { cases } = JSON.parse(
  readFileSync(new URL("../vectors/readings.json", import.meta.url), "utf8"),
);

/** @type {Record<string, number>} */
const FLAGS = { ...Flag, linear_ad: Flag.linearAd, overlay_ad: Flag.overlayAd };

/** @param {any[]} readings */
function play(readings) {
  const view = new View("anna", "plan-9");
  let durationS = 60;
  let rate = 1;
  let flags = 0;
  for (const reading of readings) {
    durationS = Number(reading.duration_s ?? durationS);
    rate = Number(reading.rate ?? rate);
    flags = reading.flags
      ? reading.flags.reduce(
          (/** @type {number} */ sum, /** @type {string} */ name) => sum + Number(FLAGS[name]),
          0,
        )
      : flags;
    const positionS = Number(reading.position_s);
    if (reading.played) {
      const played = Float64Array.from(reading.played.flat());
      view.pushPlayed(reading.at_ms, positionS, durationS, rate, flags, played);
    } else {
      view.push(reading.at_ms, positionS, durationS, rate, flags);
    }
  }
  return view;
}

/**
 * @param {View} view
 * @returns {Record<string, unknown>}
 */
function figures(view) {
  /** @param {Float64Array} ends */
  const pairs = (ends) =>
    [...ends].flatMap((end, index) => (index % 2 ? [[ends[index - 1], end]] : []));
  const names = view.figureNames.split(",");
  const figures = [...view.figures].map((value, index) => [
    names[index],
    isNaN(value) ? null : value,
  ]);
  return {
    ...Object.fromEntries(figures),
    intervals: pairs(view.intervals),
    rewatched: pairs(view.rewatched),
    live: view.figures[names.indexOf("live")] === 1,
  };
}

before(() => init(moduleBytes("player")));

describe("the vectors hold through wasm:", () => {
  assert.ok(cases.length > 20);
  for (const { id, readings, expect } of cases) {
    test(id, () => {
      const got = figures(play(readings));
      for (const name in expect) assert.deepEqual(got[name], expect[name], name);
    });
  }
});

test("every figure has a name", () => {
  const view = new View("anna", "plan-9");
  const names = view.figureNames.split(",").filter((name) => name);
  assert.equal(names.length, view.figures.length);
  assert.equal(new Set(names).size, names.length);
});

test("a page load is one producer and every view has an id of its own", () => {
  const [one, other] = [new View("anna", "plan-9"), new View("anna", "plan-9")];
  assert.match(one.id, /^[0-9a-f]{32}$/);
  assert.notEqual(one.id, other.id);
  assert.equal(one.id.slice(0, 8), other.id.slice(0, 8), "the tag of the viewer");
  assert.equal(one.producer, other.producer);
  assert.match(one.producer, /^[0-9a-f]{32}$/);
});

test("a viewer and a title have 1 to 200 bytes without control characters", () => {
  /** @type {[viewer: string, title: string, field: string | null][]} */
  const rows = [
    ["a".repeat(200), "é".repeat(100), null],
    ["", "t", "viewer"],
    ["v", "", "title"],
    ["v", "t".repeat(201), "title"],
    ["é".repeat(101), "t", "viewer"],
    ["v\n", "t", "viewer"],
  ];
  for (const [viewer, title, field] of rows) {
    if (field === null) new View(viewer, title).free();
    else assert.throws(() => new View(viewer, title), { code: "invalid_value", field });
  }
});

test("what is committed is not owed, what is measured since is", () => {
  const view = new View("anna", "plan-9");
  assert.equal(view.owes(), false);
  view.push(0, 0, 60, 1, 0);
  assert.equal(view.owes(), true);
  view.snapshot();
  for (const never of [NaN, -1, 2, Infinity]) view.acknowledge(never);
  assert.equal(view.owes(), true);
  view.acknowledge(1);
  assert.equal(view.owes(), false);
  view.push(1000, 1, 60, 1, 0);
  assert.equal(view.owes(), true);
  view.refuse();
  assert.equal(view.owes(), false);
});

test("no reading traps, whatever is pushed", () => {
  const view = new View("anna", "plan-9");
  /** @type {any[]} */
  const values = [0, 1, -1, NaN, Infinity, -Infinity, 2 ** 53, 1e308, -0, undefined, null, "x", {}];
  for (const a of values) {
    for (const b of values) {
      view.push(a, b, a, b, a);
      view.push(b, a, 60, 1, b);
      view.pushPlayed(a, b, a, 1, 0, Float64Array.from([Number(a), Number(b), Number(b)]));
    }
  }
  assert.ok(view.snapshot().length > 0);
});

test("a million readings leave a small state and a small module", () => {
  const view = new View("anna", "plan-9");
  const before = process.memoryUsage().arrayBuffers;
  for (let index = 0; index < 1_000_000; index += 1) {
    // A seek every fourth reading, so that intervals come without end.
    const flags = index % 4 ? 0 : Flag.seeking;
    view.push(index * 250, ((index * 7919) % 7200) + (index % 4) / 4, 7200, 1, flags);
  }
  assert.ok(view.snapshot().length < 8192);
  assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000);
});

test("a retry waits with jitter, at least as long as it was asked to", () => {
  assert.equal(retryDelayMs(1, 1, NaN), 1000);
  assert.equal(retryDelayMs(3, 0.5, NaN), 3000);
  assert.equal(retryDelayMs(1, 0, 8000), 8000);
  assert.equal(retryDelayMs(1e9, 1, NaN), 300_000);
  assert.equal(retryDelayMs(1, 0, 1e12), 300_000);
  assert.equal(retryDelayMs(1, 0, -5), 500);
});
