// @ts-check
// The media gate: what opens it, what does not, and what it gives out.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { eventually, request } from "./api.mjs";
import {
  FILM,
  OTHER,
  SEGMENT,
  assertClosed,
  below,
  cookie,
  mediaToken,
  startGateForAll,
} from "./gated-film.mjs";
import { COUNTRY_HEADER, MEDIA_TOKEN, nowS } from "./rights-api.mjs";
import { RIGHTS_ENVIRONMENT } from "./server.mjs";

/** @type {import("./gated-film.mjs").Gate} */
let gate;
startGateForAll((started) => (gate = started));

/** @type {typeof gate.get} */
const get = (path, init) => gate.get(path, init);

test("a_token_in_a_cookie_or_in_the_query_opens_a_segment", async () => {
  const expected = gate.onDisk(SEGMENT);
  const inCookie = await get(`/vod/${FILM}/${SEGMENT}`, { headers: cookie(mediaToken()) });
  const inQuery = await get(`/vod/${FILM}/${SEGMENT}?${MEDIA_TOKEN}=${mediaToken()}`);
  for (const { status, headers, bytes } of [inCookie, inQuery]) {
    assert.equal(status, 200);
    assert.deepEqual(bytes, expected);
    assert.equal(headers.get("content-type"), "video/iso.segment");
    assert.equal(headers.get("content-length"), String(expected.length));
    assert.equal(headers.get("accept-ranges"), "bytes");
    assert.match(String(headers.get("cache-control")), /^private/);
    assert.equal(headers.get("set-cookie"), null);
  }
});

test("ranges_heads_and_conditions_are_answered_as_of_any_file", async () => {
  const path = `/vod/${FILM}/film.mp4`;
  const file = gate.onDisk("film.mp4");
  const headers = cookie(mediaToken());
  const last = file.length - 1;
  for (const [range, start, end] of /** @type {[string, number, number][]} */ ([
    ["bytes=0-0", 0, 0],
    ["bytes=65536-65600", 65536, 65600],
    [`bytes=${last}-`, last, last],
    ["bytes=-5", last - 4, last],
  ])) {
    const part = await get(path, { headers: { ...headers, range } });
    assert.equal(part.status, 206, range);
    assert.equal(part.headers.get("content-range"), `bytes ${start}-${end}/${file.length}`);
    assert.deepEqual(part.bytes, file.subarray(start, end + 1));
  }
  const outside = await get(path, { headers: { ...headers, range: `bytes=${file.length}-` } });
  assert.equal(outside.status, 416);
  assert.equal(outside.headers.get("content-range"), `bytes */${file.length}`);
  const several = await get(path, { headers: { ...headers, range: "bytes=0-1,4-5" } });
  assert.deepEqual([several.status, several.bytes.length], [200, file.length]);
  const head = await get(path, { method: "HEAD", headers });
  assert.deepEqual([head.status, head.bytes.length], [200, 0]);
  assert.equal(head.headers.get("content-length"), String(file.length));
  const etag = String(head.headers.get("etag"));
  assert.match(etag, /^"[^"]+"$/);
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
    const answer = await get(path, { headers: { ...headers, "if-none-match": known } });
    assert.deepEqual([answer.status, answer.bytes.length], [304, 0], known);
  }
  const changed = await get(path, { headers: { ...headers, "if-none-match": '"other"' } });
  assert.equal(changed.status, 200);
  const range = "bytes=0-9";
  const same = await get(path, { headers: { ...headers, range, "if-range": etag } });
  assert.deepEqual([same.status, same.bytes.length, same.headers.get("etag")], [206, 10, etag]);
  const other = await get(path, { headers: { ...headers, range, "if-range": '"older"' } });
  assert.deepEqual([other.status, other.bytes.length], [200, file.length]);
});

test("without_a_token_that_holds_nothing_is_given_out", async () => {
  const path = `/vod/${FILM}/${SEGMENT}`;
  const withToken = (/** @type {string} */ value) => get(path, { headers: cookie(value) });
  assertClosed(await get(path), 401, "token_missing");
  assertClosed(await withToken(""), 401, "token_missing");
  for (const wrong of [
    "no token",
    "AAAA",
    `${mediaToken()}A`,
    mediaToken().slice(0, -3),
    mediaToken({}, `tests:${Buffer.alloc(32, 1).toString("base64url")}`),
    mediaToken({}, RIGHTS_ENVIRONMENT.CAT_KEYS.replace("tests:", "others:")),
    "A".repeat(4096),
    "A".repeat(4097),
  ]) {
    assertClosed(await withToken(wrong), 401, "token_invalid");
  }
  assertClosed(
    await withToken(mediaToken({ exp: nowS() - 60, iat: nowS() - 180 })),
    401,
    "token_expired",
  );
  assert.equal((await withToken(mediaToken({ exp: nowS() + 2 }))).status, 200);
  const head = await get(path, { method: "HEAD" });
  assert.deepEqual([head.status, head.bytes.length], [401, 0]);
});

