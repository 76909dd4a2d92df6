// @ts-check
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DEMO, startServer } from "./server.mjs";

const FILM = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251));

const CSP =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; media-src 'self' blob:; " +
  "worker-src 'self' blob:; style-src 'self'; img-src 'self' data:; connect-src 'self'";

/** @type {import("./server.mjs").Server} */
let server;
/** @type {string} */
let demo;

/** The built workers with pages of our own, so that every size and name is known. */
before(async () => {
  demo = mkdtempSync(join(tmpdir(), "usher-demo-"));
  const isWorker = (/** @type {string} */ source) => !source.startsWith(join(DEMO, "public"));
  cpSync(DEMO, demo, { recursive: true, filter: isWorker });
  const pages = join(demo, "public");
  mkdirSync(join(pages, "folder"), { recursive: true });
  mkdirSync(join(pages, "site"));
  const files = {
    "index.html": "<h1>films</h1>",
    "console.html": "<h1>console</h1>",
    "site/index.html": "<h1>site</h1>",
    "film.webm": FILM,
    "film.mp4": FILM,
    "film.m3u8": "#EXTM3U",
    "part.m4s": FILM,
    "page.css": "",
    "page.js": "",
    "picture.svg": "<svg/>",
    "player.wasm": "\0asm",
    "subtitles.vtt": "WEBVTT",
    unknown: "?",
    "data.xyz": "?",
    "folder/.hidden": "no",
    ".hidden": "no",
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(pages, name), content);
  writeFileSync(join(demo, "outside.txt"), "no");
  server = await startServer({ demo });
});
after(async () => {
  await server.stop();
  rmSync(demo, { recursive: true });
});

/**
 * @param {string} path
 * @param {RequestInit} [init]
 */
async function get(path, init) {
  const response = await fetch(server.url + path, init);
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, bytes };
}

/** @param {string} range */
const part = (range, headers = {}) => get("/film.webm", { headers: { range, ...headers } });

test("pages_are_called_without_their_extension", async () => {
  for (const [path, text] of [
    ["/", "<h1>films</h1>"],
    ["/console", "<h1>console</h1>"],
    ["/console?title=x", "<h1>console</h1>"],
    ["/site", "<h1>site</h1>"],
    ["/site/", "<h1>site</h1>"],
  ]) {
    const { status, headers, bytes } = await get(String(path));
    assert.equal(status, 200, path);
    assert.equal(String(bytes), text);
    assert.equal(headers.get("content-type"), "text/html; charset=utf-8");
  }
});

test("every_file_has_its_media_type_and_the_policy_of_the_site", async () => {
  for (const [path, type] of [
    ["/film.webm", "video/webm"],
    ["/film.mp4", "video/mp4"],
    ["/film.m3u8", "application/vnd.apple.mpegurl"],
    ["/part.m4s", "video/iso.segment"],
    ["/page.css", "text/css; charset=utf-8"],
    ["/page.js", "text/javascript; charset=utf-8"],
    ["/picture.svg", "image/svg+xml"],
    ["/player.wasm", "application/wasm"],
    ["/subtitles.vtt", "text/vtt; charset=utf-8"],
    ["/data.xyz", "application/octet-stream"],
  ]) {
    const { status, headers } = await get(String(path));
    assert.equal(status, 200, path);
    assert.equal(headers.get("content-type"), type);
    assert.equal(headers.get("content-security-policy"), CSP);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
  }
});

test("one_range_is_answered_with_exactly_its_bytes", async () => {
  const last = FILM.length - 1;
  for (const [range, start, end] of /** @type {[string, number, number][]} */ ([
    ["bytes=0-0", 0, 0],
    ["bytes=10-19", 10, 19],
    [`bytes=${last}-`, last, last],
    ["bytes=65536-", 65536, last],
    ["bytes=-5", last - 4, last],
    ["bytes=99990-200000", 99990, last],
  ])) {
    const { status, headers, bytes } = await part(range);
    assert.equal(status, 206, range);
    assert.equal(headers.get("content-range"), `bytes ${start}-${end}/${FILM.length}`);
    assert.equal(headers.get("content-length"), String(end - start + 1));
    assert.deepEqual(bytes, FILM.subarray(start, end + 1));
  }
});

