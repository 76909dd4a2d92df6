// @ts-check
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { assertRefused, postViews, recordOf, request, waitingOf } from "./api.mjs";
import { Playback, loadPage } from "./playback.mjs";
import { startServer } from "./server.mjs";

const BODY_BYTES_MAX = 64 * 1024;

/** @type {import("./server.mjs").Server} */
let server;
/** @type {typeof import("usher")} */
let usher;
/** @type {Playback} a view of viewer `v`, never sent in a good body before the end */
let playback;
/** @type {import("./api.mjs").Entry} */
let good;
/** @type {import("./api.mjs").Entry} a view of another viewer */
let foreign;

before(async () => {
  server = await startServer();
  usher = await loadPage();
  playback = new Playback(usher, "v", "t").watch(0, 10);
  good = playback.entry();
  foreign = new Playback(usher, "w", "t").watch(0, 10).entry();
});
after(() => server.stop());

/** @param {import("node:http").OutgoingHttpHeaders} headers */
function postRaw(headers, /** @type {Iterable<string | Buffer>} */ chunks) {
  return new Promise((answered, failed) => {
    const sent = httpRequest(`${server.url}/v1/views`, { method: "POST", headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => (text += chunk));
      response.on("end", () => answered({ status: response.statusCode, body: JSON.parse(text) }));
    });
    sent.on("error", failed);
    for (const chunk of chunks) sent.write(chunk);
    sent.end();
  });
}

/** @param {string | Buffer} body */
const post = (body) =>
  request(`${server.url}/v1/views`, {
    method: "POST",
    body: new Blob([new Uint8Array(Buffer.from(body))]),
  });

const body = (/** @type {object} */ change = {}) =>
  JSON.stringify({ viewer: "v", views: [good], ...change });

const view = (/** @type {object} */ change) => body({ views: [good, { ...good, ...change }] });

