// @ts-check
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { ActivityImport, init } from "usher/office";
import { moduleBytes } from "./module-bytes.mjs";

const NOW_MS = Date.UTC(2026, 0, 1);
const VECTORS = new URL("../vectors/activity/", import.meta.url);
const EXPORT = new URL("../../../shared/data/netflix_viewing_activity_P1.csv", import.meta.url);

/** @type {{ cases: { file: string, about: string, now_ms: number, expect?: any, refusal?: any }[] }} */
const { cases } = JSON.parse(readFileSync(new URL("cases.json", VECTORS), "utf8"));

before(() => init(moduleBytes("office")));

/**
 * Imports bytes in pieces and hands everything out.
 * @param {Uint8Array} bytes
 * @param {{ now_ms?: number, size?: number, gives_plays?: boolean }} [options]
 */
function run(bytes, { now_ms = NOW_MS, size = 65_536, gives_plays = true } = {}) {
  const activity = new ActivityImport({ now_ms, gives_plays });
  try {
    const plays = [];
    for (let at = 0; at < bytes.length; at += size) {
      plays.push(...activity.push(bytes.subarray(at, at + size)).plays);
    }
    const end = activity.finish();
    plays.push(...end.plays);
    const days = (/** @type {string} */ zone) => activity.days(zone).days;
    const calendar = Object.fromEntries(
      ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/New_York"].map((zone) => [
        zone,
        days(zone),
      ]),
    );
    return { plays, report: end.report, calendar };
  } finally {
    activity.free();
  }
}

/** @param {string[]} rows below the head of an export */
const text = (...rows) =>
  new TextEncoder().encode(
    [
      "Profile Name,Start Time,Duration,Title,Supplemental Video Type,Latest Bookmark",
      ...rows,
    ].join("\n"),
  );

/** @param {any[]} totals */
const sums = (totals) =>
  Object.fromEntries(totals.map(({ name, plays, played_ms }) => [name, [plays, played_ms]]));

/** @param {any[]} findings */
const lines = (findings) =>
  Object.fromEntries(
    findings.map(({ reason, first }) => [reason, first.map((/** @type {any} */ row) => row.line)]),
  );

describe("the vectors hold through wasm:", () => {
  assert.ok(cases.length > 15);
  for (const { file, about, now_ms, expect, refusal } of cases) {
    test(`${file}, ${about}`, () => {
      const bytes = readFileSync(new URL(file, VECTORS));
      if (refusal) {
        const [code, field, pattern] = refusal;
        assert.throws(
          () => run(bytes, { now_ms }),
          (/** @type {any} */ thrown) => {
            assert.deepEqual([thrown.code, thrown.field], [code, field], thrown.message);
            assert.match(thrown.message, new RegExp(pattern));
            return true;
          },
        );
        return;
      }
      const { plays, report, calendar } = run(bytes, { now_ms });
      const got = {
        ...report,
        skipped: lines(report.skipped),
        noted: lines(report.noted),
        titles: sums(report.titles),
        supplemental: sums(report.supplemental),
        profiles: Object.fromEntries(
          report.profiles.map((p) => [p.name, [p.plays, p.played_ms, p.sittings]]),
        ),
        days: Object.fromEntries(
          Object.keys(expect.days ?? {}).map((zone) => [
            zone,
            Object.fromEntries((calendar[zone] ?? []).map(({ day, plays }) => [day, plays])),
          ]),
        ),
      };
      for (const name in expect) {
        assert.deepEqual(/** @type {any} */ (got)[name], expect[name], name);
      }
      assert.equal(plays.length, report.plays);
      assert.equal(report.bytes, bytes.length);
      for (const size of [1, 3, 61]) assert.deepEqual(run(bytes, { now_ms, size }).report, report);
    });
  }
});

