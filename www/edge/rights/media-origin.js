// @ts-check
import { mediaType } from "../media-type.js";
import { Refused } from "../refusal.js";
import { isAskedAgain, keep, keptFile } from "./media-memory.js";

/** One range of bytes; several at once are answered with the whole file, as RFC 9110 allows. */
const RANGE = /^bytes=(?:\d+-\d*|-\d+)$/;

/** Of headers that come from the origin. */
const KEPT = ["content-length", "content-range"];

const HEADERS = {
  // It was given to one viewer; who keeps it asks again, and shows the token again.
  "cache-control": "private, no-cache",
  "x-content-type-options": "nosniff",
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "content-length, content-range, cta-common-access-token",
};

/**
 * What is answered with.
 * @typedef {object} MediaFile
 * @property {number} status 200, 206, 304 or 416
 * @property {Record<string, string> | Headers} headers
 * @property {ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | null} body
 */

/**
 * A file of a title as it was asked for: its bytes go on as they come from the origin, which is asked once.
 *
 * Throws `not_found`, and `unavailable` if the origin cannot answer.
 * @param {Request} request
 * @param {string} path below the origin
 * @param {Fetcher} origin a `disk` service, which knows bytes, ranges and times, or a server
 * @param {boolean} mayBeKept it does not change: it may come from memory
 * @returns {Promise<MediaFile>}
 */
export async function mediaFile({ headers: asked, method }, path, origin, mayBeKept) {
  const given = asked.get("range") ?? "";
  const range = method === "GET" && RANGE.test(given) ? given : null;
  const isWhole = method === "GET" && range === null;
  const nowMs = Date.now();
  const kept = isWhole && mayBeKept ? keptFile(path, nowMs) : null;
  if (kept !== null) {
    const { etag, bytes: body, headers } = kept;
    return isKnown(asked, etag) ? notModified(etag) : { status: 200, headers, body };
  }
  const part = await partOf(origin, path, method, range, asked.get("if-range"));
  await demandFile(part, path);
  const { status } = part;
  const headers = headersOf(part, path);
  if (status !== 416 && isKnown(asked, headers["etag"])) {
    await part.body?.cancel();
    return notModified(headers["etag"]);
  }
  const size = Number(headers["content-length"] ?? NaN);
  if (!isWhole || !mayBeKept || !isAskedAgain(path, size, nowMs)) {
    return { status, headers, body: method === "HEAD" ? null : part.body };
  }
  const bytes = new Uint8Array(await part.arrayBuffer());
  const held = new Headers(headers);
  keep(path, { bytes, headers: held, etag: headers["etag"] }, nowMs);
  return { status, headers: held, body: bytes };
}

/**
 * A whole file, whatever part of it was asked for.
 * @param {string} path
 * @param {Fetcher} origin
 */
export async function wholeFile(path, origin) {
  const part = await origin.fetch(`http://origin${path}`);
  await demandFile(part, path);
  return { part, headers: headersOf(part, path) };
}

/**
 * @param {Fetcher} origin
 * @param {string} path
 * @param {string} method
 * @param {string | null} range
 * @param {string | null} condition under which the range is wanted
 */
async function partOf(origin, path, method, range, condition) {
  const address = `http://origin${path}`;
  const part = await origin.fetch(address, { method, ...(range ? { headers: { range } } : {}) });
  if (range === null || condition === null || condition === etagOf(part.headers)) return part;
  await part.body?.cancel();
  return origin.fetch(address);
}

/**
 * @param {Response} part
 * @param {string} path
 */
function headersOf(part, path) {
  const type = mediaType(path);
  /** @type {Record<string, string>} */
  const headers = { ...HEADERS, "accept-ranges": "bytes", "content-type": type };
  const etag = etagOf(part.headers);
  if (etag !== null) headers["etag"] = etag;
  for (const name of KEPT) {
    const value = part.headers.get(name);
    if (value !== null) headers[name] = value;
  }
  return headers;
}

/**
 * @param {string | undefined} etag
 * @returns {MediaFile}
 */
function notModified(etag) {
  return { status: 304, headers: { ...HEADERS, ...(etag ? { etag } : {}) }, body: null };
}

/**
 * @param {Response} part
 * @param {string} path
 */
async function demandFile(part, path) {
  const { status, headers } = part;
  // A `disk` service lists what is in a folder.
  const isFolder =
    !headers.has("content-length") && headers.get("content-type") === "application/json";
  if ((status === 200 && !isFolder) || status === 206 || status === 416) return;
  await part.body?.cancel();
  if (status === 404 || isFolder) {
    throw new Refused("not_found", "the title has no such file");
  }
  console.error(`the media origin answered \`${status}\` for ${path}`);
  throw new Refused("unavailable", "the file cannot be had, try again");
}

/**
 * The origin's own, or one of the size and the time: the same for a whole file and a part of it.
 * @param {Headers} headers
 */
function etagOf(headers) {
  const own = headers.get("etag");
  if (own !== null) return own;
  const size = headers.get("content-range")?.split("/")[1] ?? headers.get("content-length");
  const changedMs = Date.parse(headers.get("last-modified") ?? "");
  if (size === null || Number.isNaN(changedMs)) return null;
  return `"${Number(size).toString(36)}-${(changedMs / 1000).toString(36)}"`;
}

/**
 * Whether the caller has it already.
 * @param {Headers} asked
 * @param {string | undefined} etag
 */
function isKnown(asked, etag) {
  const known = asked.get("if-none-match");
  if (known === null || etag === undefined) return false;
  const weak = (/** @type {string} */ tag) => tag.trim().replace(/^W\//, "");
  return known.trim() === "*" || known.split(",").some((tag) => weak(tag) === weak(etag));
}
