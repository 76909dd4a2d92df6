// @ts-check
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertRefused } from "./api.mjs";
import { accountAddress, titleAddress } from "./catalogue-api.mjs";
import { PLAN, done, grant, newAccount, nowS, operator, title } from "./rights-api.mjs";
import { startServer } from "./server.mjs";
import { NEEDS_SQLITE, inStore, storeFiles } from "./store-file.mjs";

/** @type {import("./server.mjs").Server} */
let server;
let url = "";

before(async () => {
  server = await startServer();
  url = server.url;
  await done(`${url}/v1/plans/${PLAN.id}`, "PUT", PLAN);
  for (const id of ["film", "rented"]) await done(titleAddress(url, id), "PUT", title(id));
});
after(() => server?.stop());

/**
 * @param {string} viewer
 * @param {object} account
 * @param {Record<string, string>} [headers]
 */
function put(viewer, account, headers = {}) {
  return operator(accountAddress(url, viewer), "PUT", account, headers);
}

/**
 * @param {string} viewer
 * @param {object} of
 */
function give(viewer, of) {
  return operator(accountAddress(url, viewer, "/grants"), "POST", of);
}

test("an account is made once, however often it is sent", async () => {
  const account = { status: "active", max_rating: 16 };
  const made = await put("crud å/1", account);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { since, epoch, created_ms, changed_ms, ...told } = made.body;
  assert.deepEqual(told, { viewer: "crud å/1", ...account, revision: 1, grants: 0 });
  assert.ok(Math.abs(since - nowS()) < 60);
  const again = await Promise.all(Array.from({ length: 10 }, () => put("crud å/1", account)));
  for (const { status, body } of again) assert.deepEqual([status, body], [200, made.body]);
  assert.deepEqual((await operator(accountAddress(url, "crud å/1"), "GET")).body, made.body);
});

test("a status holds since it was set, unless somebody says since when", async () => {
  const since = nowS() - 5 * 24 * 3600;
  await put("since", { status: "active", since });
  const still = await put("since", { status: "active", max_rating: 7 });
  assert.deepEqual([still.body.since, still.body.revision], [since, 2]);
  const late = await put("since", { status: "past_due", max_rating: 7 });
  assert.ok(late.body.since > since);
  for (const status of ["suspended", "chargeback", "closed", "active"]) {
    assert.equal((await put("since", { status })).body.status, status);
  }
});

test("of two who change one revision at once, one is told to look again", async () => {
  await put("race", { status: "active" });
  const changes = await Promise.all(
    [7, 12].map((max_rating) =>
      put("race", { status: "active", max_rating }, { "if-match": '"1"' }),
    ),
  );
  assert.deepEqual(changes.map(({ status }) => status).sort(), [200, 409]);
  const refused = changes.find(({ status }) => status === 409);
  assert.ok(refused);
  assertRefused(refused, 409, "account_changed", "If-Match");
});

test("what is no account is refused", async () => {
  for (const [account, code, field] of /** @type {[any, string, string | null][]} */ ([
    [{}, "missing_field", "status"],
    [{ status: "gone" }, "invalid_value", "status"],
    [{ status: "active", since: -1 }, "invalid_value", "since"],
    [{ status: "active", since: "now" }, "wrong_type", "since"],
    [{ status: "active", max_rating: 256 }, "invalid_value", "max_rating"],
    [{ status: "active", name: "Ann" }, "unknown_field", "name"],
    [[], "wrong_type", null],
  ])) {
    assertRefused(await put("wrong", account), 400, code, field);
  }
  const long = await put("x".repeat(201), { status: "active" });
  assertRefused(long, 400, "invalid_value", "viewer");
  const none = await operator(accountAddress(url, "wrong"), "GET");
  assertRefused(none, 404, "account_unknown", "viewer");
});

test("accounts are found by status and name, in pages over all shards", async () => {
  const viewers = Array.from({ length: 40 }, (_, at) => `page-${String(at).padStart(2, "0")}`);
  for (const viewer of viewers) await put(viewer, { status: "active" });
  await put("page-07", { status: "suspended" });
  const found = [];
  for (let after = ""; ;) {
    const query = `q=PAGE-&limit=7${after === "" ? "" : `&after=${encodeURIComponent(after)}`}`;
    const { status, body } = await operator(`${url}/v1/accounts?${query}`, "GET");
    assert.equal(status, 200, JSON.stringify(body));
    assert.ok(body.rows.length <= 7);
    found.push(...body.rows.map((/** @type {any} */ { viewer }) => viewer));
    if (body.next === null) break;
    after = body.next;
  }
  assert.deepEqual(found.sort(), viewers);
  const one = await operator(`${url}/v1/accounts?status=suspended&q=page-`, "GET");
  assert.deepEqual(
    one.body.rows.map((/** @type {any} */ { viewer }) => viewer),
    ["page-07"],
  );
  for (const [query, field] of [
    ["status=gone", "status"],
    ["after=x", "after"],
    ["limit=0", "limit"],
  ]) {
    const wrong = await operator(`${url}/v1/accounts?${query}`, "GET");
    assertRefused(wrong, 400, "invalid_value", field ?? null);
  }
});

