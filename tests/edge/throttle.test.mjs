// @ts-check
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { assertRefused, postViews, recordOf, request } from "./api.mjs";
import { Playback, loadPage } from "./playback.mjs";
import { startServer } from "./server.mjs";

/** Requests at once of whoever floods. */
const FLOOD_CONNECTIONS = 24;

/** States that somebody else sends meanwhile. */
const STATES = 40;

/** @type {import("./server.mjs").Server} takes signed views only, of a viewer as often as it does by itself */
let server;
/** @type {typeof import("usher")} */
let usher;

before(async () => {
  const SESSION_KEYS = `k1:${randomBytes(32).toString("base64url")}`;
  server = await startServer({
    environment: {
      SESSION_KEYS,
      UNSIGNED_VIEWS: "",
      VIEWER_REQUESTS_PER_SECOND: "",
      ADDRESS_REQUESTS_PER_SECOND: "20",
    },
  });
  usher = await loadPage();
});
after(() => server.stop());

/** @param {string} viewer */
async function tokenOf(viewer) {
  const init = { method: "POST", body: JSON.stringify({ viewer }) };
  return (await request(`${server.url}/session`, init)).body.token;
}

/**
 * Floods the edge while somebody else watches, and counts what each is answered.
 * @param {() => Promise<import("./api.mjs").Answer>} flood one request
 */
async function besides(flood) {
  /** @type {Record<string, number>} */
  const answers = {};
  /** @type {import("./api.mjs").Answer[]} */
  const refused = [];
  let isOver = false;
  const flooding = Array.from({ length: FLOOD_CONNECTIONS }, async () => {
    while (!isOver) {
      const answer = await flood();
      answers[answer.status] = (answers[answer.status] ?? 0) + 1;
      if (answer.status !== 200) refused[0] ??= answer;
    }
  });
  const viewer = `pays-${randomBytes(4).toString("hex")}`;
  const token = await tokenOf(viewer);
  const playback = new Playback(usher, viewer, "paid");
  for (let state = 0; state < STATES; state += 1) {
    const views = [playback.watch(0, 1).entry()];
    const { status, body } = await postViews(server.url, viewer, views, { token });
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.acks[0].version, playback.version);
  }
  isOver = true;
  await Promise.all(flooding);
  await recordOf(server.url, playback.id, playback.version);
  return { answers, refused: refused[0] };
}

test("a_burst_of_sixty_bodies_is_taken", async () => {
  const token = await tokenOf("burst");
  const playback = new Playback(usher, "burst", "burst");
  const bodies = Array.from({ length: 60 }, () => [playback.watch(0, 1).entry()]);
  const answers = await Promise.all(
    bodies.map((views) => postViews(server.url, "burst", views, { token })),
  );
  for (const { status } of answers) assert.equal(status, 200);
});

test("a_viewer_who_floods_is_told_to_wait_and_holds_up_nobody", async () => {
  const token = await tokenOf("flood");
  const views = [new Playback(usher, "flood", "flood").watch(0, 1).entry()];
  const { answers, refused } = await besides(() =>
    postViews(server.url, "flood", views, { token }),
  );
  assert.deepEqual(Object.keys(answers).sort(), ["200", "429"]);
  // The burst, and ten a second.
  assert.ok(Number(answers["429"]) > Number(answers["200"]), JSON.stringify(answers));
  assert.ok(refused);
  assertRefused(refused, 429, "too_many_requests", null);
  assert.equal(refused.headers.get("retry-after"), "1");
  assert.equal(refused.headers.get("access-control-allow-origin"), "*");
});

test("a_flood_of_tokens_that_do_not_hold_reaches_no_viewer_and_holds_up_nobody", async () => {
  const views = [new Playback(usher, "victim", "victim").watch(0, 1).entry()];
  const forged = `${await tokenOf("victim")}x`;
  const { answers } = await besides(() =>
    postViews(server.url, "victim", views, { token: forged }),
  );
  assert.deepEqual(Object.keys(answers), ["401"]);
  // Whoever pretends to be somebody does not use up what is theirs.
  const token = await tokenOf("victim");
  assert.equal((await postViews(server.url, "victim", views, { token })).status, 200);
});

test("an_address_that_floods_is_told_to_wait_whoever_it_pretends_to_be", async () => {
  const views = [new Playback(usher, "victim", "victim").watch(0, 1).entry()];
  const body = JSON.stringify({ viewer: "victim", views, token: "a.b.c" });
  /** @param {string} address */
  const post = (address) =>
    request(`${server.url}/v1/views`, {
      method: "POST",
      body,
      headers: { "cf-connecting-ip": address },
    });
  /** @type {Record<string, number>} */
  const answers = {};
  for (let count = 0; count < 60; count += 1) {
    for (const { status } of await Promise.all(
      Array.from({ length: FLOOD_CONNECTIONS }, (_, index) => post(`2001:db8:1:2::${index}`)),
    )) {
      answers[status] = (answers[status] ?? 0) + 1;
    }
  }
  assert.deepEqual(Object.keys(answers).sort(), ["401", "429"], JSON.stringify(answers));
  assert.equal((await post("2001:db8:1:3::1")).status, 401, "another network is not meant");
});
