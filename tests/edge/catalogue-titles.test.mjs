// @ts-check
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertRefused, request } from "./api.mjs";
import { importTitles, titleAddress } from "./catalogue-api.mjs";
import { done, operator, title } from "./rights-api.mjs";
import { startServer } from "./server.mjs";

/** @type {import("./server.mjs").Server} */
let server;
let url = "";

before(async () => {
  server = await startServer();
  url = server.url;
});
after(() => server?.stop());

/**
 * @param {string} id
 * @param {object} [more]
 * @param {Record<string, string>} [headers]
 */
function put(id, more = {}, headers = {}) {
  return operator(titleAddress(url, id), "PUT", title(id, more), headers);
}

/**
 * @param {string} id
 * @param {string} state
 */
function move(id, state) {
  return operator(`${titleAddress(url, id)}/state`, "POST", { state });
}

/** @param {string} query */
async function idsOf(query) {
  const { body } = await operator(`${url}/v1/catalogue/titles?${query}`, "GET");
  return body.rows.map((/** @type {any} */ { id }) => id);
}

test("a title is written, read, changed and deleted", async () => {
  const windows = title("x").windows;
  const blackouts = [{ from: 1, to: 2, territories: ["SE"] }];
  const more = { name: "Casablanca", duration_s: 6120, blackouts };
  const made = await put("crud/1 å", more);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.equal(made.headers.get("etag"), '"1"');
  const { changed_ms, ...told } = made.body;
  assert.deepEqual(told, {
    ...title("crud/1 å", { windows, blackouts }),
    ...{ name: "Casablanca", duration_s: 6120, state: "ingest", revision: 1 },
    changed_by: "operator",
  });
  assert.deepEqual((await operator(titleAddress(url, "crud/1 å"), "GET")).body, made.body);
  const again = await put("crud/1 å", { windows, ...more });
  assert.deepEqual([again.status, again.body.revision], [200, 1]);
  const changed = await put("crud/1 å", { windows, ...more, rating: 12 });
  assert.deepEqual([changed.status, changed.body.revision], [200, 2]);
  // What was read may be sent back.
  const back = await operator(titleAddress(url, "crud/1 å"), "PUT", changed.body);
  assert.deepEqual(back.body, changed.body);
  assert.equal((await operator(titleAddress(url, "crud/1 å"), "DELETE")).status, 204);
  const gone = await operator(titleAddress(url, "crud/1 å"), "GET");
  assertRefused(gone, 404, "title_unknown", "title");
});

test("who changed a title stands beside it", async () => {
  const { body } = await put("actor", {}, { "usher-actor": "ann@example.com" });
  assert.equal(body.changed_by, "ann@example.com");
  const wrong = await put("actor", {}, { "usher-actor": "x".repeat(201) });
  assertRefused(wrong, 400, "invalid_value", "Usher-Actor");
});

test("a title moves through its states in their order and in no other", async () => {
  await put("moves");
  for (const [state, status] of /** @type {const} */ ([
    ["published", 409],
    ["retired", 409],
    ["ready", 200],
    ["ready", 200],
    ["ingest", 409],
    ["retired", 409],
    ["published", 200],
    ["ready", 409],
    ["ingest", 409],
    ["retired", 200],
    ["published", 409],
    ["ingest", 409],
    ["ready", 200],
  ])) {
    const answer = await move("moves", state);
    assert.equal(answer.status, status, `${state}: ${JSON.stringify(answer.body)}`);
    if (status === 409) assertRefused(answer, 409, "asset_state", "state");
    else assert.equal(answer.body.state, state);
  }
  assertRefused(await move("moves", "live"), 400, "invalid_value", "state");
  assertRefused(await move("nothing", "ready"), 404, "title_unknown", "title");
  // The same rule for a title that is written whole.
  assertRefused(await put("moves", { state: "ingest" }), 409, "asset_state", "state");
  assert.equal((await put("moves", { state: "published" })).body.state, "published");
  const published = await operator(titleAddress(url, "moves"), "DELETE");
  assertRefused(published, 409, "asset_state", "state");
});

