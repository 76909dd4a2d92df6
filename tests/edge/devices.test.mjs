// @ts-check
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assertRefused, eventually } from "./api.mjs";
import { putClockAhead } from "./central.mjs";
import { nowS, operator, publish, title } from "./rights-api.mjs";
import { DEMO, startServer } from "./server.mjs";
import { ask, held, live, newViewer, planOf, start } from "./streaming.mjs";
import { filesWith } from "./viewers.mjs";

const COOLING_S = 3600;

/** @type {import("./server.mjs").Server} */
let server;
let url = "";

before(async () => {
  server = await startServer({
    environment: { RIGHTS: JSON.stringify({ device_cooling_s: COOLING_S }) },
  });
  url = server.url;
  await publish(url, { titles: [title("film")], plans: [planOf(1, 2), planOf(2, 2)] });
});
after(() => server?.stop());

/**
 * @param {string} token
 * @param {string} method
 * @param {string} id
 * @param {object} [body]
 */
const device = (token, method, id, body) =>
  ask(url, method, `/v1/devices/${encodeURIComponent(id)}`, token, body);

/** @param {string} token */
async function list(token) {
  const { status, body } = await ask(url, "GET", "/v1/devices", token);
  assert.equal(status, 200);
  return body;
}

test("a_device_is_registered_named_removed_and_comes_back_to_its_slot", async () => {
  const token = await newViewer(url, "life", planOf(1, 2));
  const made = await device(token, "PUT", "tv", { class: "tv", name: "Salón" });
  assert.deepEqual(
    [made.status, made.body.id, made.body.class, made.body.name, made.body.free_at],
    [201, "tv", "tv", "Salón", null],
  );
  const named = await device(token, "PUT", "tv", { class: "console", name: "Küche" });
  assert.deepEqual([named.status, named.body.class, named.body.name], [200, "console", "Küche"]);
  const same = await device(token, "PUT", "tv", { class: "console" });
  assert.equal(same.body.name, "Küche");
  const before = nowS();
  const removed = await device(token, "DELETE", "tv");
  assert.equal(removed.status, 200);
  assert.ok(removed.body.free_at >= before + COOLING_S);
  assert.deepEqual((await device(token, "DELETE", "tv")).body, removed.body);
  const { devices, limit } = await list(token);
  assert.deepEqual([devices[0].id, devices[0].free_at, limit], ["tv", removed.body.free_at, 2]);
  const back = await device(token, "PUT", "tv", { class: "tv" });
  assert.deepEqual([back.status, back.body.free_at], [201, null]);
});

test("the_slot_of_a_removed_device_stays_taken_while_it_cools", async () => {
  const token = await newViewer(url, "cooling", planOf(1, 2));
  for (const id of ["tv", "telephone"]) {
    assert.equal((await device(token, "PUT", id, { class: "tv" })).status, 201);
  }
  await device(token, "DELETE", "tv");
  const full = await device(token, "PUT", "tablet", { class: "mobile" });
  assert.deepEqual(
    [full.status, full.body.code, full.body.devices.length],
    [409, "device_limit", 2],
  );
  const refused = await ask(url, "POST", "/v1/streams", token, start("tablet"));
  assert.deepEqual([refused.status, refused.body.decision.reasons], [409, ["DEVICE_LIMIT"]]);
  assert.equal((await ask(url, "POST", "/v1/streams", token, start("telephone"))).status, 201);
});

test("a_removed_device_loses_its_stream", async () => {
  const token = await newViewer(url, "loses", planOf(1, 2));
  const { body } = await ask(url, "POST", "/v1/streams", token, start("tv"));
  assert.equal((await device(token, "DELETE", "tv")).status, 200);
  assert.deepEqual(await live(url, "loses"), []);
  const beat = await ask(url, "POST", `/v1/streams/${body.stream}/heartbeat`, token, {});
  assertRefused(beat, 404, "stream_unknown", "removed");
});