test("a grant is given once, read, listed and taken back", async () => {
  await newAccount(url, "grants", { grants: [] });
  const plan = grant({ id: "p" });
  const given = await give("grants", plan);
  assert.equal(given.status, 201, JSON.stringify(given.body));
  const { created_ms, ...told } = given.body;
  assert.deepEqual(told, { ...plan, redemption: null });
  const again = await give("grants", plan);
  assert.deepEqual([again.status, again.body], [200, given.body]);
  const other = await give("grants", { ...plan, to: plan.to + 1 });
  assertRefused(other, 409, "grant_taken", "id");
  const unnamed = await give("grants", { kind: "purchase", title: "film", from: 5 });
  assert.deepEqual([unnamed.status, unnamed.body.to], [201, null]);
  assert.match(unnamed.body.id, /^[0-9a-z]{16}$/);
  const { body } = await operator(accountAddress(url, "grants", "/grants?limit=1"), "GET");
  assert.deepEqual(body.rows, [unnamed.body]);
  const rest = accountAddress(url, "grants", `/grants?after=${body.next}`);
  assert.deepEqual((await operator(rest, "GET")).body, { rows: [given.body], next: null });
  assert.deepEqual(
    (await operator(accountAddress(url, "grants", "/grants/p"), "GET")).body,
    given.body,
  );
  assert.equal((await operator(accountAddress(url, "grants"), "GET")).body.grants, 2);
  assert.equal((await operator(accountAddress(url, "grants", "/grants/p"), "DELETE")).status, 204);
  const gone = await operator(accountAddress(url, "grants", "/grants/p"), "GET");
  assertRefused(gone, 404, "grant_unknown", "grant");
});

test("a grant without a name is one grant for each key of its request", async () => {
  await newAccount(url, "keyed", { grants: [] });
  const { id: _, ...unnamed } = grant();
  const address = accountAddress(url, "keyed", "/grants");
  const keyed = (/** @type {string} */ key, /** @type {object} */ more = {}) =>
    operator(address, "POST", { ...unnamed, ...more }, { "idempotency-key": key });
  const answers = await Promise.all(Array.from({ length: 5 }, () => keyed("one")));
  assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  for (const { body } of answers) assert.deepEqual(body, answers[0]?.body);
  assertRefused(await keyed("one", { to: null }), 409, "grant_taken", "id");
  assert.equal((await keyed("two")).status, 201);
  assertRefused(await keyed("three\u00e9"), 400, "invalid_value", "Idempotency-Key");
  assert.equal((await operator(address, "GET")).body.rows.length, 2);
});

test("what is no grant is refused", async () => {
  await newAccount(url, "no-grants", { grants: [] });
  const plan = grant();
  const { plan: _, ...unplanned } = plan;
  for (const [wrong, status, field] of /** @type {[any, number, string | null][]} */ ([
    [{ ...plan, to: plan.from }, 400, "to"],
    [{ ...plan, to: plan.from - 1 }, 400, "to"],
    [{ ...plan, from: "now" }, 400, "from"],
    [{ ...plan, kind: "gift" }, 400, "kind"],
    [unplanned, 400, "kind"],
    [{ ...plan, title: "film" }, 400, "kind"],
    [{ ...plan, play_window_s: 60 }, 400, "play_window_s"],
    [{ ...plan, note: "x" }, 400, "note"],
    [{ ...plan, id: "" }, 400, "id"],
    [{ ...plan, plan: "nothing" }, 404, "plan"],
    [{ ...unplanned, kind: "purchase", title: "nothing" }, 404, "title"],
  ])) {
    const { status: got, body } = await give("no-grants", wrong);
    assert.deepEqual(
      [got, body.field],
      [status, field],
      `${JSON.stringify(wrong)}: ${JSON.stringify(body)}`,
    );
  }
  assertRefused(await give("nobody", plan), 404, "account_unknown", "viewer");
  const { body } = await operator(accountAddress(url, "no-grants", "/grants"), "GET");
  assert.deepEqual(body.rows, []);
});

test("an account holds sixty-four grants that are not over, however many come at once", async () => {
  await newAccount(url, "full", { grants: [] });
  const over = { from: nowS() - 100, to: nowS() - 50 };
  assert.equal((await give("full", grant({ id: "over", ...over }))).status, 201);
  const given = await Promise.all(
    Array.from({ length: 70 }, (_, at) => give("full", grant({ id: `g${at}` }))),
  );
  assert.equal(given.filter(({ status }) => status === 201).length, 64);
  const refused = given.find(({ status }) => status !== 201);
  assert.ok(refused);
  assertRefused(refused, 409, "too_many_grants", "grants");
  assert.equal((await give("full", grant({ id: "over-2", ...over }))).status, 409);
});

