// @ts-check
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { assertRefused, eventually, request, titlesOf } from "./api.mjs";
import { Playback, loadPage } from "./playback.mjs";
import { startServer } from "./server.mjs";

/** @type {import("./server.mjs").Server} */
let server;
/** @type {typeof import("usher")} */
let usher;

before(async () => {
  [server, usher] = await Promise.all([startServer(), loadPage()]);
});
after(() => server.stop());

/**
 * @param {string | Buffer} body
 * @param {Record<string, string>} [headers]
 */
const post = (body, headers = {}) =>
  request(`${server.url}/v1/views`, {
    method: "POST",
    headers,
    body: new Blob([new Uint8Array(Buffer.from(body))]),
  });

const GZIP = { "content-encoding": "gzip" };

/**
 * 64 KiB of gzip unpack to 64 MiB; 16 kB of brotli to 512 MB and more. Packed before the server starts:
 * while this process does nothing else for seconds, connections that wait would be closed.
 */
const BOMBS = /** @type {const} */ ([
  gzipSync(Buffer.alloc(63 * 1024 * 1024), { level: 9 }),
  brotliCompressSync(Buffer.alloc(512 * 1024 * 1024)),
]);

/** @param {string} viewer */
const bodyOf = (viewer, title = "t") => {
  const view = new Playback(usher, viewer, title).watch(0, 10).entry();
  return JSON.stringify({ viewer, views: [view] });
};

test("a_body_packed_with_gzip_is_taken", async () => {
  const { status, body } = await post(gzipSync(bodyOf("packed")), GZIP);
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.acks.length, 1);
});

test("a_body_that_is_not_gzip_or_is_cut_off_is_refused", async () => {
  const packed = gzipSync(bodyOf("cut"));
  for (const body of [
    bodyOf("plain"),
    packed.subarray(0, packed.length - 9),
    packed.subarray(0, 12),
  ]) {
    assertRefused(await post(body, GZIP), 400, "malformed_encoding", null);
  }
  const { status } = await post(packed, GZIP);
  assert.equal(status, 200);
});

test("bombs_are_refused_and_unpacked_no_further_than_the_limit", async () => {
  const [gzip, brotli] = BOMBS;
  assert.ok(gzip.length < 64 * 1024 && brotli.length < 16_000, `${gzip.length}, ${brotli.length}`);
  await post(bodyOf("before"));
  const beforeBytes = server.memoryPeakBytes();
  for (let round = 0; round < 10; round += 1) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(gzip, GZIP)));
    for (const answer of answers) assertRefused(answer, 413, "body_too_large", null);
  }
  for (const encoding of ["br", "gzip, br", "gzip, gzip", "deflate"]) {
    assertRefused(
      await post(brotli, { "content-encoding": encoding }),
      415,
      "encoding_unsupported",
      null,
    );
  }
  const grownMiB = (server.memoryPeakBytes() - beforeBytes) / 1024 / 1024;
  // Ten at once, 64 MiB each, would be 640 MiB.
  assert.ok(grownMiB < MEMORY_MIB_MAX, `memory grew by ${grownMiB} MiB`);
});

/**
 * What a hundred bombs, ten at once, may make the process grow by. Any number of bodies above the limit
 * makes its heap grow to about 140 MiB, any number of bombs to 180 MiB.
 */
const MEMORY_MIB_MAX = 192;

test("json_ten_thousand_deep_is_refused", async () => {
  const deep = "[".repeat(10_000) + "]".repeat(10_000);
  const deeper = '{"a":'.repeat(10_000) + "1" + "}".repeat(10_000);
  for (const value of [deep, deeper]) {
    for (const body of [
      value,
      `{"viewer":"v","views":${value}}`,
      `{"viewer":${value},"views":[]}`,
      `{"viewer":"v","views":[],"more":${value}}`,
    ]) {
      const { status, body: answer } = await post(body);
      assert.equal(status, 400, answer.code);
      assert.match(answer.code, /^(malformed_json|wrong_type|unknown_field)$/);
      assert.ok(answer.message.length < 300, answer.message.slice(0, 400));
    }
  }
});

test("keys_of_javascript_s_own_are_keys_like_any_other", async () => {
  for (const key of ["__proto__", "constructor", "prototype", "toString"]) {
    assertRefused(
      await post(`{"viewer":"v","views":[],"${key}":{"admin":true}}`),
      400,
      "unknown_field",
      key,
    );
  }
  const [view] = JSON.parse(bodyOf("__proto__")).views;
  const { status, body } = await post(JSON.stringify({ viewer: "__proto__", views: [view] }));
  assert.deepEqual([status, body.acks?.length], [200, 1]);
  assert.equal(/** @type {any} */ ({}).admin, undefined);
});

test("recorded_bodies_that_are_sent_again_change_nothing", async () => {
  const viewers = Array.from({ length: REPLAYED_VIEWERS }, (_, index) => `again-${index}`);
  const bodies = viewers.map((viewer) => bodyOf(viewer, "again"));
  await inParallel(bodies, async (body) => assert.equal((await post(body)).status, 200));
  await titleHolds(REPLAYED_VIEWERS);
  const again = Array.from({ length: REPLAYS }, () => bodies).flat();
  await inParallel(again, async (body) => assert.equal((await post(body)).status, 200));
  // Whatever they might have changed goes out behind this one.
  await post(bodyOf("the-last", "again"));
  await titleHolds(REPLAYED_VIEWERS + 1);
});

/** @param {number} views of ten seconds, each of another viewer */
const titleHolds = (views) =>
  eventually(async () => {
    const titles = await titlesOf(server.url);
    const sums = titles.find((/** @type {any} */ { title }) => title === "again");
    assert.deepEqual(
      [sums?.views, sums?.viewers, sums?.unique_ms, sums?.played_ms],
      [views, views, views * 10_000, views * 10_000],
    );
  });

/** FULL=1 sends 100,000 bodies. */
const [REPLAYED_VIEWERS, REPLAYS] = process.env["FULL"] ? [5_000, 20] : [500, 20];

const CONNECTIONS = 32;

/**
 * @template T
 * @param {T[]} items
 * @param {(item: T) => Promise<void>} act
 */
async function inParallel(items, act) {
  let next = 0;
  const work = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await act(item);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
}