test("of two who change one revision at once, one is told to look again", async () => {
  await put("race");
  const changes = await Promise.all(
    [12, 16].map((rating) => put("race", { rating }, { "if-match": '"1"' })),
  );
  assert.deepEqual(changes.map(({ status }) => status).sort(), [200, 409]);
  const refused = changes.find(({ status }) => status === 409);
  assert.ok(refused);
  assertRefused(refused, 409, "title_changed", "If-Match");
  const old = { "if-match": '"1"' };
  const moved = await operator(
    `${titleAddress(url, "race")}/state`,
    "POST",
    { state: "ready" },
    old,
  );
  assertRefused(moved, 409, "title_changed", "If-Match");
  const deleted = await operator(titleAddress(url, "race"), "DELETE", undefined, old);
  assertRefused(deleted, 409, "title_changed", "If-Match");
  const is = { "if-match": '"2"' };
  assert.equal((await operator(titleAddress(url, "race"), "DELETE", undefined, is)).status, 204);
});

test("of many who make one title at once, one does", async () => {
  const made = await Promise.all(
    Array.from({ length: 20 }, (_, rating) => put("first", { rating }, { "if-none-match": "*" })),
  );
  assert.equal(made.filter(({ status }) => status === 201).length, 1);
  assert.equal(made.filter(({ status }) => status === 409).length, 19);
  assertRefused(await put("first", {}, { "if-match": "1" }), 400, "invalid_value", "If-Match");
});

test("titles are found by state and text, in pages", async () => {
  for (const id of ["list-a", "list-b", "list-c"]) {
    await put(id, { name: `Film of ${id.toUpperCase()}` });
  }
  await move("list-b", "ready");
  assert.deepEqual(await idsOf("q=film%20of%20list"), ["list-a", "list-b", "list-c"]);
  assert.deepEqual(await idsOf("q=LIST-&state=ready"), ["list-b"]);
  assert.deepEqual(await idsOf("q=list-&state=retired"), []);
  const first = await operator(`${url}/v1/catalogue/titles?q=list-&limit=2`, "GET");
  assert.equal(first.body.next, "list-b");
  assert.ok(first.body.states.ingest >= 2 && first.body.states.ready >= 1);
  assert.deepEqual(await idsOf(`q=list-&limit=2&after=${first.body.next}`), ["list-c"]);
  for (const [query, field] of /** @type {const} */ ([
    ["state=live", "state"],
    ["limit=0", "limit"],
    ["limit=1001", "limit"],
  ])) {
    const wrong = await operator(`${url}/v1/catalogue/titles?${query}`, "GET");
    assertRefused(wrong, 400, "invalid_value", field);
  }
});

test("what is no title is refused with the path of what is wrong", async () => {
  const window = title("x").windows[0];
  const territories = (/** @type {unknown} */ codes) => ({
    windows: [{ ...window, territories: codes }],
  });
  for (const [more, code, field] of /** @type {[object, string, string | null][]} */ ([
    [territories(["SE", "XX"]), "invalid_value", "windows[0].territories[1]"],
    [territories(["se"]), "invalid_value", "windows[0].territories[0]"],
    [{ windows: [{ ...window, to: window?.from }] }, "invalid_value", "windows[0].to"],
    [{ windows: "always" }, "wrong_type", "windows"],
    [{ rating: -1 }, "wrong_type", "rating"],
    [{ packs: [""] }, "invalid_value", "packs[0]"],
    [{ owner: "x" }, "unknown_field", "owner"],
    [{ name: "" }, "invalid_value", "name"],
    [{ name: 7 }, "wrong_type", "name"],
    [{ duration_s: 0 }, "invalid_value", "duration_s"],
    [{ duration_s: 1.5 }, "invalid_value", "duration_s"],
    [{ state: "live" }, "invalid_value", "state"],
    [{ id: "other" }, "invalid_value", "id"],
  ])) {
    const answer = await put("wrong", more);
    assert.equal(answer.body.code, code, `${JSON.stringify(more)}: ${JSON.stringify(answer.body)}`);
    assertRefused(answer, 400, code, field);
  }
  const address = titleAddress(url, "wrong");
  const cut = await request(address, { method: "PUT", body: '{"id":' });
  assertRefused(cut, 400, "malformed_json", null);
  const list = await request(address, { method: "PUT", body: "[]" });
  assertRefused(list, 400, "wrong_type", null);
  const huge = await request(address, { method: "PUT", body: " ".repeat(128 * 1024 + 1) });
  assertRefused(huge, 413, "body_too_large", null);
  const long = await operator(titleAddress(url, "x".repeat(201)), "PUT", title("x"));
  assertRefused(long, 400, "invalid_value", "title");
  assertRefused(await operator(address, "GET"), 404, "title_unknown", "title");
});