test("the first play of a rental begins its time, and no later one changes it", async () => {
  await newAccount(url, "renter", { grants: [] });
  const rental = {
    kind: "rental",
    title: "rented",
    from: nowS() - 50,
    to: nowS() + 500,
    play_window_s: 300,
  };
  await give("renter", { id: "r", ...rental });
  await give("renter", { id: "later", ...rental, from: nowS() + 400 });
  await give("renter", { id: "bought", kind: "purchase", title: "rented", from: 1 });
  const play = (/** @type {number} */ at) =>
    operator(accountAddress(url, "renter", "/play"), "POST", { title: "rented", at });
  const at = nowS();
  const plays = await Promise.all([at, at + 1, at + 2].map(play));
  assert.ok(plays.every(({ status }) => status === 200));
  const { body } = await operator(accountAddress(url, "renter", "/grants/r"), "GET");
  assert.ok([at, at + 1, at + 2].includes(body.first_play_at));
  const again = await play(at + 100);
  const begun = again.body.grants.find((/** @type {any} */ { id }) => id === "r");
  assert.equal(begun.first_play_at, body.first_play_at);
  const later = again.body.grants.find((/** @type {any} */ { id }) => id === "later");
  assert.equal(later.first_play_at, undefined);
  const { body: changes } = await operator(accountAddress(url, "renter", "/changes"), "GET");
  const played = changes.rows.filter((/** @type {any} */ { action }) => action === "rental_played");
  assert.equal(played.length, 1);
});

test("what a decision wants to know of a viewer is told in one piece", async () => {
  await newAccount(url, "rights", { account: { max_rating: 12, since: 7 } });
  const { body } = await operator(accountAddress(url, "rights", "/rights"), "GET");
  const [held] = body.grants;
  assert.deepEqual(body, {
    account: { status: "active", since: 7 },
    max_rating: 12,
    grants: [{ ...grant({ from: held.from, to: held.to }) }],
    devices: [],
    open_streams: [],
  });
});

test("every change of an account says who made it and when", async () => {
  const as = (/** @type {string} */ actor) => ({ "usher-actor": actor });
  await put("audited", { status: "active" }, as("ann"));
  await put("audited", { status: "suspended" }, as("bob"));
  await operator(accountAddress(url, "audited", "/grants"), "POST", grant({ id: "g" }), as("eve"));
  await operator(accountAddress(url, "audited", "/grants/g"), "DELETE", undefined, as("eve"));
  await operator(accountAddress(url, "audited", "/revoke"), "POST", undefined, as("bob"));
  const { body } = await operator(accountAddress(url, "audited", "/changes"), "GET");
  assert.deepEqual(
    body.rows.map((/** @type {any} */ { actor, action }) => [actor, action]),
    [
      ["ann", "account_put"],
      ["bob", "account_put"],
      ["eve", "grant_added"],
      ["eve", "grant_deleted"],
      ["bob", "tokens_revoked"],
    ],
  );
  assert.deepEqual(body.rows[1].detail.before.status, "active");
  assert.deepEqual(body.rows[1].detail.now.status, "suspended");
  const next = accountAddress(url, "audited", `/changes?after=${body.rows[3].sequence}&limit=1`);
  assert.deepEqual((await operator(next, "GET")).body, { rows: [body.rows[4]], next: null });
});

test(
  "an account that is deleted leaves no grants, and no name in its audit",
  NEEDS_SQLITE,
  async () => {
    await newAccount(url, "leaver-7f3a");
    assert.equal((await operator(accountAddress(url, "leaver-7f3a"), "DELETE")).status, 204);
    const gone = await operator(accountAddress(url, "leaver-7f3a"), "GET");
    assertRefused(gone, 404, "account_unknown", "viewer");
    const none = await operator(accountAddress(url, "leaver-7f3a"), "DELETE");
    assertRefused(none, 404, "account_unknown", "viewer");
    await server.kill9();
    for (const file of storeFiles(server.state, "usher-accounts-v1")) {
      const [{ found }] = inStore(
        file,
        `SELECT (SELECT count(*) FROM audit WHERE subject || detail LIKE '%leaver-7f3a%')
         + (SELECT count(*) FROM grants WHERE viewer = 'leaver-7f3a')
         + (SELECT count(*) FROM revocations) AS found`,
      );
      assert.equal(found, 0);
    }
    await server.restart();
  },
);

test("the store itself refuses what is no account and no grant", NEEDS_SQLITE, async () => {
  await newAccount(url, "checked");
  await server.kill9();
  const file = storeFiles(server.state, "usher-accounts-v1").find(
    (each) => inStore(each, "SELECT 1 FROM accounts WHERE viewer = 'checked'").length > 0,
  );
  assert.ok(file);
  for (const [table, change] of [
    ["accounts", "status = 'gone'"],
    ["accounts", "revision = 0"],
    ["accounts", "max_rating = -1"],
    ["grants", "kind = 'gift'"],
    ["grants", "title = 'film'"],
    ["grants", "plan = NULL"],
    ["grants", "to_s = from_s"],
    ["grants", "play_window_s = 60"],
    ["grants", "redemption = 'x'"],
  ]) {
    const sql = `UPDATE ${table} SET ${change} WHERE viewer = 'checked'`;
    assert.throws(() => inStore(file, sql), /CHECK constraint failed/, change);
  }
  await server.restart();
});