test("a play becomes a view that claims no unique content and no completion", () => {
  const { plays } = run(readFileSync(new URL("plain.csv", VECTORS)));
  assert.deepEqual(plays[0], {
    view: plays[0]?.view,
    viewer: "Anna",
    title: "Plan 9 from Outer Space",
    started_ms: Date.UTC(2025, 2, 30, 0, 30),
    played_ms: 2_710_000,
    bookmark_ms: 2_710_000,
    latest_bookmark_ms: 2_710_000,
    started_by: "viewer",
    device: "Chrome PC",
    country: "DE (Germany)",
  });
  assert.match(plays[0]?.view ?? "", /^[0-9a-f]{32}$/);
  assert.equal(plays[1]?.latest_bookmark_ms, null, "Not latest view");
  assert.equal(plays[1]?.started_by, "autoplay");
  assert.equal(plays[2]?.started_by, "autoplay_then_viewer");
  assert.equal(plays[3]?.bookmark_ms, null);
  assert.equal(new Set(plays.map(({ view }) => view)).size, plays.length);
});

test("an import gives the same ids each time, whatever else is in the file", () => {
  const bytes = readFileSync(new URL("plain.csv", VECTORS));
  const ids = run(bytes).plays.map(({ view }) => view);
  assert.deepEqual(
    run(bytes, { size: 7 }).plays.map(({ view }) => view),
    ids,
  );
  const one = run(text("Anna,2025-03-30 00:30:00,00:00:01,Plan 9 from Outer Space,,"));
  assert.equal(one.plays[0]?.view, ids[0]);
});

test("without the plays an import counts the same", () => {
  const bytes = readFileSync(new URL("odd-rows.csv", VECTORS));
  const { plays, report } = run(bytes, { gives_plays: false });
  assert.equal(plays.length, 0);
  assert.deepEqual(report, run(bytes).report);
});

test("a real export of 3,824 rows gives exactly its plays", (t) => {
  if (!existsSync(EXPORT)) return t.skip("the real export is not beside this project");
  const { plays, report, calendar } = run(readFileSync(EXPORT));
  assert.equal(report.rows, 3824);
  assert.equal(report.plays, 1670);
  assert.equal(report.played_ms, 2_151_447_000);
  assert.deepEqual(
    report.skipped.map(({ reason, rows }) => [reason, rows]),
    [["supplemental_video", 2154]],
  );
  const supplemental = report.supplemental.reduce((sum, { played_ms }) => sum + played_ms, 0);
  assert.equal(report.played_ms + supplemental, 2_194_367_000);
  assert.equal(report.profiles[0]?.sittings, 418);
  /** @type {Record<string, number>} */
  const years = {};
  for (const { day, played_ms } of calendar.UTC ?? []) {
    years[day.slice(0, 4)] = (years[day.slice(0, 4)] ?? 0) + played_ms;
  }
  assert.deepEqual(years, { 2023: 1_043_063_000, 2024: 1_108_384_000 });
  assert.equal(new Set(plays.map(({ view }) => view)).size, 1670);
  const latest = plays.filter(({ latest_bookmark_ms }) => latest_bookmark_ms !== null);
  assert.equal(latest.length, report.titles.length, "one latest play a title");
});

test("a day begins where the zone's calendar says, also when clocks change", () => {
  const starts = [
    "2025-10-25 21:59:59", // 23:59:59 in Berlin, summer time
    "2025-10-25 22:00:00", // midnight
    "2025-10-26 00:30:00", // 02:30, the first time
    "2025-10-26 01:30:00", // 02:30, the second time
    "2025-10-26 22:59:59",
    "2025-10-26 23:00:00", // midnight, winter time: the 26th had 25 hours
  ];
  const { calendar } = run(text(...starts.map((start) => `Anna,${start},00:00:01,T,,`)));
  assert.deepEqual(
    calendar["Europe/Berlin"]?.map(({ day, plays }) => [day, plays]),
    [
      ["2025-10-25", 1],
      ["2025-10-26", 4],
      ["2025-10-27", 1],
    ],
  );
});

test("a zone that there is not is refused, and the import goes on", () => {
  const activity = new ActivityImport({ now_ms: NOW_MS, gives_plays: false });
  for (const zone of ["Mars/Olympus", "", "+99:00", "\0"]) {
    assert.throws(() => activity.days(zone), { code: "invalid_value", field: "zone" });
  }
  activity.push(text("Anna,2025-01-01 10:00:00,00:00:01,T,,"));
  assert.equal(activity.finish().report.plays, 1);
  assert.equal(activity.days("Pacific/Kiritimati").days[0]?.day, "2025-01-02");
  activity.free();
});