/** @type {{ name: string, make: () => string | Buffer, status?: number, code: string, field: string | null }[]} */
const ROWS = [
  { name: "no body", make: () => "", code: "malformed_json", field: null },
  { name: "not JSON", make: () => "hello", code: "malformed_json", field: null },
  { name: "JSON cut off", make: () => body().slice(0, -2), code: "malformed_json", field: null },
  { name: "JSON twice", make: () => body() + body(), code: "malformed_json", field: null },
  {
    name: "bytes that are not UTF-8",
    make: () => Buffer.concat([Buffer.from('{"viewer":"'), Buffer.from([0xff, 0xfe, 0x22, 0x7d])]),
    code: "malformed_json",
    field: null,
  },
  {
    name: "half a surrogate pair",
    make: () => '{"viewer":"\\ud800"}',
    code: "malformed_json",
    field: null,
  },
  { name: "a list", make: () => "[]", code: "wrong_type", field: null },
  { name: "null", make: () => "null", code: "wrong_type", field: null },
  { name: "an unknown key", make: () => body({ extra: 1 }), code: "unknown_field", field: "extra" },
  {
    name: "an unknown key of a view",
    make: () => view({ extra: 1 }),
    code: "unknown_field",
    field: "views[1].extra",
  },
  {
    name: "__proto__",
    make: () => `{"__proto__":{"viewer":"v"},${body().slice(1)}`,
    code: "unknown_field",
    field: "__proto__",
  },
  {
    name: "__proto__ of a view",
    make: () => `{"viewer":"v","views":[{"__proto__":{}}]}`,
    code: "unknown_field",
    field: "views[0].__proto__",
  },
  {
    name: "a key twice",
    make: () => `{"viewer":"v",${body().slice(1)}`,
    code: "duplicate_field",
    field: null,
  },
  {
    name: "no viewer",
    make: () => body({ viewer: undefined }),
    code: "missing_field",
    field: null,
  },
  {
    name: "no state",
    make: () => view({ state: undefined }),
    code: "missing_field",
    field: "views[1]",
  },
  { name: "viewer null", make: () => body({ viewer: null }), code: "wrong_type", field: "viewer" },
  { name: "viewer a number", make: () => body({ viewer: 1 }), code: "wrong_type", field: "viewer" },
  { name: "views an object", make: () => body({ views: {} }), code: "wrong_type", field: "views" },
  { name: "views a text", make: () => body({ views: "NaN" }), code: "wrong_type", field: "views" },
  {
    name: "a view null",
    make: () => body({ views: [good, null] }),
    code: "wrong_type",
    field: "views[1]",
  },
  {
    name: "title NaN",
    make: () => view({ title: NaN }),
    code: "wrong_type",
    field: "views[1].title",
  },
  {
    name: "state a list",
    make: () => view({ state: [1] }),
    code: "wrong_type",
    field: "views[1].state",
  },
  { name: "NaN as JSON", make: () => '{"viewer":NaN}', code: "malformed_json", field: null },
  {
    name: "viewer empty",
    make: () => body({ viewer: "" }),
    code: "invalid_value",
    field: "viewer",
  },
  {
    name: "viewer of 201 bytes",
    make: () => body({ viewer: "v".repeat(201) }),
    code: "invalid_value",
    field: "viewer",
  },
  {
    name: "a control character",
    make: () => body({ viewer: "v\u0000" }),
    code: "invalid_value",
    field: "viewer",
  },
  {
    name: "title empty",
    make: () => view({ title: "" }),
    code: "invalid_value",
    field: "views[1].title",
  },
  {
    name: "title of 50,000 bytes",
    make: () => view({ title: "t".repeat(50_000) }),
    code: "invalid_value",
    field: "views[1].title",
  },
  { name: "no views", make: () => body({ views: [] }), code: "invalid_value", field: "views" },
  {
    name: "51 views",
    make: () => body({ views: Array.from({ length: 51 }, () => good) }),
    code: "too_many",
    field: "views",
  },
  {
    name: "10^6 views",
    make: () => body({ views: Array(1e6).fill(0) }),
    status: 413,
    code: "body_too_large",
    field: null,
  },
  {
    name: "view id too short",
    make: () => view({ view: "abc" }),
    code: "invalid_view",
    field: "views[1].view",
  },
  {
    name: "view id upper case",
    make: () => view({ view: good.view.toUpperCase().replace(/^\d*$/, "A") }),
    code: "invalid_view",
    field: "views[1].view",
  },
  {
    name: "view id a path",
    make: () => view({ view: "../../../../../../../../etc/passw" }),
    code: "invalid_view",
    field: "views[1].view",
  },
  {
    name: "a view of another viewer",
    make: () => body({ views: [good, foreign] }),
    status: 403,
    code: "view_of_another_viewer",
    field: "views[1].view",
  },
  {
    name: "somebody else's viewer name",
    make: () => body({ viewer: "w", views: [foreign, good] }),
    status: 403,
    code: "view_of_another_viewer",
    field: "views[1].view",
  },
  {
    name: "two titles of one view",
    make: () => view({ title: "other" }),
    status: 409,
    code: "title_changed",
    field: "views[1].title",
  },
  {
    name: "state empty",
    make: () => view({ state: "" }),
    code: "invalid_state",
    field: "views[1].state",
  },
  {
    name: "state with padding",
    make: () => view({ state: "AQ==" }),
    code: "invalid_state",
    field: "views[1].state",
  },
  {
    name: "state of base64 letters",
    make: () => view({ state: "+/+/" }),
    code: "invalid_state",
    field: "views[1].state",
  },
  {
    name: "state of 40,000 bytes",
    make: () => view({ state: "A".repeat(40_000) }),
    code: "invalid_state",
    field: "views[1].state",
  },
  {
    name: "64 KiB and a byte",
    make: () => body().padEnd(BODY_BYTES_MAX + 1),
    status: 413,
    code: "body_too_large",
    field: null,
  },
  {
    name: "10,000 lists deep",
    make: () => `{"viewer":"v","views":${"[".repeat(10_000)}`,
    code: "wrong_type",
    field: "views[0]",
  },
  {
    name: "10,000 objects deep",
    make: () => '{"viewer":'.repeat(6_000),
    code: "wrong_type",
    field: "viewer",
  },
];

/** What waits, without the marks that move with time. */
async function countsWaiting() {
  const shards = await waitingOf(server.url);
  return shards.map((/** @type {any} */ { windows, ...shard }) => ({
    ...shard,
    open: windows.open,
  }));
}

