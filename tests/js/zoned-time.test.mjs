// @ts-check
// Local days of the catalogue's pages and the instants that they are, where clocks change and where they do not.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  dayEnd,
  dayFrom,
  dayStart,
  dayUntil,
  instantOf,
  localOf,
} from "../../www/console/parts/zoned-time.js";

const utc = (/** @type {string} */ text) => Date.parse(text) / 1000;

test("a_day_begins_and_ends_where_its_zone_says", () => {
  for (const [day, zone, from, to] of [
    ["2026-01-01", "UTC", "2026-01-01T00:00Z", "2026-01-02T00:00Z"],
    ["2026-01-01", "Europe/Madrid", "2025-12-31T23:00Z", "2026-01-01T23:00Z"],
    // 23 and 25 hours. Source: tz database, rule EU.
    ["2026-03-29", "Europe/Madrid", "2026-03-28T23:00Z", "2026-03-29T22:00Z"],
    ["2026-10-25", "Europe/Madrid", "2026-10-24T22:00Z", "2026-10-25T23:00Z"],
    // Midnight is left out: the day begins at one. Source: tz database, America/Santiago, 6 September 2026.
    ["2026-09-06", "America/Santiago", "2026-09-06T04:00Z", "2026-09-07T03:00Z"],
    // Put back over midnight: the day comes once more and lasts 25 hours. 4 April 2026.
    ["2026-04-04", "America/Santiago", "2026-04-04T03:00Z", "2026-04-05T04:00Z"],
    ["2026-06-01", "Asia/Kathmandu", "2026-05-31T18:15Z", "2026-06-01T18:15Z"],
  ]) {
    assert.equal(dayStart(String(day), String(zone)), utc(String(from)), `${day} ${zone}`);
    assert.equal(dayEnd(String(day), String(zone)), utc(String(to)), `${day} ${zone}`);
    assert.equal(dayFrom(utc(String(from)), String(zone)), day);
    assert.equal(dayUntil(utc(String(to)), String(zone)), day);
  }
});

test("an_instant_within_a_day_begins_and_ends_none", () => {
  assert.equal(dayFrom(utc("2026-01-01T00:00Z"), "Europe/Madrid"), null);
  assert.equal(dayUntil(utc("2026-01-01T00:00:01Z"), "UTC"), null);
});

test("a_local_time_that_comes_twice_is_the_first_and_one_that_does_not_come_is_later", () => {
  assert.equal(instantOf("2026-10-25T02:30", "Europe/Madrid"), utc("2026-10-25T00:30Z"));
  assert.equal(instantOf("2026-03-29T02:30", "Europe/Madrid"), utc("2026-03-29T01:30Z"));
  assert.equal(instantOf("2026-07-01T12:00:07", "Europe/Madrid"), utc("2026-07-01T10:00:07Z"));
});

test("an_instant_is_written_as_a_field_takes_it", () => {
  assert.equal(localOf(utc("2026-07-01T10:00Z"), "Europe/Madrid"), "2026-07-01T12:00");
  assert.equal(localOf(utc("2026-07-01T10:00:07Z"), "Europe/Madrid"), "2026-07-01T12:00:07");
  assert.equal(localOf(utc("1969-12-31T23:59:59Z"), "UTC"), "1969-12-31T23:59:59");
});

test("what_is_no_day_and_no_time_is_none", () => {
  for (const text of ["", "2026", "2026-13-01", "01/02/2026"]) {
    assert.equal(dayStart(text, "UTC"), null);
    assert.equal(dayEnd(text, "UTC"), null);
    assert.equal(instantOf(text, "UTC"), null);
  }
});

test("days_come_back_as_they_were_written_all_year_long", () => {
  for (const zone of ["Europe/Madrid", "America/Santiago", "Australia/Lord_Howe", "Asia/Tehran"]) {
    for (let day = utc("2026-01-01T00:00Z"); day < utc("2027-01-01T00:00Z"); day += 86_400) {
      const date = new Date(day * 1000).toISOString().slice(0, 10);
      const [from, to] = [Number(dayStart(date, zone)), Number(dayEnd(date, zone))];
      assert.ok(from < to, `${date} ${zone}`);
      assert.equal(dayFrom(from, zone), date);
      assert.equal(dayUntil(to, zone), date);
    }
  }
});
