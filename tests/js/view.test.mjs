// @ts-check
// The vectors that tests/it/playback/view.rs runs in Rust, here through wasm.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { Flag, init, View } from "usher";
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
  names.pop();
  const { figures } = view;
  const content = names.length + 1;
  const rewatched = content + Number(figures[content - 1]);
  return {
    ...Object.fromEntries(
      names.map((name, index) => [name, isNaN(figures[index] ?? NaN) ? null : figures[index]]),
    ),
    intervals: pairs(figures.subarray(content, rewatched)),
    rewatched: pairs(figures.subarray(rewatched)),
    live: figures[names.indexOf("live")] === 1,
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
  // Behind them: how many ends of intervals follow.
  assert.deepEqual([...view.figures.subarray(names.length)], [0]);
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

test("a state has another version than any state that says less", () => {
  const view = new View("anna", "plan-9");
  const version = () => {
    view.snapshot();
    return view.figures[0];
  };
  assert.equal(version(), 0);
  view.push(0, 0, 60, 1, 0);
  assert.deepEqual([version(), version()], [1, 1]);
  view.pushPlayed(250, 0.25, 60, 1, 0, Float64Array.from([0, 0]));
  assert.equal(version(), 2);
  // Content that no reading will tell of any more.
  view.interrupt();
  assert.equal(version(), 3);
  view.tell(0, 0);
  assert.equal(version(), 4);
});

test("a handle that was freed is refused", () => {
  const view = new View("anna", "plan-9");
  view.free();
  assert.throws(() => view.push(0, 0, 60, 1, 0));
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
