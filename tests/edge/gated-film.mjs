// @ts-check
// The media gate in front of the films of the demo, with tokens of every kind.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";
import { init, mintCat } from "usher/rights";
import { moduleBytes } from "../js/module-bytes.mjs";
import { MEDIA_TOKEN, nowS, title } from "./rights-api.mjs";
import { startRights } from "./rights-worker.mjs";
import { RIGHTS_ENVIRONMENT } from "./server.mjs";

export const FILM = "fifty-foot-test-card";
export const OTHER = "love-at-two-frames";
export const SEGMENT = "180p/segment-00.m4s";

/** The film as DASH. */
export const MANIFEST = `<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT66S"
  profiles="urn:mpeg:dash:profile:isoff-live:2011" minBufferTime="PT4S">
  <BaseURL>./</BaseURL>
  <Period>
    <AdaptationSet mimeType="video/mp4" segmentAlignment="true">
      <SegmentTemplate duration="4" startNumber="0" initialization="$RepresentationID$/init.mp4"
        media="$RepresentationID$/segment-$Number%02d$.m4s"/>
      <Representation id="180p" bandwidth="103688" codecs="avc1.4d400d,mp4a.40.2"/>
    </AdaptationSet>
  </Period>
</MPD>
`;

/** Bytes of the longest playlist that is rewritten: www/edge/rights/gate.js. */
export const PLAYLIST_BYTES_MAX = 4 * 1024 * 1024;

/**
 * A server with a gate, and what stands behind it.
 * @typedef {object} Gate
 * @property {import("./server.mjs").Server} server
 * @property {string} films the folder of the origin
 * @property {import("./rights-worker.mjs").Worker["token"]} entitlement
 * @property {(path: string, init?: Init) => Promise<Given>} get
 * @property {(file: string) => Buffer} onDisk a file of the film
 */

/** @typedef {Omit<RequestInit, "headers"> & { headers?: Record<string, string> }} Init */

/** @typedef {{ status: number, headers: Headers, bytes: Buffer, body: any }} Given */

/**
 * @param {{ after: (end: () => Promise<void>) => void }} context
 * @returns {Promise<Gate>}
 */
export async function startGate(context) {
  await init(moduleBytes("rights"));
  let films = "";
  const prepare = (/** @type {string} */ demo) => {
    films = join(demo, "public", "films");
    writeFileSync(join(films, FILM, "film.mpd"), MANIFEST);
    writeFileSync(join(films, FILM, "long.m3u8"), Buffer.alloc(PLAYLIST_BYTES_MAX + 1, "#"));
    writeFileSync(join(films, FILM, "longest.m3u8"), Buffer.alloc(PLAYLIST_BYTES_MAX, "#"));
    writeFileSync(join(films, FILM, ".hidden"), "no");
    mkdirSync(join(films, FILM, "folder.m4s"));
    writeFileSync(join(films, "secret.m4s"), "no");
  };
  const titles = [title(FILM)];
  const { server, token } = await startRights(context, { prepare, titles });
  return {
    ...{ server, films, entitlement: token },
    get: (path, init) => given(server.url + path, init),
    onDisk: (file) => readFileSync(join(films, FILM, file)),
  };
}

/**
 * @param {string} url
 * @param {Init} [init]
 * @returns {Promise<Given>}
 */
async function given(url, init) {
  const response = await fetch(url, init);
  const bytes = Buffer.from(await response.arrayBuffer());
  const { status, headers } = response;
  const isJson = headers.get("content-type")?.startsWith("application/json") && bytes.length > 0;
  return { status, headers, bytes, body: isJson ? JSON.parse(String(bytes)) : null };
}

/**
 * The paths of a title.
 * @param {string} title
 */
export const below = (title) => ({ path: { prefix: `/vod/${title}/` } });

/**
 * A media token of the film.
 * @param {object} [claims]
 * @param {string} [keys]
 */
export function mediaToken(claims = {}, keys = RIGHTS_ENVIRONMENT.CAT_KEYS) {
  const usual = { iat: nowS(), exp: nowS() + 120, cti: "stream", catu: below(FILM) };
  return mintCat(keys, { ...usual, catm: ["GET", "HEAD"], ...claims });
}

/** @param {string} value */
export const cookie = (value) => ({ cookie: `${MEDIA_TOKEN}=${value}` });

/**
 * A refusal of the gate, which nobody keeps.
 * @param {Given} answer
 * @param {number} status
 * @param {string} code
 */
export function assertClosed(answer, status, code) {
  const { body, headers } = answer;
  assert.deepEqual([answer.status, body?.code], [status, code], JSON.stringify(body));
  assert.match(body.message, /^[^A-Z].*[^.]$/s);
  assert.equal(headers.get("cache-control"), "no-store");
}

/**
 * One gate for all tests of a file, which ends after the last of them.
 * @param {(gate: Gate) => void} use
 */
export function startGateForAll(use) {
  /** @type {(() => Promise<void>)[]} */
  const ends = [];
  before(async () => use(await startGate({ after: (end) => void ends.push(end) })));
  after(async () => {
    for (const end of ends) await end();
  });
}