test("a_token_opens_nothing_but_what_it_names", async () => {
  const other = mediaToken({ catu: below(OTHER) });
  const path = `/vod/${FILM}/${SEGMENT}`;
  assertClosed(await get(path, { headers: cookie(other) }), 403, "token_scope");
  assertClosed(
    await get(`/vod/${OTHER}/${SEGMENT}`, { headers: cookie(mediaToken()) }),
    403,
    "token_scope",
  );
  const longer = mediaToken({ catu: below(`${FILM}-2`) });
  assertClosed(await get(path, { headers: cookie(longer) }), 403, "token_scope");
  const heads = mediaToken({ catm: ["HEAD"] });
  assertClosed(await get(path, { headers: cookie(heads) }), 403, "token_scope");
  assert.equal((await get(path, { method: "HEAD", headers: cookie(heads) })).status, 200);
});

test("a_token_of_a_country_opens_only_there", async () => {
  const swedish = mediaToken({ catgeoiso3166: ["SE"] });
  const from = (/** @type {Record<string, string>} */ country) =>
    get(`/vod/${FILM}/${SEGMENT}`, { headers: { ...cookie(swedish), ...country } });
  assert.equal((await from({ [COUNTRY_HEADER]: "SE" })).status, 200);
  assertClosed(await from({ [COUNTRY_HEADER]: "DE" }), 403, "token_scope");
  assertClosed(await from({}), 403, "token_scope");
});

test("the_query_counts_alone_and_more_than_one_token_is_none", async () => {
  const path = `/vod/${FILM}/${SEGMENT}`;
  const old = mediaToken({ exp: nowS() - 60 });
  const good = mediaToken();
  const both = (/** @type {string} */ inQuery, /** @type {string} */ inCookie) =>
    get(`${path}?${MEDIA_TOKEN}=${inQuery}`, { headers: cookie(inCookie) });
  assert.equal((await both(good, old)).status, 200);
  assertClosed(await both(old, good), 401, "token_expired");
  assertClosed(await both("", good), 401, "token_missing");
  assertClosed(
    await get(`${path}?${MEDIA_TOKEN}=${good}&${MEDIA_TOKEN}=${old}`),
    401,
    "token_invalid",
  );
  const cookies = (/** @type {string} */ text) => get(path, { headers: { cookie: text } });
  assertClosed(
    await cookies(`${MEDIA_TOKEN}=${good}; ${MEDIA_TOKEN}=${old}`),
    401,
    "token_invalid",
  );
  assert.equal((await cookies(`${MEDIA_TOKEN}=${good}; ${MEDIA_TOKEN}=${good}`)).status, 200);
  assert.equal(
    (await cookies(`a=b; ${MEDIA_TOKEN}=${good}; X${MEDIA_TOKEN}=${old}; c`)).status,
    200,
  );
  assertClosed(await cookies(`X${MEDIA_TOKEN}=${good}`), 401, "token_missing");
});

test("cookies_without_end_are_not_looked_through", async () => {
  const path = `/vod/${FILM}/${SEGMENT}`;
  const end = `; ${MEDIA_TOKEN}=${mediaToken()}`;
  const fill = (/** @type {number} */ size) => ({
    cookie: `a=${"b".repeat(size - 2 - end.length)}${end}`,
  });
  assert.equal((await get(path, { headers: fill(16_384) })).status, 200);
  assertClosed(await get(path, { headers: fill(16_385) }), 401, "token_invalid");
});

