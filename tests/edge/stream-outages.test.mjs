// @ts-check
// Streams while something is away: the audit of decisions, the viewer's object, an hour of the clock.
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { assertRefused, eventually } from "./api.mjs";
import { putClockAhead } from "./central.mjs";
import { publish, title } from "./rights-api.mjs";
import { startRights } from "./rights-worker.mjs";
import { DEMO, RIGHTS_ENVIRONMENT, startServer } from "./server.mjs";
import { ask, audited, held, live, newViewer, planOf, start } from "./streaming.mjs";

const PLANS = [planOf(1, 5), planOf(2, 5)];

/**
 * A folder that goes with the test.
 * @param {import("node:test").TestContext} context
 */
function folder(context) {
  const path = mkdtempSync(join(tmpdir(), "usher-outages-"));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/**
 * A copy of the demo whose edge is changed.
 * @param {import("node:test").TestContext} context
 * @param {(script: string) => void} change
 */
function changedDemo(context, change) {
  const demo = folder(context);
  cpSync(DEMO, demo, { recursive: true });
  change(join(demo, "edge.js"));
  return demo;
}

test("a_decision_reaches_the_audit_by_itself_after_a_kill", async (context) => {
  const server = await startServer();
  context.after(() => server.stop());
  await publish(server.url, { titles: [title("film")], plans: PLANS });
  const token = await newViewer(server.url, "killed", planOf(1, 5));
  const { status, body } = await ask(server.url, "POST", "/v1/streams", token, start("tv"));
  assert.equal(status, 201);
  // At once: the receipt is on its way, or not yet. Nobody touches the viewer any more.
  await server.kill9();
  await server.restart();
  await eventually(async () => {
    const decisions = await audited(server.url, "killed");
    assert.deepEqual(
      decisions.map(({ allow, stream }) => [allow, stream]),
      [[true, body.stream]],
    );
  });
});

test("decisions_wait_for_an_audit_that_is_away_and_come_to_it_in_their_order", async (context) => {
  const { server, audit, token } = await startRights(context);
  const anna = token();
  const begin = (/** @type {string} */ id) =>
    ask(server.url, "POST", "/v1/streams", anna, start(id));
  assert.equal((await begin("d1")).status, 201);
  assert.equal((await begin("d2")).status, 201);
  audit.status = 503;
  assert.equal((await begin("d3")).status, 409);
  await eventually(async () => assert.ok(audit.bodies.length > 0));
  await server.kill9();
  await server.restart();
  assert.equal((await begin("d3")).status, 409);
  assert.deepEqual(
    (await held(server.url, "anna")).decisions.map(({ allow }) => allow),
    [true, true, false, false],
  );
  audit.bodies.length = 0;
  audit.status = 200;
  await eventually(async () => assert.deepEqual((await held(server.url, "anna")).decisions, []));
  const receipts = audit.bodies.flatMap((body) => body.receipts);
  assert.deepEqual(
    receipts.map(({ viewer, title, allow, reasons }) => [viewer, title, allow, reasons]),
    [
      ["anna", "film", true, []],
      ["anna", "film", true, []],
      ["anna", "film", false, ["STREAM_LIMIT"]],
      ["anna", "film", false, ["STREAM_LIMIT"]],
    ],
  );
  // Each names the one before, and is what the edge has signed.
  const [kid, secret = ""] = RIGHTS_ENVIRONMENT.RECEIPT_KEYS.split(":");
  /** @type {string | null} */
  let last = null;
  for (const { receipt, digest } of receipts) {
    const [header = "", claims = "", signature] = receipt.split(".");
    const read = (/** @type {string} */ part) => JSON.parse(String(Buffer.from(part, "base64url")));
    assert.deepEqual(read(header), { alg: "HS256", typ: "receipt", kid });
    const { previous, decision, input } = read(claims);
    assert.deepEqual([previous, input.request.title], [last, "film"]);
    assert.ok(decision.allow || decision.reasons.length > 0);
    const mac = createHmac("sha256", Buffer.from(secret, "base64url"));
    assert.equal(signature, mac.update(`${header}.${claims}`).digest("base64url"));
    assert.equal(digest, createHash("sha256").update(receipt).digest("base64url"));
    last = digest;
  }
});

test("a_decision_that_the_audit_refuses_does_not_hold_up_another_viewers_or_a_later_one", async (context) => {
  const { server, audit, token } = await startRights(context);
  audit.status = 400;
  const anna = token();
  assert.equal((await ask(server.url, "POST", "/v1/streams", anna, start("d1"))).status, 201);
  await eventually(async () => assert.ok(audit.bodies.length > 0));
  audit.status = 200;
  audit.bodies.length = 0;
  assert.equal((await ask(server.url, "POST", "/v1/streams", anna, start("d2"))).status, 201);
  await eventually(async () => assert.ok(audit.bodies.length > 0));
  assert.equal(audit.bodies[0].receipts[0].allow, true);
});

test("while_the_object_of_a_viewer_is_away_nothing_starts_and_a_stream_goes_on_for_its_grace", async (context) => {
  const state = folder(context);
  const rights = { lease_s: 5, heartbeat_s: 1, lease_grace_s: 10, cat_life_s: 60 };
  const environment = { RIGHTS: JSON.stringify(rights) };
  const before = await startServer({ state, environment });
  await publish(before.url, { titles: [title("film"), title("series")], plans: PLANS });
  const token = await newViewer(before.url, "cut-off", planOf(1, 5));
  const other = await newViewer(before.url, "other", planOf(1, 5));
  const begun = await ask(before.url, "POST", "/v1/streams", token, start("tv"));
  const { stream, cat, expires_at } = begun.body;
  await before.stop();
  const demo = changedDemo(context, (script) => {
    const text = readFileSync(script, "utf8");
    const away = text.replace(
      "async streams(viewer, operation) {",
      'async streams(viewer, operation) { if (viewer === "cut-off") throw new Error("away");',
    );
    assert.notEqual(away, text);
    writeFileSync(script, away);
  });
  const server = await startServer({ state, environment, demo });
  context.after(() => server.stop());
  const post = (/** @type {string} */ path, /** @type {object} */ body, as = token) =>
    ask(server.url, "POST", path, as, body);
  assertRefused(await post("/v1/streams", start("tv")), 503, "unavailable", null);
  assert.equal((await post("/v1/streams", start("tv"), other)).status, 201);
  const path = `/v1/streams/${stream}/heartbeat`;
  const gone = await post(path, { cat, title: "film" });
  assert.equal(gone.status, 200, JSON.stringify(gone.body));
  const { cat_expires_at, grace_until } = gone.body;
  const lastS = expires_at + rights.lease_grace_s;
  assert.ok(Math.abs(grace_until - lastS) <= 1, `${grace_until} ${lastS}`);
  assert.equal(cat_expires_at, grace_until);
  assert.ok(gone.headers.get("set-cookie")?.includes(gone.body.cat));
  assert.match(server.log(), /goes on in its grace/);
  // The one that was made in the grace says no more than the one of before.
  const again = await post(path, { cat: gone.body.cat, title: "film" });
  assert.deepEqual([again.status, again.body.grace_until], [200, grace_until]);
  assertRefused(await post(path, {}), 503, "unavailable", null);
  assertRefused(await post(path, { cat, title: 7 }), 400, "invalid_value", "title");
  assertRefused(await post(path, { cat: 7, title: "film" }), 400, "invalid_value", "cat");
  const scope = await post(path, { cat, title: "series" });
  assert.deepEqual([scope.status, scope.body.code], [403, "token_scope"]);
  const another = await post(`/v1/streams/${"x".repeat(22)}/heartbeat`, { cat, title: "film" });
  assertRefused(another, 403, "token_scope", "cat");
  await eventually(async () => {
    const late = await post(path, { cat: gone.body.cat, title: "film" });
    assert.ok(late.status === 503 || late.status === 401, JSON.stringify(late.body));
  }, 40_000);
});

test("a_clock_that_is_put_back_frees_no_stream_and_keeps_none_for_longer_than_a_lease", async (context) => {
  const state = folder(context);
  const day = 24 * 3600;
  const ages = {
    catalogue_max_age_s: 2 * day,
    keyset_max_age_s: 2 * day,
    deny_list_max_age_s: 2 * day,
  };
  const environment = { RIGHTS: JSON.stringify(ages) };
  const sixHours = 0.25;
  const demo = changedDemo(context, (script) => putClockAhead(script, sixHours));
  const ahead = await startServer({ state, environment, demo });
  await publish(ahead.url, { titles: [title("film")], plans: PLANS });
  const token = await newViewer(ahead.url, "clock", planOf(1, 5), { lifetime_s: day });
  const begun = await ask(ahead.url, "POST", "/v1/streams", token, start("tv"));
  assert.equal(begun.status, 201, JSON.stringify(begun.body));
  await ahead.stop();
  const server = await startServer({ state, environment });
  context.after(() => server.stop());
  const nowS = () => Math.floor(Date.now() / 1000);
  assert.ok(begun.body.expires_at > nowS() + 3600);
  const refused = await ask(server.url, "POST", "/v1/streams", token, start("telephone"));
  assert.deepEqual([refused.status, refused.body.code], [409, "stream_limit"]);
  const [one] = await live(server.url, "clock");
  assert.equal(one.stream, begun.body.stream);
  assert.ok(one.expires_at <= nowS() + 91, `${one.expires_at - nowS()} s`);
  const beat = await ask(server.url, "POST", `/v1/streams/${one.stream}/heartbeat`, token, {});
  assert.equal(beat.status, 200);
});

test("a_stream_that_nobody_renews_is_over_after_its_lease_and_its_slot_is_free", async (context) => {
  const rights = { lease_s: 2, heartbeat_s: 1 };
  const server = await startServer({ environment: { RIGHTS: JSON.stringify(rights) } });
  context.after(() => server.stop());
  await publish(server.url, { titles: [title("film")], plans: PLANS });
  const token = await newViewer(server.url, "leaves", planOf(1, 5));
  const begun = await ask(server.url, "POST", "/v1/streams", token, start("tv"));
  await eventually(async () => {
    const next = await ask(server.url, "POST", "/v1/streams", token, start("telephone"));
    assert.equal(next.status, 201);
  });
  const { streams } = await held(server.url, "leaves");
  const [first, second] = streams;
  assert.deepEqual([first.stream, first.ended], [begun.body.stream, "expired"]);
  assert.ok(second.started_ms >= first.until_ms);
  const beat = await ask(server.url, "POST", `/v1/streams/${first.stream}/heartbeat`, token, {});
  assertRefused(beat, 404, "stream_unknown", "expired");
});
