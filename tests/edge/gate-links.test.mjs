// @ts-check
// Playlists of HLS and DASH behind the media gate: the token goes with every link.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  FILM,
  MANIFEST,
  PLAYLIST_BYTES_MAX,
  SEGMENT,
  assertClosed,
  cookie,
  mediaToken,
  startGateForAll,
} from "./gated-film.mjs";
import { MEDIA_TOKEN } from "./rights-api.mjs";

/** @type {import("./gated-film.mjs").Gate} */
let gate;
startGateForAll((started) => (gate = started));

/** @type {typeof gate.get} */
const get = (path, init) => gate.get(path, init);

test("every_link_of_hls_opens_with_the_token_of_the_first", async () => {
  const value = mediaToken();
  const queue = [`/vod/${FILM}/film.m3u8?${MEDIA_TOKEN}=${value}`];
  /** @type {Set<string>} */
  const seen = new Set();
  for (const link of queue) {
    const { status, headers, bytes } = await get(link);
    const { pathname } = new URL(link, gate.server.url);
    assert.equal(status, 200, link);
    seen.add(pathname);
    if (!pathname.endsWith(".m3u8")) {
      assert.deepEqual(bytes, gate.onDisk(pathname.slice(`/vod/${FILM}/`.length)));
      continue;
    }
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("content-type"), "application/vnd.apple.mpegurl");
    assert.equal(headers.get("content-length"), String(bytes.length));
    for (const [, attribute, line] of String(bytes).matchAll(/URI="([^"]+)"|^(?!#)(.+)$/gm)) {
      const { pathname: path, search } = new URL(attribute ?? line ?? "", gate.server.url + link);
      assert.equal(search, `?${MEDIA_TOKEN}=${value}`);
      queue.push(path + search);
    }
  }
  const names = [...seen].map((path) => path.split("/").slice(3).join("/"));
  assert.ok(names.includes("360p/rendition.m3u8") && names.includes("180p/init.mp4"));
  assert.equal(names.filter((name) => name.startsWith("180p/segment-")).length, 17);
});

test("dash_carries_the_token_to_its_segments", async () => {
  const value = mediaToken();
  const { status, headers, bytes } = await get(`/vod/${FILM}/film.mpd?${MEDIA_TOKEN}=${value}`);
  assert.equal(status, 200);
  assert.equal(headers.get("content-type"), "application/dash+xml");
  const text = String(bytes);
  const query = `?${MEDIA_TOKEN}=${value}`;
  const expected = MANIFEST.replace("init.mp4", `init.mp4${query}`).replace(".m4s", `.m4s${query}`);
  assert.equal(text, expected);
  const [, media = ""] = /media="([^"]+)"/.exec(text) ?? [];
  const link = media.replace("$RepresentationID$", "180p").replace("$Number%02d$", "00");
  assert.deepEqual((await get(`/vod/${FILM}/${link}`)).bytes, gate.onDisk(SEGMENT));
});

test("with_a_cookie_playlists_stay_as_they_are", async () => {
  for (const file of ["film.m3u8", "180p/rendition.m3u8", "film.mpd"]) {
    const { status, headers, bytes } = await get(`/vod/${FILM}/${file}`, {
      headers: cookie(mediaToken()),
    });
    assert.equal(status, 200);
    assert.deepEqual(bytes, gate.onDisk(file));
    assert.notEqual(headers.get("etag"), null);
  }
});

test("a_written_playlist_has_no_tag_no_ranges_and_a_head", async () => {
  const path = `/vod/${FILM}/film.m3u8?${MEDIA_TOKEN}=${mediaToken()}`;
  const whole = await get(path);
  assert.equal(whole.headers.get("etag"), null);
  const part = await get(path, { headers: { range: "bytes=0-9", "if-none-match": "*" } });
  assert.deepEqual([part.status, part.bytes.length], [200, whole.bytes.length]);
  const head = await get(path, { method: "HEAD" });
  assert.deepEqual([head.status, head.bytes.length], [200, 0]);
  assert.equal(head.headers.get("content-length"), String(whole.bytes.length));
});

test("a_playlist_that_changes_is_shown_at_once", async () => {
  for (const [index, name] of ["live.m3u8", "live.mpd"].entries()) {
    for (let time = 0; time < 3; time += 1) {
      const text = `#EXTM3U ${index} ${time}`;
      writeFileSync(join(gate.films, FILM, name), text);
      const { bytes } = await get(`/vod/${FILM}/${name}`, { headers: cookie(mediaToken()) });
      assert.equal(String(bytes), text);
    }
  }
});

test("a_playlist_without_end_is_not_rewritten", async () => {
  const query = `?${MEDIA_TOKEN}=${mediaToken()}`;
  assert.equal((await get(`/vod/${FILM}/longest.m3u8${query}`)).bytes.length, PLAYLIST_BYTES_MAX);
  assertClosed(await get(`/vod/${FILM}/long.m3u8${query}`), 502, "playlist_too_large");
  const inCookie = await get(`/vod/${FILM}/long.m3u8`, { headers: cookie(mediaToken()) });
  assert.equal(inCookie.bytes.length, PLAYLIST_BYTES_MAX + 1);
});
