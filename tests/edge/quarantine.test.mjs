// @ts-check
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { assertRefused, eventually, postViews, recordOf, request } from "./api.mjs";
import { Playback, loadPage } from "./playback.mjs";
import { OPERATOR_KEY, startServer } from "./server.mjs";

const HOUR_MS = 3_600_000;

const SESSION_KEYS = `k1:${randomBytes(32).toString("base64url")}`;

/** @type {import("./server.mjs").Server} takes signed views only */
let server;
/** @type {typeof import("usher")} */
let usher;

before(async () => {
  server = await startServer({ environment: { SESSION_KEYS, UNSIGNED_VIEWS: "" } });
  usher = await loadPage();
});
after(() => server.stop());

/** @param {string} viewer */
async function tokenOf(viewer) {
  const init = { method: "POST", body: JSON.stringify({ viewer }) };
  return (await request(`${server.url}/session`, init)).body.token;
}

/**
 * Sends a state of a page that has been open for so long, and measured it just now.
 * @param {string} viewer
 * @param {Playback} playback
 * @param {number} openMs
 */
async function send(viewer, playback, openMs) {
  const clock = [openMs, Date.now()];
  const views = [{ ...playback.entry(), at: clock }];
  const more = { clock, token: await tokenOf(viewer), device: "tv" };
  const { status, body } = await postViews(server.url, viewer, views, more);
  assert.equal(status, 200, JSON.stringify(body));
  const { view, producer, version } = body.acks[0];
  const { id, producer: own, version: sent } = playback;
  assert.deepEqual({ view, producer, version }, { view: id, producer: own, version: sent });
}

/** @param {string} viewer */
async function apartOf(viewer) {
  const { status, body } = await request(`${server.url}/v1/quarantine?viewer=${viewer}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body.states;
}

/**
 * @param {object} body
 * @param {Record<string, string>} [headers]
 */
const release = (body, headers = {}) =>
  request(`${server.url}/v1/quarantine/release`, {
    method: "POST",
    body: JSON.stringify(body),
    headers,
  });

/**
 * The rows of the audit log with this action.
 * @param {string} action
 */
async function notes(action) {
  const { body } = await request(`${server.url}/v1/audit?limit=1000`);
  return body.rows.filter((/** @type {any} */ row) => row.action === action);
}

test("playing_time_that_has_not_passed_is_acked_and_does_not_count", async () => {
  const playback = new Playback(usher, "forger", "forged").watch(0, 10);
  await send("forger", playback, 11_000);
  const honest = await recordOf(server.url, playback.id, playback.version);
  // A loop of the minute, ten hours of it.
  for (let minutes = 0; minutes < 600; minutes += 1) playback.watch(0, 60);
  await send("forger", playback, 12_000);
  const [apart, ...others] = await apartOf("forger");
  assert.equal(others.length, 0);
  const { view, producer, version, reason, title } = apart;
  assert.deepEqual(
    { view, producer, version, reason, title },
    {
      view: playback.id,
      producer: playback.producer,
      version: playback.version,
      reason: "time_not_passed",
      title: "forged",
    },
  );
  const { body } = await request(`${server.url}/v1/views/${playback.id}`);
  assert.deepEqual(body, honest);
});

test("a_state_that_is_released_counts_when_it_was_measured", async () => {
  const playback = new Playback(usher, "released", "released").watch(0, 10);
  await send("released", playback, 11_000);
  for (let minutes = 0; minutes < 600; minutes += 1) playback.watch(0, 60);
  const fromMs = Date.now();
  await send("released", playback, 12_000);
  const toMs = Date.now();
  const asked = { viewer: "released", view: playback.id, producer: playback.producer };
  const { status, body } = await release(asked, { "usher-actor": "olga" });
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.released.version, playback.version);
  const record = await recordOf(server.url, playback.id, playback.version);
  assert.ok(record.playing_ms > 9 * HOUR_MS);
  assert.ok(record.watched_ms >= fromMs - 1000 && record.watched_ms <= toMs + 1000);
  assert.equal(record.device, "tv");
  assert.deepEqual(await apartOf("released"), []);
  // What the page plays on counts by itself.
  await send("released", playback.watch(0, 5), 20_000);
  await recordOf(server.url, playback.id, playback.version);
  assert.deepEqual(await apartOf("released"), []);
  assertRefused(await release(asked), 404, "not_found", "producer");
  await eventually(async () => {
    const rows = await notes("quarantine_released");
    assert.equal(rows.length, 1);
    assert.equal(rows[0].actor, "olga");
    assert.doesNotMatch(JSON.stringify(rows), /"released"/, "a log names nobody");
    assert.equal(JSON.parse(rows[0].detail).view, playback.id);
  });
});

test("a_look_at_the_quarantine_is_noted", async () => {
  const before = (await notes("quarantine_read")).length;
  await apartOf("nobody");
  await eventually(async () => {
    assert.ok((await notes("quarantine_read")).length > before);
  });
});

test("a_hundred_states_are_kept_and_the_oldest_goes_and_is_counted", async () => {
  const token = await tokenOf("many");
  const clock = [1_000, Date.now()];
  const all = [];
  for (let count = 0; count < 105; count += 5) {
    const playbacks = Array.from({ length: 5 }, () => {
      const playback = new Playback(usher, "many", "many");
      for (let minutes = 0; minutes < 20; minutes += 1) playback.watch(0, 60);
      return playback;
    });
    all.push(...playbacks);
    const views = playbacks.map((playback) => ({ ...playback.entry(), at: clock }));
    assert.equal((await postViews(server.url, "many", views, { clock, token })).status, 200);
  }
  const { body } = await request(`${server.url}/v1/quarantine?viewer=many`);
  assert.equal(body.states.length, 100);
  assert.equal(body.dropped, 5);
  const kept = body.states.map((/** @type {any} */ state) => state.view).sort();
  assert.deepEqual(
    kept,
    all
      .slice(5)
      .map(({ id }) => id)
      .sort(),
  );
});

test("only_the_operator_looks_at_the_quarantine", async () => {
  const wrong = { authorization: "Bearer of bad news" };
  const look = await request(`${server.url}/v1/quarantine?viewer=a`, { headers: wrong });
  assertRefused(look, 401, "operator_key_invalid", "Authorization");
  assertRefused(await release({}, wrong), 401, "operator_key_invalid", "Authorization");
  const right = { authorization: `Bearer ${OPERATOR_KEY}` };
  assertRefused(await release({}, right), 400, "invalid_value", "viewer");
  assertRefused(await release({ viewer: "a" }), 400, "invalid_value", "view");
  const view = "a".repeat(32);
  assertRefused(await release({ viewer: "a", view }), 400, "invalid_value", "producer");
  assertRefused(await release({ viewer: "a", view, producer: view }), 404, "not_found", "producer");
  const nobody = await request(`${server.url}/v1/quarantine`);
  assertRefused(nobody, 400, "invalid_value", "viewer");
});
