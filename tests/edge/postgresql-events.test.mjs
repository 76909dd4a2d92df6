// @ts-check
// The receiver for PostgreSQL, fed with CloudEvents.
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertRefused, eventually, request } from "./api.mjs";
import { eventsOf, viewRow, windowRow } from "./delivered-rows.mjs";
import { withClient } from "./postgresql.mjs";
import { postgres, query, receiver } from "./postgresql-setup.mjs";
import { assertWindowSums, byView, counts, records } from "./postgresql-tables.mjs";

/** @param {unknown} events */
const post = (events, type = "application/cloudevents-batch+json") =>
  request(`${receiver.url}/v1/events`, {
    method: "POST",
    headers: { "content-type": type },
    body: typeof events === "string" ? events : JSON.stringify(events),
  });

test("events_are_taken_once_by_source_and_id", async () => {
  const [views, windows] = [
    Array.from({ length: 5 }, () => viewRow()),
    Array.from({ length: 5 }, () => windowRow()),
  ];
  const events = [...eventsOf("a.1.1", "view", views), ...eventsOf("a.1.2", "window", windows)];
  const [first, later] = [events.slice(0, 7), [...events.slice(4), ...events.slice(6)]];
  assert.deepEqual((await post(first)).body, {
    rows: 7,
    duplicates: 0,
    stored: 7,
    conflicts: 0,
  });
  assert.deepEqual((await post(later)).body, {
    rows: 6,
    duplicates: 3,
    stored: 3,
    conflicts: 0,
  });
  const again = Array.from({ length: 20 }, () => post(events));
  for (const { status, body } of await Promise.all(again)) {
    assert.deepEqual([status, body.stored], [200, 0]);
  }
  assert.deepEqual(await counts(query), [0, 10, 5, 5]);
  assert.deepEqual(await records(query), byView(views));
  await assertWindowSums(query, windows);
  const other = events.map((event) => ({ ...event, source: "usher/tenant/b" }));
  assert.equal((await post(other)).body.duplicates, 0);
  await assertWindowSums(query, [...windows, ...windows]);
});

test("the_same_events_many_times_at_once_are_stored_once", async () => {
  const windows = Array.from({ length: 100 }, () => windowRow());
  const events = eventsOf("a.1.1", "window", windows);
  const sent = Array.from({ length: 20 }, (_, index) =>
    post(index % 2 ? [...events].reverse() : events),
  );
  const answers = await Promise.all(sent);
  assert.ok(answers.every(({ status }) => status === 200));
  assert.equal(
    answers.reduce((sum, { body }) => sum + body.stored, 0),
    100,
  );
  await assertWindowSums(query, windows);
});

test("two_that_bring_the_same_events_in_another_order_do_not_wait_for_each_other", async () => {
  const events = eventsOf(
    "a.1.1",
    "window",
    Array.from({ length: 9 }, () => windowRow()),
  );
  const answers = await withClient(postgres.url, async (holder) => {
    await holder.query("BEGIN");
    // Whoever came from one end would hold what whoever came from the other waits for.
    const { source, id } = events[4] ?? {};
    await holder.query("INSERT INTO usher.events (source, id) VALUES ($1, $2)", [source, id]);
    const sent = [post(events), post([...events].reverse())];
    await eventually(async () => {
      const waiting = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
      assert.equal((await query(waiting)).length, 2);
    });
    await holder.query("ROLLBACK");
    return Promise.all(sent);
  });
  assert.deepEqual(answers.map(({ status, body }) => [status, body.stored]).sort(), [
    [200, 0],
    [200, 9],
  ]);
});

test("events_that_are_none_are_refused_and_taken_when_they_are_right", async () => {
  const [event] = eventsOf("a.1.1", "view", [viewRow()]);
  const fine = eventsOf("a.1.2", "view", [viewRow()]);
  /** @type {[unknown, string, string | null][]} */
  const rows = [
    ["{", "malformed_json", null],
    [{}, "wrong_type", null],
    [Array(1001).fill(event), "too_many", null],
    [[...fine, 7], "wrong_type", "events[1]"],
    [[{ ...event, specversion: "0.3" }], "invalid_value", "events[0].specversion"],
    [[...fine, { ...event, source: "" }], "invalid_value", "events[1].source"],
    [[{ ...event, id: 7 }], "invalid_value", "events[0].id"],
    [[{ ...event, id: "x".repeat(201) }], "invalid_value", "events[0].id"],
    [[{ ...event, type: "usher.view.v2" }], "invalid_value", "events[0].type"],
    [[{ ...event, type: "toString" }], "invalid_value", "events[0].type"],
    [[{ ...event, datacontenttype: "text/xml" }], "invalid_value", "events[0].datacontenttype"],
    [[{ ...event, data: undefined }], "invalid_value", "events[0].data"],
    [[...fine, { ...event, data: {} }], "missing_field", "view"],
    [[...fine, { ...event, data: viewRow({ version: -1 }) }], "invalid_value", null],
  ];
  for (const [events, code, field] of rows) {
    assertRefused(await post(events), 400, code, field);
  }
  const answer = await post([event], "application/json");
  assertRefused(answer, 415, "type_unsupported", "Content-Type");
  assert.deepEqual(await counts(query), [0, 0, 0, 0]);
  assert.equal((await post([event, ...fine])).body.stored, 2);
});
