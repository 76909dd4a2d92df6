// @ts-check
import { createHash } from "node:crypto";
import { Refused, mistake } from "./refusal.mjs";

/** Bytes of one body: as many as Usher puts into a batch. */
const BODY_BYTES_MAX = 1024 * 1024;

/** Rows of one batch, events of one body. */
export const ROWS_MAX = 1000;

/**
 * The whole body. A body that is cut off throws an error of the connection, and is answered by nobody.
 * @param {import("node:http").IncomingMessage} request
 * @returns {Promise<Buffer>}
 */
export async function readBody(request) {
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") {
    const message = `\`${encoding}\` is not decoded here, expected none`;
    throw new Refused(415, "encoding_unsupported", message, "Content-Encoding");
  }
  const pieces = [];
  let bytes = 0;
  // A body that is too large is still answered, so its connection stays.
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    bytes += piece.length;
    if (bytes > BODY_BYTES_MAX) {
      throw new Refused(413, "body_too_large", `expected at most ${BODY_BYTES_MAX} bytes`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** @param {Buffer} body */
export const digestOf = (body) => createHash("sha256").update(body).digest("base64");

/**
 * @param {string} text
 * @param {string | null} [field]
 * @returns {any}
 */
export function parse(text, field = null) {
  try {
    return JSON.parse(text);
  } catch {
    throw mistake("malformed_json", "expected JSON", field);
  }
}

/** @param {unknown} value */
export const isObject = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value);