test("a_range_outside_the_file_is_refused_with_its_size", async () => {
  for (const range of [`bytes=${FILM.length}-`, "bytes=200000-300000", "bytes=-0"]) {
    const { status, headers } = await part(range);
    assert.equal(status, 416, range);
    assert.equal(headers.get("content-range"), `bytes */${FILM.length}`);
  }
});

test("what_is_not_one_range_is_answered_with_the_whole_file", async () => {
  for (const range of ["bytes=0-1,4-5", "items=0-1", "bytes=a-b", "bytes=-", "0-1"]) {
    const { status, bytes } = await part(range);
    assert.equal(status, 200, range);
    assert.deepEqual(bytes, FILM);
  }
});

test("a_head_says_what_a_get_would_without_the_bytes", async () => {
  const { status, headers, bytes } = await get("/film.webm", { method: "HEAD" });
  assert.equal(status, 200);
  assert.equal(headers.get("content-length"), String(FILM.length));
  assert.equal(headers.get("content-type"), "video/webm");
  assert.equal(headers.get("accept-ranges"), "bytes");
  assert.equal(bytes.length, 0);
  assert.equal((await get("/nothing", { method: "HEAD" })).status, 404);
});

test("a_file_that_is_known_is_not_sent_again", async () => {
  const etag = String((await get("/film.webm")).headers.get("etag"));
  assert.match(etag, /^"[^"]+"$/);
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
    const { status, headers, bytes } = await get("/film.webm", {
      headers: { "if-none-match": known },
    });
    assert.equal(status, 304, known);
    assert.equal(headers.get("etag"), etag);
    assert.equal(bytes.length, 0);
  }
  const other = await get("/film.webm", { headers: { "if-none-match": '"other"' } });
  assert.equal(other.status, 200);
});

test("a_range_of_a_file_that_has_changed_is_answered_with_the_whole_file", async () => {
  const etag = String((await get("/film.webm")).headers.get("etag"));
  assert.equal((await part("bytes=0-9", { "if-range": etag })).status, 206);
  assert.equal((await part("bytes=0-9", { "if-range": '"older"' })).status, 200);
});

test("nothing_outside_the_folder_and_nothing_hidden_is_served", async () => {
  const paths = [
    "/../outside.txt",
    "/..%2foutside.txt",
    "/%2e%2e/outside.txt",
    "/%2e%2e%2foutside.txt",
    "/folder/../../outside.txt",
    "/folder/..%2f..%2foutside.txt",
    "/..%5coutside.txt",
    "/....//outside.txt",
    "//outside.txt",
    "/.hidden",
    "/%2ehidden",
    "/folder/.hidden",
    "/folder/",
    "/folder",
    "/outside.txt%00.html",
    "/film.webm/",
    "/film.webm%00",
    "/index.html/x",
    "/nothing",
    "/nothing.html",
  ];
  for (const path of paths) {
    const { status, text } = await raw(`GET ${path} HTTP/1.1\r\nhost: demo\r\n`);
    assert.equal(status, 404, path);
    assert.match(text, /<h1>Not found<\/h1>/);
    assert.ok(text.includes(CSP));
  }
});

test("another_method_is_told_which_ones_there_are", async () => {
  for (const method of ["POST", "PUT", "DELETE"]) {
    const { status, headers } = await get("/film.webm", { method });
    assert.equal(status, 405);
    assert.equal(headers.get("allow"), "GET, HEAD");
  }
});

test("the_health_of_the_demo_is_told", async () => {
  const { status, bytes } = await get("/healthz");
  assert.equal(status, 200);
  assert.deepEqual(JSON.parse(String(bytes)), { ok: true });
});

/**
 * A request as it is written: `fetch` would tidy the path up.
 * @param {string} head
 * @returns {Promise<{ status: number, text: string }>}
 */
function raw(head) {
  return new Promise((answered, failed) => {
    const socket = connect(server.port, "127.0.0.1");
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk) => (text += chunk));
    socket.on("error", failed);
    socket.on("end", () => answered({ status: Number(text.split(" ")[1]), text }));
    socket.write(`${head}connection: close\r\n\r\n`);
  });
}
