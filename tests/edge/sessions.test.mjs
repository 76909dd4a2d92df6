// @ts-check
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { assertRefused, postViews, recordOf, request } from "./api.mjs";
import { Playback, loadPage } from "./playback.mjs";
import { OPERATOR_KEY, startServer } from "./server.mjs";

const [OLD, NEW] = ["old", "new"].map((kid) => `${kid}:${randomBytes(32).toString("base64url")}`);

/** @type {import("./server.mjs").Server} takes signed views only */
let server;
/** @type {typeof import("usher")} */
let usher;

before(async () => {
  server = await startServer({ environment: { SESSION_KEYS: OLD, UNSIGNED_VIEWS: "" } });
  usher = await loadPage();
});
after(() => server.stop());

/**
 * @param {object} body
 * @param {Record<string, string>} [headers]
 */
const post = (body, headers = { authorization: `Bearer ${OPERATOR_KEY}` }, url = server.url) =>
  request(`${url}/v1/sessions`, { method: "POST", body: JSON.stringify(body), headers });

/** @param {string} viewer */
const sent = (viewer) => [new Playback(usher, viewer, "plan-9").watch(0, 5).entry()];

/** @param {string} token */
function claimsOf(token) {
  return JSON.parse(String(Buffer.from(token.split(".")[1] ?? "", "base64url")));
}

test("a_view_with_a_session_token_is_acked_and_one_without_is_not", async () => {
  const playback = new Playback(usher, "anna", "plan-9").watch(0, 5);
  const { body, status } = await post({ viewer: "anna", titles: ["plan-9"] });
  assert.equal(status, 200);
  assert.ok(body.expires_ms > Date.now());
  const without = await postViews(server.url, "anna", [playback.entry()]);
  assertRefused(without, 401, "token_missing", "token");
  assert.equal(without.headers.get("access-control-allow-origin"), "*");
  const views = [playback.entry()];
  const { status: taken } = await postViews(server.url, "anna", views, { token: body.token });
  assert.equal(taken, 200);
  await recordOf(server.url, playback.id, playback.version);
});

test("a_token_is_for_its_viewer_and_its_titles", async () => {
  const { token } = (await post({ viewer: "anna", titles: ["robot"] })).body;
  const other = await postViews(server.url, "bert", sent("bert"), { token });
  assertRefused(other, 403, "token_scope", "viewer");
  const title = await postViews(server.url, "anna", sent("anna"), { token });
  assertRefused(title, 403, "token_scope", "views[0].title");
  const forged = await postViews(server.url, "anna", sent("anna"), { token: `${token}x` });
  assertRefused(forged, 401, "token_invalid", "token");
});

test("only_the_operator_issues_tokens", async () => {
  const wrong = await post({ viewer: "anna" }, { authorization: "Bearer of the ring" });
  assertRefused(wrong, 401, "operator_key_invalid", "Authorization");
  const basic = await post({ viewer: "anna" }, { authorization: "Basic YTpi" });
  assertRefused(basic, 401, "operator_key_missing", "Authorization");
  assertRefused(await post({ viewer: "" }), 400, "invalid_value", "viewer");
  const { status, headers } = await request(`${server.url}/v1/sessions`);
  assert.deepEqual([status, headers.get("allow")], [405, "POST"]);
});

test("only_the_operator_sees_what_waits_and_what_players_said", async () => {
  for (const path of ["/v1/outbox", "/v1/cmcd/requests"]) {
    const headers = { authorization: "Bearer none" };
    const answer = await request(server.url + path, { headers });
    assertRefused(answer, 401, "operator_key_invalid", "Authorization");
    assert.equal((await request(server.url + path)).status, 200);
  }
});

test("a_page_of_the_demo_gets_its_token_from_the_demo", async () => {
  const asked = await request(`${server.url}/session`, {
    method: "POST",
    body: JSON.stringify({ viewer: "carla" }),
  });
  assert.equal(asked.status, 200);
  const { iss, sub, iat, exp } = claimsOf(asked.body.token);
  assert.deepEqual({ iss, sub, life: exp - iat }, { iss: "demo", sub: "carla", life: 4 * 3600 });
});

test("keys_are_rotated_without_refusing_a_page_that_has_its_token_already", async (context) => {
  const { token } = (await post({ viewer: "anna" })).body;
  /** @param {string} SESSION_KEYS */
  const begin = async (SESSION_KEYS) => {
    const next = await startServer({ environment: { SESSION_KEYS, UNSIGNED_VIEWS: "" } });
    context.after(() => next.stop());
    return next;
  };
  const both = await begin(`${NEW},${OLD}`);
  assert.equal((await postViews(both.url, "anna", sent("anna"), { token })).status, 200);
  const fresh = (await post({ viewer: "anna" }, undefined, both.url)).body.token;
  const after = await begin(String(NEW));
  assert.equal((await postViews(after.url, "anna", sent("anna"), { token: fresh })).status, 200);
  const old = await postViews(after.url, "anna", sent("anna"), { token });
  assertRefused(old, 401, "token_invalid", "token");
});

test("an_edge_that_is_not_set_up_says_so", async (context) => {
  const environment = { UNSIGNED_VIEWS: undefined, OPERATOR_KEY: undefined };
  const bare = await startServer({ environment });
  context.after(() => bare.stop());
  const views = await postViews(bare.url, "anna", sent("anna"));
  assertRefused(views, 503, "not_configured", null);
  assertRefused(await post({ viewer: "a" }, {}, bare.url), 503, "not_configured", null);
});