test("a refusal stays, and what comes too late or at once is refused", () => {
  const refused = new ActivityImport({ now_ms: NOW_MS, gives_plays: false });
  for (let time = 0; time < 3; time += 1) {
    assert.throws(() => refused.push(new TextEncoder().encode("Title,Date\n")), {
      code: "missing_field",
    });
  }
  assert.throws(() => refused.finish(), { code: "missing_field" });
  const activity = new ActivityImport({ now_ms: NOW_MS, gives_plays: false });
  assert.throws(() => activity.push(new Uint8Array(1024 * 1024 + 1)), {
    code: "body_too_large",
    field: "piece",
  });
  activity.push(text());
  activity.finish();
  assert.throws(() => activity.finish(), { code: "internal" });
  assert.throws(() => activity.push(text()), { code: "internal" });
  refused.free();
  activity.free();
});

test("a file has at most 3,000,000 rows and 1 GiB", () => {
  const begin = () => new ActivityImport({ now_ms: NOW_MS, gives_plays: false });
  // Supplemental videos are rows too, and nothing is kept of them.
  const row = new TextEncoder().encode(",,,,X,\n");
  const rows = Uint8Array.from(
    { length: row.length * 100_000 },
    (_, at) => row[at % row.length] ?? 0,
  );
  const long = begin();
  long.push(text(""));
  for (let times = 0; times < 30; times += 1) long.push(rows);
  assert.throws(() => long.push(row), { code: "too_many", message: /3000000/ });
  assert.throws(() => long.finish(), { code: "too_many" });

  const large = begin();
  const blank = new Uint8Array(1024 * 1024).fill(10);
  for (let times = 0; times < 1024; times += 1) large.push(blank);
  large.push(new Uint8Array());
  assert.throws(() => large.push(blank.subarray(0, 1)), { code: "body_too_large", field: null });
  assert.throws(() => large.finish(), { code: "body_too_large" });
  long.free();
  large.free();
});

test("what JavaScript gets wrong is refused, not trapped", () => {
  /** @type {any[]} */
  const options = [
    undefined,
    null,
    1,
    {},
    { now_ms: NaN, gives_plays: true },
    { now_ms: -1, gives_plays: true },
    { now_ms: 1 },
  ];
  for (const given of options) {
    assert.throws(() => new ActivityImport(given), { code: "invalid_value" });
  }
});

test("no byte that is flipped in an export traps, and every row is counted once", () => {
  const bytes = readFileSync(new URL("plain.csv", VECTORS));
  for (let at = bytes.indexOf(10) + 1; at < bytes.length; at += 1) {
    for (const byte of [0, 10, 13, 34, 44, 0xff]) {
      const flipped = Uint8Array.from(bytes);
      flipped[at] = byte;
      const { report } = run(flipped);
      const skipped = report.skipped.reduce((sum, { rows }) => sum + rows, 0);
      assert.equal(report.plays + skipped, report.rows);
    }
  }
});

test("300,000 rows leave a small module", () => {
  const activity = new ActivityImport({ now_ms: NOW_MS, gives_plays: true });
  const before = process.memoryUsage();
  activity.push(text(""));
  for (let piece = 0; piece < 300; piece += 1) {
    let rows = "";
    for (let row = 0; row < 1000; row += 1) {
      const start = new Date((piece * 1000 + row) * 1_000_000).toISOString();
      rows += `Anna,${start.slice(0, 10)} ${start.slice(11, 19)},00:10:00,Title ${row},,\n`;
    }
    assert.equal(activity.push(new TextEncoder().encode(rows)).plays.length, 1000);
  }
  const { report } = activity.finish();
  assert.equal(report.plays, 300_000);
  const grown = process.memoryUsage().external - before.external;
  assert.ok(grown < 64 * 1024 * 1024, `${grown} bytes`);
  activity.free();
});
