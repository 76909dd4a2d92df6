// @ts-check
import { mediaType } from "./media-type.js";
import { methodNotAllowed } from "./refusal.js";

const SECURITY = {
  "content-security-policy":
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; media-src 'self' blob:; " +
    "worker-src 'self' blob:; style-src 'self'; img-src 'self' data:; connect-src 'self'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

const NOT_FOUND = `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <meta name="viewport" content="width=device-width" />
  <meta name="color-scheme" content="light dark" />
  <title>Not found</title>
  <h1>Not found</h1>
  <p>There is nothing at this address. <a href="/">Back to the films</a></p>
</html>
`;

/** Lower-case names, so that nothing outside the folder and no hidden file can be meant. */
const PATH = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*\/?$/;

/** One range of bytes; several at once are answered with the whole file, as RFC 9110 allows. */
const RANGE = /^bytes=(?:\d+-\d*|-\d+)$/;

/**
 * A file of the pages, or a part of it.
 * @param {Request} request
 * @param {string} pathname
 * @param {Fetcher} disk a `disk` service: it knows bytes, ranges and times, but no media types
 */
export async function fileResponse(request, pathname, disk) {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return methodNotAllowed("GET, HEAD", SECURITY);
  }
  for (const path of candidates(pathname)) {
    const info = await disk.fetch(`http://disk${path}`, { method: "HEAD" });
    // A folder has no length: the service would list what is in it.
    if (info.ok && info.headers.has("content-length")) return found(request, path, info, disk);
  }
  const body = request.method === "HEAD" ? null : NOT_FOUND;
  const headers = { ...SECURITY, "content-type": mediaType(".html") };
  return new Response(body, { status: 404, headers });
}

/**
 * `/` and `/console` are pages; everything else is called by its file name.
 * @param {string} pathname
 */
function candidates(pathname) {
  if (!PATH.test(pathname)) return [];
  if (pathname.endsWith("/")) return [`${pathname}index.html`];
  if (pathname.slice(pathname.lastIndexOf("/")).includes(".")) return [pathname];
  return [`${pathname}.html`, `${pathname}/index.html`];
}

/**
 * @param {Request} request
 * @param {string} path
 * @param {Response} info
 * @param {Fetcher} disk
 */
async function found(request, path, info, disk) {
  const size = info.headers.get("content-length") ?? "0";
  const changedMs = Date.parse(info.headers.get("last-modified") ?? "");
  const etag = `"${Number(size).toString(36)}-${(changedMs / 1000).toString(36)}"`;
  const headers = new Headers({ ...SECURITY, etag, "cache-control": "no-cache" });
  if (isCurrent(request.headers.get("if-none-match"), etag)) {
    return new Response(null, { status: 304, headers });
  }
  headers.set("accept-ranges", "bytes");
  headers.set("content-type", mediaType(path));
  if (request.method === "HEAD") {
    headers.set("content-length", size);
    return new Response(null, { headers });
  }
  const part = await disk.fetch(`http://disk${path}`, { headers: rangeOf(request, etag) });
  for (const name of ["content-length", "content-range"]) {
    const value = part.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return new Response(part.body, { status: part.status, headers });
}

/**
 * @param {string | null} known the list in `If-None-Match`
 * @param {string} etag
 */
function isCurrent(known, etag) {
  if (known === null) return false;
  const tags = known.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes(etag) || known.trim() === "*";
}

/**
 * @param {Request} request
 * @param {string} etag
 * @returns {Record<string, string>}
 */
function rangeOf(request, etag) {
  const range = request.headers.get("range") ?? "";
  const condition = request.headers.get("if-range") ?? etag;
  return RANGE.test(range) && condition === etag ? { range } : {};
}