for (const { name, make, status = 400, code, field } of ROWS) {
  test(`refused: ${name}`, async () => {
    const waiting = await countsWaiting();
    assertRefused(await post(make()), status, code, field);
    assert.deepEqual(await countsWaiting(), waiting);
  });
}

test("a_body_that_comes_in_chunks_meets_the_same_limit", async () => {
  const chunk = Buffer.alloc(8 * 1024, " ");
  const answer = await postRaw({ "transfer-encoding": "chunked" }, [
    body(),
    ...Array(8).fill(chunk),
  ]);
  assertRefused(answer, 413, "body_too_large", null);
});

test("a_body_far_above_the_limit_is_still_answered", async () => {
  const chunk = Buffer.alloc(64 * 1024, " ");
  const chunks = Array(15).fill(chunk);
  assertRefused(await postRaw({}, chunks), 413, "body_too_large", null);
  const length = { "content-length": 15 * 64 * 1024 };
  assertRefused(await postRaw(length, chunks), 413, "body_too_large", null);
});

test("a_content_length_below_the_body_cuts_the_body_off", async () => {
  const answer = await postRaw({ "content-length": 20, connection: "close" }, [body()]);
  assertRefused(answer, 400, "malformed_json", null);
});

test("a_connection_that_breaks_within_the_body_stores_nothing", async () => {
  const whole = body();
  const socket = connect(server.port, "127.0.0.1");
  const length = Buffer.byteLength(whole) + 1;
  socket.write(
    `POST /v1/views HTTP/1.1\r\nhost: edge\r\ncontent-length: ${length}\r\n\r\n${whole}`,
  );
  await once(socket, "ready");
  socket.destroy();
  assert.equal((await request(`${server.url}/healthz`)).status, 200);
});

test("an_encoding_that_is_not_gzip_is_refused", async () => {
  const headers = { "content-encoding": "br" };
  const answer = await request(`${server.url}/v1/views`, { method: "POST", body: body(), headers });
  assertRefused(answer, 415, "encoding_unsupported", null);
});

test("another_method_is_told_which_ones_there_are", async () => {
  for (const method of ["GET", "PUT", "DELETE", "PATCH"]) {
    const answer = await request(`${server.url}/v1/views`, { method });
    assertRefused(answer, 405, "method_not_allowed", null);
    assert.equal(answer.headers.get("allow"), "POST, OPTIONS");
    assert.equal(answer.headers.get("access-control-allow-origin"), "*");
  }
});

test("a_preflight_is_answered", async () => {
  const { status, headers } = await request(`${server.url}/v1/views`, { method: "OPTIONS" });
  assert.equal(status, 204);
  assert.equal(headers.get("access-control-allow-origin"), "*");
  assert.equal(headers.get("access-control-allow-methods"), "POST");
  assert.equal(headers.get("access-control-allow-headers"), "content-type");
});

test("another_path_is_not_found", async () => {
  for (const path of ["/v1/", "/v1/view", "/v1/views/", "/v1/views/a/b", "/v1/titles/x"]) {
    const { status, body } = await request(`${server.url}${path}`);
    assert.ok(status === 404 || (status === 400 && path === "/v1/views/"), `${path}: ${status}`);
    assert.deepEqual(Object.keys(body).sort(), ["code", "field", "message"]);
  }
});

test("the_central_api_refuses_what_it_does_not_understand", async () => {
  /** @type {[string, number, string, string | null][]} */
  const rows = [
    ["/v1/views/xyz", 400, "invalid_view", "view"],
    ["/v1/views/%00", 400, "invalid_view", "view"],
    [`/v1/views/${"A".repeat(32)}`, 400, "invalid_view", "view"],
    [`/v1/views/${"a".repeat(32)}`, 404, "view_unknown", "view"],
    ["/v1/titles?limit=0", 400, "invalid_value", "limit"],
    ["/v1/titles?limit=1001", 400, "invalid_value", "limit"],
    ["/v1/titles?limit=NaN", 400, "invalid_value", "limit"],
    ["/v1/titles?limit=1e2", 400, "invalid_value", "limit"],
  ];
  for (const [path, status, code, field] of rows) {
    assertRefused(await request(server.url + path), status, code, field);
  }
});

