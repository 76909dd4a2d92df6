// @ts-check
import { Refused } from "./refusal.js";

/** Bytes read and thrown away after the limit, so that a caller slightly over it reads the answer. */
const BYTES_DRAINED_MAX = 1024 * 1024;

/** Compressed bytes that are unpacked at a time: gzip makes at most 1,032 bytes of one. */
const COMPRESSED_BYTES_MAX = 512;

/**
 * What has a body: a request, or an answer to one.
 * @typedef {object} Message
 * @property {Headers} headers
 * @property {ReadableStream<Uint8Array> | null} body
 * @property {() => Promise<ArrayBuffer>} arrayBuffer
 * @property {() => Promise<string>} text
 */

/**
 * The body of a request, never holding more than `bytesMax`, plain or compressed with gzip.
 * `Content-Length` only saves the reading: a caller that lies about it, or sends chunks, meets the same
 * limit, and so does what a compressed body unpacks to.
 * @param {Message} request
 * @param {number} bytesMax
 * @returns {Promise<Uint8Array>}
 */
export async function readBody(request, bytesMax) {
  // Before anything asks for its stream, which is made then.
  if (isPlainWithin(request, bytesMax)) return new Uint8Array(await request.arrayBuffer());
  const stream = streamOf(request);
  if (stream === request.body) return readStream(request, stream, bytesMax);
  try {
    return await readStream(request, stream, bytesMax);
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused("malformed_encoding", "the body is not gzip, or is cut off");
  }
}

/** Put in the place of what is no UTF-8. */
const REPLACED = "\ufffd";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The body of a request as text.
 *
 * Throws `malformed_json` of what is no UTF-8.
 * @param {Message} request
 * @param {number} bytesMax
 * @returns {Promise<string>}
 */
export async function readText(request, bytesMax) {
  if (isPlainWithin(request, bytesMax)) {
    // The host decodes it on the way, and says what it could not decode by this character alone.
    const text = await request.text();
    if (!text.includes(REPLACED)) return text;
  } else {
    try {
      return UTF8.decode(await readBody(request, bytesMax));
    } catch (error) {
      if (error instanceof Refused) throw error;
    }
  }
  throw new Refused("malformed_json", "expected a JSON object in UTF-8");
}

/**
 * Whether a body is plain and says that it is small enough: it is taken at once then, which costs a fraction of
 * reading it in pieces. It is as long as it says: the host cuts off what is longer.
 * @param {Message} request
 * @param {number} bytesMax
 */
function isPlainWithin({ headers }, bytesMax) {
  const length = headers.get("content-length");
  if (length === null || headers.has("content-encoding")) return false;
  return /^\d+$/.test(length) && Number(length) <= bytesMax;
}

/**
 * The body of a request in pieces, plain or compressed with gzip. Who reads it keeps its limit.
 * @param {Message} request
 * @returns {AsyncGenerator<Uint8Array>}
 */
export async function* unpackedBody(request) {
  const stream = streamOf(request);
  if (stream === null) return;
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await readFrom(reader, request);
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/**
 * @param {ReadableStreamDefaultReader<Uint8Array>} reader
 * @param {Message} request
 */
async function readFrom(reader, request) {
  try {
    return await reader.read();
  } catch (error) {
    if (!request.headers.has("content-encoding")) throw error;
    throw new Refused("malformed_encoding", "the body is not gzip, or is cut off");
  }
}

/** @param {Message} request */
function streamOf(request) {
  const encoding = request.headers.get("content-encoding") ?? "identity";
  if (encoding === "identity") return request.body;
  if (encoding === "gzip") return request.body && unpacked(request.body);
  throw new Refused(
    "encoding_unsupported",
    `the body is encoded as \`${encoding.slice(0, 40)}\`, expected plain bytes or gzip`,
  );
}

/**
 * In small pieces, because all that a piece unpacks to is held at once.
 * @param {ReadableStream<Uint8Array>} packed
 */
function unpacked(packed) {
  /** @type {TransformStream<Uint8Array, Uint8Array>} */
  const pieces = new TransformStream({
    transform(chunk, controller) {
      for (let at = 0; at < chunk.byteLength; at += COMPRESSED_BYTES_MAX) {
        controller.enqueue(chunk.subarray(at, at + COMPRESSED_BYTES_MAX));
      }
    },
  });
  return packed.pipeThrough(pieces).pipeThrough(new DecompressionStream("gzip"));
}

/**
 * @param {Message} request
 * @param {ReadableStream<Uint8Array> | null} stream its body, unpacked
 * @param {number} bytesMax
 */
async function readStream(request, stream, bytesMax) {
  if (stream === null) return new Uint8Array();
  const reader = stream.getReader();
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
