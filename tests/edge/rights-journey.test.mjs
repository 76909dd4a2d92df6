// @ts-check
// A viewer from the account to the last segment, in one process, with everything real: what an operator changes on
// the way counts without a restart, and keys are rotated with their overlap.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assertRefused, eventually, request } from "./api.mjs";
import { accountAddress, titleAddress } from "./catalogue-api.mjs";
import { FILM, SEGMENT, cookie } from "./gated-film.mjs";
import { makeCoupon, post, reservation } from "./redeeming.mjs";
import {
  PLAN,
  decide,
  done,
  newAccount,
  newToken,
  operator,
  publish,
  startStream,
  title,
} from "./rights-api.mjs";
import { RIGHTS_ENVIRONMENT, startServer } from "./server.mjs";
import { freshSigningKey } from "./signing-key.mjs";

/** What is said of rights is asked for again at every request. */
const RIGHTS = JSON.stringify({ refresh_s: 0 });

/** @type {import("./server.mjs").Server} */
let server;
let state = "";

before(async () => {
  state = mkdtempSync(join(tmpdir(), "usher-journey-"));
  server = await startServer({ state, environment: { RIGHTS } });
  await publish(server.url, { titles: [title(FILM)] });
});
after(async () => {
  await server?.stop();
  rmSync(state, { recursive: true, force: true });
});

/** @param {string} token */
async function reasons(token) {
  const { status, body } = await decide(server.url, { token, titles: [FILM] });
  assert.equal(status, 200, JSON.stringify(body));
  return body.decisions[0].reasons;
}

/** @param {string} cat */
async function segment(cat) {
  const response = await fetch(`${server.url}/vod/${FILM}/${SEGMENT}`, { headers: cookie(cat) });
  return { status: response.status, bytes: (await response.arrayBuffer()).byteLength };
}

/**
 * @param {string} stream
 * @param {string} step
 * @param {object} body
 */
function onStream(stream, step, body) {
  const sent = { method: "POST", headers: { "cf-ipcountry": "SE" }, body: JSON.stringify(body) };
  return request(`${server.url}/v1/streams/${stream}/${step}`, sent);
}

test("a_redeemed_coupon_becomes_a_film_that_plays_until_it_is_retired", async () => {
  await newAccount(server.url, "ann", { grants: [] });
  const before = await newToken(server.url, "ann");
  assert.deepEqual(await reasons(before), ["NOT_ENTITLED"]);
  const early = await startStream(server.url, { token: before, title: FILM });
  assert.deepEqual([early.status, early.body.code], [403, "not_entitled"]);
  assert.deepEqual(early.body.decision.reasons, ["NOT_ENTITLED"]);
  const trial = { benefit: { kind: "trial_days", days: 7, days_mode: "elapsed" } };
  const coupon = await makeCoupon(server.url, {}, trial);
  const body = reservation(coupon.code, "ann", { confirm: true }, { scope: `plan:${PLAN.id}` });
  const redeemed = await post(server.url, "/v1/redemptions", body, "journey-1");
  assert.equal(redeemed.status, 201, JSON.stringify(redeemed.body));
  const { id, group } = redeemed.body;
  await done(accountAddress(server.url, "ann", "/grants"), "POST", { redemption: id, group });
  // What the page holds still says what was: a token is what it was when it was made.
  assert.deepEqual(await reasons(before), ["NOT_ENTITLED"]);
  const token = await newToken(server.url, "ann");
  assert.deepEqual(await reasons(token), []);

  const started = await startStream(server.url, { token, title: FILM });
  assert.equal(started.status, 201, JSON.stringify(started.body));
  const { stream, cat, media } = started.body;
  assert.equal(media, `/vod/${FILM}/`);
  const { status, bytes } = await segment(cat);
  assert.equal(status, 200);
  assert.ok(bytes > 0);
  const beaten = await onStream(stream, "heartbeat", { token, cat, title: FILM });
  assert.equal(beaten.status, 200, JSON.stringify(beaten.body));
  assert.equal((await segment(beaten.body.cat)).status, 200);

  await done(`${titleAddress(server.url, FILM)}/state`, "POST", { state: "retired" });
  assert.deepEqual(await reasons(token), []);
  await done(`${server.url}/v1/catalogue/publish`, "POST", {});
  await eventually(async () => assert.deepEqual(await reasons(token), ["TITLE_UNKNOWN"]));
  const ended = await onStream(stream, "heartbeat", { token, cat, title: FILM });
  assert.deepEqual(
    [ended.status, ended.body.code],
    [403, "not_entitled"],
    JSON.stringify(ended.body),
  );
  assert.deepEqual(ended.body.decision.reasons, ["TITLE_UNKNOWN"]);
  const over = await onStream(stream, "heartbeat", { token, cat, title: FILM });
  assertRefused(over, 404, "stream_unknown", "refused");
  for (const to of ["ready", "published"]) {
    await done(`${titleAddress(server.url, FILM)}/state`, "POST", { state: to });
  }
  await done(`${server.url}/v1/catalogue/publish`, "POST", {});
  await eventually(async () => assert.deepEqual(await reasons(token), []));
});