test("nothing_outside_the_title_is_meant_by_any_spelling", async () => {
  const answers = {
    404: [
      `/vod/${FILM}/..%2f..%2fsecret.m4s`,
      `/vod/${FILM}/180p%2fsegment-00.m4s`,
      `/vod/${FILM}/180p/segment%2d00.m4s`,
      `/vod/${FILM}/%5c..%5csecret.m4s`,
      `/vod/${FILM}//180p/segment-00.m4s`,
      `/vod//${FILM}/180p/segment-00.m4s`,
      `/vod/${FILM}/.hidden`,
      `/vod/${FILM}/%2ehidden`,
      `/vod/${FILM}/180p/segment-00.m4s%00`,
      `/vod/${FILM}/180p/segment-00.m4s/`,
      `/vod/${FILM}/180p/`,
      `/vod/${FILM}/180p`,
      `/vod/${FILM}/folder.m4s`,
      `/vod/${FILM}/none.m4s`,
      `/vod/${FILM}/`,
      `/vod/${FILM}`,
      `/vod/`,
      `/vod/../vod/${FILM}/..;/secret.m4s`,
    ],
    // These are tidied up to another title's path before anybody looks at them.
    403: [
      `/vod/${FILM}/../${OTHER}/180p/segment-00.m4s`,
      `/vod/${FILM}/%2e%2e/${OTHER}/180p/segment-00.m4s`,
      `/vod/${FILM}/.%2E/${OTHER}/180p/segment-00.m4s`,
      `/vod/${FILM}/..\\${OTHER}/180p/segment-00.m4s`,
      `/vod/${FILM.toUpperCase()}/180p/segment-00.m4s`,
    ],
    200: [`/vod/${FILM}/180p/../180p/segment-00.m4s`, `/vod/${FILM}/180p/./segment-00.m4s`],
  };
  for (const [status, paths] of Object.entries(answers)) {
    for (const path of paths) {
      const head = `GET ${path} HTTP/1.1\r\nhost: demo\r\ncookie: ${MEDIA_TOKEN}=${mediaToken()}\r\n`;
      assert.equal(await statusOf(head), Number(status), path);
    }
  }
});

test("another_method_is_told_which_ones_there_are", async () => {
  const path = `/vod/${FILM}/${SEGMENT}`;
  for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
    const { status, headers } = await get(path, { method, headers: cookie(mediaToken()) });
    assert.deepEqual([status, headers.get("allow")], [405, "GET, HEAD, OPTIONS"]);
  }
  const { status, headers } = await get(path, { method: "OPTIONS" });
  assert.equal(status, 204);
  assert.equal(headers.get("access-control-allow-methods"), "GET, HEAD");
});

test("what_is_asked_for_again_and_again_is_the_same_with_every_token", async () => {
  const segment = "180p/segment-03.m4s";
  const path = `/vod/${FILM}/${segment}`;
  const expected = gate.onDisk(segment);
  for (let time = 0; time < 5; time += 1) {
    const { status, headers, bytes } = await get(path, { headers: cookie(mediaToken()) });
    assert.deepEqual([status, bytes.equals(expected)], [200, true]);
    assert.equal(headers.get("content-length"), String(expected.length));
    const etag = String(headers.get("etag"));
    const known = await get(path, { headers: { ...cookie(mediaToken()), "if-none-match": etag } });
    assert.deepEqual([known.status, known.bytes.length, known.headers.get("etag")], [304, 0, etag]);
    const part = await get(path, { headers: { ...cookie(mediaToken()), range: "bytes=1-3" } });
    assert.deepEqual([part.status, part.bytes.equals(expected.subarray(1, 4))], [206, true]);
    assertClosed(
      await get(path, { headers: cookie(mediaToken({ catu: below(OTHER) })) }),
      403,
      "token_scope",
    );
    assertClosed(await get(path), 401, "token_missing");
  }
});

test("a_file_that_the_origin_replaces_is_shown_soon", async () => {
  const live = join(gate.films, FILM, "live.m4s");
  const text = async () =>
    String((await get(`/vod/${FILM}/live.m4s`, { headers: cookie(mediaToken()) })).bytes);
  writeFileSync(live, "first");
  for (let time = 0; time < 3; time += 1) assert.equal(await text(), "first");
  writeFileSync(live, "second");
  await eventually(async () => assert.equal(await text(), "second"));
});

test("what_players_say_beside_gated_media_is_counted", async () => {
  const path = `/vod/${FILM}/${SEGMENT}?CMCD=${encodeURIComponent("bs,v=2")}`;
  assert.equal((await get(path, { headers: cookie(mediaToken()) })).status, 200);
  assertClosed(await get(path), 401, "token_missing");
  await eventually(async () => {
    const { body } = await request(`${gate.server.url}/v1/cmcd/requests`);
    const counted = body.titles.find((/** @type {any} */ each) => each.title === FILM);
    assert.deepEqual([counted?.requests, counted?.version_2, counted?.starved], [1, 1, 1]);
  });
});

/**
 * A request as it is written: `fetch` would tidy the path up.
 * @param {string} head
 * @returns {Promise<number>}
 */
function statusOf(head) {
  return new Promise((answered, failed) => {
    const socket = connect(gate.server.port, "127.0.0.1");
    let text = "";
    socket.setEncoding("latin1").on("data", (chunk) => (text += chunk));
    socket.on("error", failed);
    socket.on("end", () => answered(Number(text.split(" ")[1])));
    socket.write(`${head}connection: close\r\n\r\n`);
  });
}