test("windows may overlap and are all kept", async () => {
  const windows = [
    { from: 100, to: 300, territories: ["SE", "ES"] },
    { from: 200, to: 400, territories: ["SE"] },
  ];
  const { status, body } = await put("overlap", { windows });
  assert.equal(status, 201);
  assert.deepEqual(body.windows, windows);
});

test("an import takes all of its lines", async () => {
  const lines = ["in-1", "in-2", "in-3"].map((id) => title(id, { state: "published" }));
  const taken = await importTitles(url, [...lines, ""]);
  assert.deepEqual([taken.status, taken.body], [200, { titles: 3, changed: 3 }]);
  const again = await importTitles(url, lines);
  assert.deepEqual(again.body, { titles: 3, changed: 0 });
  const { body } = await operator(titleAddress(url, "in-2"), "GET");
  assert.deepEqual([body.name, body.state, body.revision], ["in-2", "published", 1]);
});

test("an import with wrong lines stores nothing and says which they are", async () => {
  const good = title("none-1");
  const wrong = await importTitles(url, [
    good,
    '{"id":',
    title("none-2", { windows: [{ from: 2, to: 1, territories: ["SE"] }] }),
    good,
    { ...good, id: undefined },
  ]);
  assert.equal(wrong.status, 400);
  const { code, count, errors } = wrong.body;
  assert.deepEqual([code, count], ["invalid_lines", 4]);
  assert.deepEqual(
    errors.map((/** @type {any} */ { line, code, field }) => [line, code, field]),
    [
      [2, "malformed_json", null],
      [3, "invalid_value", "windows[0].to"],
      [4, "duplicate_field", "id"],
      [5, "missing_field", "id"],
    ],
  );
  await done(titleAddress(url, "held"), "PUT", title("held"));
  // Only the store knows that this one cannot move.
  const moved = await importTitles(url, [good, title("held", { state: "retired" })]);
  assert.equal(moved.status, 400);
  assert.deepEqual(
    moved.body.errors.map((/** @type {any} */ { line, code }) => [line, code]),
    [[2, "asset_state"]],
  );
  const none = await operator(titleAddress(url, "none-1"), "GET");
  assertRefused(none, 404, "title_unknown", "title");
});

test("an import of more lines than one takes is refused whole", async () => {
  const line = JSON.stringify(title("many"));
  const many = await request(`${url}/v1/catalogue/import`, {
    method: "POST",
    body: `${line}\n`.repeat(50_001),
  });
  assertRefused(many, 400, "too_many", "lines");
  const large = await request(`${url}/v1/catalogue/import`, {
    method: "POST",
    body: new Uint8Array(16 * 1024 * 1024 + 1).fill(32),
  });
  assertRefused(large, 413, "body_too_large", null);
});

test("the catalogue is the operator's", async () => {
  for (const path of [
    "catalogue/titles",
    "plans",
    "accounts",
    "keyset",
    "deny-list",
    "decision-audit",
  ]) {
    const headers = { authorization: "Bearer wrong" };
    const answer = await request(`${url}/v1/${path}`, { headers });
    assertRefused(answer, 401, "operator_key_invalid", "Authorization");
  }
});