test("whose_tokens_are_revoked_starts_and_renews_nothing", async () => {
  await newAccount(server.url, "rev");
  const token = await newToken(server.url, "rev");
  const { body } = await startStream(server.url, { token, title: FILM });
  await done(accountAddress(server.url, "rev", "/revoke"), "POST", {});
  await eventually(async () => {
    const { stream, cat } = body;
    const asked = { token, cat, title: FILM };
    assertRefused(await onStream(stream, "heartbeat", asked), 401, "token_revoked", "revoked");
  });
  const again = await startStream(server.url, { token, title: FILM });
  assertRefused(again, 401, "token_revoked", "revoked");
  // A new one counts at once.
  const fresh = await newToken(server.url, "rev");
  assert.deepEqual(await reasons(fresh), []);
});

test("keys_of_both_kinds_of_tokens_are_rotated_while_somebody_watches", async () => {
  await newAccount(server.url, "kim");
  const old = await newToken(server.url, "kim");
  const { body } = await startStream(server.url, { token: old, title: FILM });
  assert.equal((await segment(body.cat)).status, 200);
  const { CAT_KEYS, ENTITLEMENT_SIGNING_KEYS } = RIGHTS_ENVIRONMENT;
  const [cat, signing] = [
    `next:${randomBytes(32).toString("base64url")}`,
    `next:${freshSigningKey().seed}`,
  ];
  /**
   * @param {string} CAT_KEYS
   * @param {string} ENTITLEMENT_SIGNING_KEYS
   */
  const restarted = async (CAT_KEYS, ENTITLEMENT_SIGNING_KEYS) => {
    await server.stop();
    const environment = { RIGHTS, CAT_KEYS, ENTITLEMENT_SIGNING_KEYS };
    server = await startServer({ state, environment });
  };

  await restarted(`${cat},${CAT_KEYS}`, `${signing},${ENTITLEMENT_SIGNING_KEYS}`);
  // What was made before the change holds on, and is renewed under the new key.
  assert.equal((await segment(body.cat)).status, 200);
  assert.deepEqual(await reasons(old), []);
  const beaten = await onStream(body.stream, "heartbeat", { token: old });
  assert.equal(beaten.status, 200, JSON.stringify(beaten.body));
  const fresh = await newToken(server.url, "kim");

  await restarted(cat, signing);
  assert.equal((await segment(beaten.body.cat)).status, 200);
  assert.equal((await segment(body.cat)).status, 401);
  assert.deepEqual(await reasons(fresh), []);
  const refused = await decide(server.url, { token: old, titles: [FILM] });
  assertRefused(refused, 401, "token_invalid", "key");
  assert.equal((await onStream(body.stream, "stop", { token: fresh })).status, 200);
});

test("of_two_who_start_the_same_title_of_one_device_at_once_there_is_one_stream", async () => {
  await newAccount(server.url, "two");
  const token = await newToken(server.url, "two");
  const both = await Promise.all(
    Array.from({ length: 2 }, () => startStream(server.url, { token, title: FILM })),
  );
  const streams = new Set(both.map(({ body }) => body.stream));
  assert.equal(streams.size, 1, JSON.stringify(both));
  const { body } = await operator(`${server.url}/v1/streams?viewer=two`, "GET");
  assert.deepEqual(
    body.streams.map((/** @type {any} */ { stream }) => stream),
    [...streams],
  );
});
