// @ts-check
import { Refused } from "./refusal.js";

/** Bytes read and thrown away after the limit, so that a caller slightly over it reads the answer. */
const BYTES_DRAINED_MAX = 1024 * 1024;

/**
 * The body of a request, never holding more than `bytesMax`. `Content-Length` only saves the
 * reading: a caller that lies about it, or sends chunks, meets the same limit.
 * @param {Request} request
 * @param {number} bytesMax
 * @returns {Promise<Uint8Array>}
 */
export async function readBody(request, bytesMax) {
  const encoding = request.headers.get("content-encoding") ?? "identity";
  if (encoding !== "identity") {
    throw new Refused(
      "encoding_unsupported",
      `the body is encoded as \`${encoding.slice(0, 40)}\`, expected plain bytes`,
    );
  }
  if (request.body === null) return new Uint8Array();
  const reader = request.body.getReader();
  /** @type {Uint8Array[]} */
  const chunks = [];
  let size = Number(request.headers.get("content-length") ?? 0) > bytesMax ? bytesMax + 1 : 0;
  let read = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    read += value.byteLength;
    size = Math.max(size, read);
    if (size <= bytesMax) {
      chunks.push(value);
    } else {
      chunks.length = 0;
      if (read > bytesMax + BYTES_DRAINED_MAX) break;
    }
  }
  if (size > bytesMax) {
    await reader.cancel();
    throw new Refused("body_too_large", `the body is larger than \`${bytesMax}\` bytes`);
  }
  return joined(chunks, size);
}

/**
 * @param {Uint8Array[]} chunks
 * @param {number} size
 */
function joined(chunks, size) {
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1) return only;
  const body = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.byteLength;
  }
  return body;
}