test("a_state_cut_off_anywhere_is_refused", async () => {
  const bytes = Buffer.from(good.state, "base64url");
  for (let length = 0; length < bytes.length; length += 1) {
    const state = bytes.subarray(0, length).toString("base64url");
    const answer = await post(view({ state }));
    assertRefused(answer, 400, "invalid_state", "views[1].state");
  }
});

test("a_state_with_flipped_bits_is_refused_or_is_a_state", async () => {
  const bytes = Buffer.from(good.state, "base64url");
  let seed = 1;
  const random = (/** @type {number} */ below) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const seen = { 200: 0, 400: 0 };
  for (let times = 0; times < 500; times += 1) {
    const flipped = Buffer.from(bytes);
    for (let flips = random(3); flips >= 0; flips -= 1) {
      const at = random(flipped.length);
      flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << random(8)), at);
    }
    const fresh = new Playback(usher, "flip", "flip");
    const entry = { ...fresh.entry(), state: flipped.toString("base64url") };
    const answer = await postViews(server.url, "flip", [entry]);
    if (answer.status === 200) seen[200] += 1;
    else {
      assertRefused(answer, 400, answer.body.code, "views[0].state");
      seen[400] += 1;
    }
  }
  assert.ok(seen[400] > 100, JSON.stringify(seen));
});

test("figures_at_their_limit_are_set_apart_and_hold_up_nobody", async () => {
  const first = new Playback(usher, "limits", "limits").pause(0, 9e15);
  const second = new Playback(await loadPage(), "limits", "limits").pause(0, 9e15);
  const one = await postViews(server.url, "limits", [first.entry()]);
  assert.equal(one.status, 200);
  assert.equal(one.body.acks[0].version, first.version);
  const both = await postViews(server.url, "limits", [second.entry(first.id)]);
  assert.equal(both.body.acks[0].version, second.version);
  const other = new Playback(usher, "limits", "limits").watch(0, 5);
  assert.equal((await postViews(server.url, "limits", [other.entry()])).status, 200);
  await recordOf(server.url, other.id, other.version);
  assert.equal((await request(`${server.url}/v1/views/${first.id}`)).status, 404);
  for (const { batches } of await waitingOf(server.url)) assert.deepEqual(batches, []);
});

test("64_KiB_are_accepted_and_nothing_of_the_refused_bodies_was_stored", async () => {
  // The edge dates a view when it first stores it: this one was not stored by any body above.
  const fromMs = Date.now();
  const { status, body: answer } = await post(body().padEnd(BODY_BYTES_MAX));
  assert.equal(status, 200);
  assert.equal(answer.acks[0].version, playback.version);
  const record = await recordOf(server.url, playback.id, playback.version);
  assert.ok(record.first_seen_ms >= fromMs);
  assert.equal((await request(`${server.url}/v1/views/${foreign.view}`)).status, 404);
  const shards = await waitingOf(server.url);
  assert.deepEqual(
    shards.flatMap((/** @type {any} */ shard) => shard.batches),
    [],
  );
});

test("a_view_that_is_stored_keeps_its_title", async () => {
  const renamed = { ...good, title: "renamed" };
  assertRefused(
    await postViews(server.url, "v", [renamed]),
    409,
    "title_changed",
    "views[0].title",
  );
  assert.equal((await recordOf(server.url, playback.id, playback.version)).title, "t");
});

test("a_viewer_with_10_000_views_begins_no_other_and_goes_on_with_those", async () => {
  const begin = () => new Playback(usher, "full", "full").watch(0, 1);
  const first = begin();
  const [entry] = [first.entry()];
  for (let count = 0; count < 10_000; count += 50) {
    const entries = Array.from({ length: 50 }, () => begin().entry());
    if (count === 0) entries[0] = entry;
    assert.equal((await postViews(server.url, "full", entries)).status, 200);
  }
  const known = first.watch(1, 2).entry();
  const refused = await postViews(server.url, "full", [known, begin().entry()]);
  assertRefused(refused, 403, "viewer_full", "views[1].view");
  const { status, body } = await postViews(server.url, "full", [entry]);
  assert.equal(status, 200);
  assert.equal(body.acks[0].version, 1, "of a body that was refused nothing is stored");
  assert.equal((await postViews(server.url, "full", [known])).body.acks[0].version, 2);
});
