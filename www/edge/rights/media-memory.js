// @ts-check

/**
 * Files that are asked for again and again, as the newest segments of something live are, kept for a moment: the
 * origin is asked once for all viewers.
 */

/** For how long: an origin that replaces a file is shown no longer. */
const KEPT_MS = 5_000;

/** Bytes of one file. */
const FILE_BYTES_MAX = 1024 * 1024;

/** Bytes of all of them. */
const BYTES_MAX = 32 * 1024 * 1024;

/** Files that were asked for lately, kept or not. */
const FILES_MAX = 4096;

/**
 * @typedef {object} KeptFile
 * @property {Uint8Array<ArrayBuffer>} bytes
 * @property {Headers} headers of the answer: made once, because that costs as much as the rest of it
 * @property {string | undefined} etag
 */

/** By path; the file is null until it is asked for again. @type {Map<string, { atMs: number, file: KeptFile | null }>} */
const files = new Map();

let bytesKept = 0;

/**
 * A file that was asked for a moment ago.
 * @param {string} path
 * @param {number} nowMs
 * @returns {KeptFile | null}
 */
export function keptFile(path, nowMs) {
  const known = files.get(path);
  return isYoung(known, nowMs) ? known.file : null;
}

/**
 * Whether a file should be kept: it was asked for a moment ago, and is asked for again. What is asked for once goes
 * through as it comes.
 * @param {string} path
 * @param {number} bytes
 * @param {number} nowMs
 */
export function isAskedAgain(path, bytes, nowMs) {
  if (!(bytes <= FILE_BYTES_MAX)) return false;
  const known = files.get(path);
  const isAgain = isYoung(known, nowMs);
  if (!isAgain) put(path, { atMs: nowMs, file: null });
  return isAgain;
}

/**
 * @param {string} path
 * @param {KeptFile} file
 * @param {number} nowMs
 */
export function keep(path, file, nowMs) {
  put(path, { atMs: nowMs, file });
}

/**
 * Whether it was asked for a moment ago, by a clock that may be put back.
 * @param {{ atMs: number, file: KeptFile | null } | undefined} known
 * @param {number} nowMs
 * @returns {known is { atMs: number, file: KeptFile | null }}
 */
function isYoung(known, nowMs) {
  return known !== undefined && Math.abs(nowMs - known.atMs) < KEPT_MS;
}

/**
 * @param {string} path
 * @param {{ atMs: number, file: KeptFile | null }} entry
 */
function put(path, entry) {
  drop(path);
  files.set(path, entry);
  bytesKept += entry.file?.bytes.byteLength ?? 0;
  for (const oldest of files.keys()) {
    if (files.size <= FILES_MAX && bytesKept <= BYTES_MAX) break;
    drop(oldest);
  }
}

/** @param {string} path */
function drop(path) {
  bytesKept -= files.get(path)?.file?.bytes.byteLength ?? 0;
  files.delete(path);
}