test("what_is_wrong_with_a_device_is_told", async () => {
  const token = await newViewer(url, "wrong", planOf(1, 2));
  assertRefused(await device(token, "DELETE", "nobody"), 404, "device_unknown", "device");
  assertRefused(
    await device(token, "PUT", "tv", { class: "fridge" }),
    400,
    "invalid_value",
    "device.class",
  );
  assertRefused(await device(token, "PUT", "tv", {}), 400, "invalid_value", "device.class");
  assertRefused(
    await device(token, "PUT", "tv", { class: "tv", name: "" }),
    400,
    "invalid_value",
    "name",
  );
  assertRefused(
    await device(token, "PUT", "tv", { class: "tv", id: 1 }),
    400,
    "invalid_value",
    "id",
  );
  for (const id of ["", "a\u0000", "x".repeat(201), "x".repeat(10_000)]) {
    assertRefused(await device(token, "PUT", id, { class: "tv" }), 400, "invalid_value", "device");
  }
  const widest = "é".repeat(100);
  assert.equal((await device(token, "PUT", widest, { class: "tv" })).status, 201);
  assert.deepEqual(
    (await list(token)).devices.map((/** @type {any} */ one) => one.id),
    [widest],
  );
});

test("an_operator_sees_registers_and_removes_the_devices_of_a_viewer", async () => {
  const path = `${url}/v1/devices`;
  for (const id of ["one", "two", "three"]) {
    const body = { class: "web", name: `by phone: ${id}` };
    const made = await operator(`${path}/${id}?viewer=helped`, "PUT", body);
    assert.equal(made.status, 201, JSON.stringify(made.body));
  }
  assert.equal((await operator(`${path}/one?viewer=helped`, "DELETE")).status, 200);
  const { body } = await operator(`${path}?viewer=helped`, "GET");
  assert.deepEqual(
    body.devices.map((/** @type {any} */ one) => [one.name, one.free_at === null]),
    [
      ["by phone: one", false],
      ["by phone: two", true],
      ["by phone: three", true],
    ],
  );
  assert.equal(body.limit, null);
});

test("an_export_has_devices_and_streams_and_an_erasure_leaves_none_and_no_name_in_any_file", async () => {
  const name = "Wohnzimmer der Familie Muster";
  const token = await newViewer(url, "leaves", planOf(2, 2));
  const tv = { id: "tv", class: "tv", name };
  await ask(url, "POST", "/v1/streams", token, { device: tv, title: "film" });
  const before = await held(url, "leaves");
  assert.deepEqual([before.devices[0].name, before.streams[0].title], [name, "film"]);
  assert.deepEqual(filesWith(server.state, name), []);
  const erased = await operator(`${url}/v1/viewers/leaves`, "DELETE");
  assert.ok(erased.status < 300);
  const { devices, streams, decisions } = await held(url, "leaves");
  assert.deepEqual({ devices, streams, decisions }, { devices: [], streams: [], decisions: [] });
});

test("a_device_that_is_not_seen_for_a_year_is_forgotten", async (context) => {
  const state = mkdtempSync(join(tmpdir(), "usher-state-"));
  context.after(() => rmSync(state, { recursive: true, force: true }));
  const first = await startServer({ state });
  const path = "/v1/devices/tv?viewer=old";
  const made = await operator(`${first.url}${path}`, "PUT", { class: "tv" });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  await first.stop();
  const devicesAfter = async (/** @type {number} */ days) => {
    const demo = mkdtempSync(join(tmpdir(), "usher-later-"));
    context.after(() => rmSync(demo, { recursive: true, force: true }));
    cpSync(DEMO, demo, { recursive: true });
    putClockAhead(join(demo, "edge.js"), days);
    const later = await startServer({ state, demo });
    return { url: later.url, stop: () => later.stop() };
  };
  const list = async (/** @type {string} */ at) => {
    const { body } = await operator(`${at}/v1/devices?viewer=old`, "GET");
    return body.devices?.map((/** @type {any} */ one) => one.id);
  };
  const almost = await devicesAfter(364);
  assert.deepEqual(await list(almost.url), ["tv"]);
  await almost.stop();
  const late = await devicesAfter(366);
  await eventually(async () => assert.deepEqual(await list(late.url), []));
  await late.stop();
});
