// @ts-check
// Media tokens that expire soon are renewed on the way, within the lease of their stream and its grace.
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkCat } from "usher/rights";
import { eventually, request } from "./api.mjs";
import { FILM, SEGMENT, cookie, mediaToken, startGateForAll } from "./gated-film.mjs";
import { MEDIA_TOKEN, nowS, startStream } from "./rights-api.mjs";
import { RIGHTS_ENVIRONMENT } from "./server.mjs";

/** @type {import("./gated-film.mjs").Gate} */
let gate;
startGateForAll((started) => (gate = started));

/** @type {typeof gate.get} */
const get = (path, init) => gate.get(path, init);

/** As RIGHTS has them when nothing is said. */
const [LIFE_S, LEASE_S, GRACE_S] = [120, 90, 300];

/** No object has this id: as if it could not be reached. */
const AWAY = { sub: "00", catr: { type: 0, expadd: LIFE_S, deadline: LIFE_S / 2 } };

/**
 * The token that comes with an answer, if one does, and how long it lives.
 * @param {Headers} headers
 */
function cookieOf(headers) {
  const text = headers.get("set-cookie") ?? "";
  const [, value, path, life] =
    /^CTA-Common-Access-Token=([\w-]+); Path=(.+); Max-Age=(\d+); HttpOnly; SameSite=Strict$/.exec(
      text,
    ) ?? [];
  return value === undefined ? null : { value, path, lifeS: Number(life) };
}

test("a_token_near_its_end_is_renewed_while_its_object_is_away_and_nothing_stops", async () => {
  const path = `/vod/${FILM}/${SEGMENT}`;
  const now = nowS();
  const old = mediaToken({ ...AWAY, cti: "renewed", iat: now - LEASE_S, exp: now + 20 });
  const { status, headers, bytes } = await get(path, { headers: cookie(old) });
  assert.equal(status, 200);
  assert.deepEqual(bytes, gate.onDisk(SEGMENT));
  const younger = cookieOf(headers);
  assert.deepEqual([younger?.path, younger?.lifeS], [`/vod/${FILM}/`, LIFE_S]);
  const again = await get(path, { headers: cookie(String(younger?.value)) });
  assert.deepEqual([again.status, again.headers.get("set-cookie")], [200, null]);
});

test("no_token_is_renewed_beyond_the_grace_of_its_lease", async () => {
  const path = `/vod/${FILM}/${SEGMENT}`;
  const renewed = async (/** @type {object} */ claims) => {
    const { status, headers } = await get(path, {
      headers: cookie(mediaToken({ ...AWAY, ...claims })),
    });
    assert.equal(status, 200);
    return cookieOf(headers);
  };
  const now = nowS();
  const near = { cti: "grace", exp: now + 20 };
  const last = await renewed({ ...near, iat: now - LEASE_S - GRACE_S + 60 });
  assert.ok(last !== null && last.lifeS <= 60 && last.lifeS > 50, String(last?.lifeS));
  assert.equal(await renewed({ ...near, iat: now - LEASE_S - GRACE_S + 15 }), null);
  assert.equal(await renewed({ ...near, iat: now - LEASE_S - GRACE_S - 60 }), null);
  // In the first half of its life, without leave to renew, of no stream, of nobody.
  assert.equal(await renewed({ ...near, exp: now + LIFE_S / 2 + 30 }), null);
  assert.equal(await renewed({ ...near, catr: undefined }), null);
  assert.equal(await renewed({ ...near, cti: undefined }), null);
  assert.equal(await renewed({ ...near, sub: undefined }), null);
});

test("a_stream_renews_its_token_as_long_as_it_is_leased", async () => {
  const asked = { token: gate.entitlement(), title: FILM };
  const started = await startStream(gate.server.url, asked);
  assert.equal(started.status, 201, JSON.stringify(started.body));
  const { stream, cat, media } = started.body;
  const path = `${media}${SEGMENT}`;
  const url = gate.server.url + path;
  const [given] = (started.headers.get("set-cookie") ?? "").split(";");
  assert.equal((await get(path, { headers: { cookie: String(given) } })).status, 200);
  const { sub, cti } = checkCat(RIGHTS_ENVIRONMENT.CAT_KEYS, cat, {
    url,
    method: "GET",
    now: nowS(),
  });
  assert.equal(cti, stream);
  // The same token, as it is when its end comes near.
  const near = () =>
    mediaToken({
      ...AWAY,
      sub: String(sub),
      cti: stream,
      iat: nowS() - LEASE_S - GRACE_S,
      exp: nowS() + 20,
    });
  const renewed = await get(path, { headers: cookie(near()) });
  assert.equal(cookieOf(renewed.headers)?.lifeS, LIFE_S);
  const body = JSON.stringify({ token: asked.token });
  const stopped = await request(`${gate.server.url}/v1/streams/${stream}/stop`, {
    method: "POST",
    body,
  });
  assert.equal(stopped.status, 200);
  await eventually(async () => {
    const { status, headers } = await get(path, { headers: cookie(near()) });
    assert.deepEqual([status, headers.get("set-cookie")], [200, null]);
  });
});

test("a_token_in_a_query_is_renewed_in_the_playlist_and_in_a_header", async () => {
  const now = nowS();
  const old = mediaToken({ ...AWAY, cti: "query", iat: now - 10, exp: now + 20 });
  const { headers, bytes } = await get(`/vod/${FILM}/film.m3u8?${MEDIA_TOKEN}=${old}`);
  const younger = headers.get(MEDIA_TOKEN) ?? "";
  assert.ok(younger !== "" && younger !== old);
  assert.equal(headers.get("set-cookie"), null);
  assert.ok(String(bytes).includes(`?${MEDIA_TOKEN}=${younger}`) && !String(bytes).includes(old));
  const segment = await get(`/vod/${FILM}/${SEGMENT}?${MEDIA_TOKEN}=${younger}`);
  assert.deepEqual([segment.status, segment.headers.get(MEDIA_TOKEN)], [200, null]);
});
