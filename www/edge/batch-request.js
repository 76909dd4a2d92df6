// @ts-check
import { readBatch } from "usher/office";
import { readBody } from "./body.js";
import { callModule } from "./office-module.js";
import { Refused } from "./refusal.js";

/** Bytes of one batch; the module keeps the same limit, and that of the rows. */
const BATCH_BYTES_MAX = 1024 * 1024;

/** `shard.epoch.sequence`. */
const BATCH_ID = /^[A-Za-z0-9-]{1,32}\.\d{1,16}\.\d{1,16}$/;

const ROWS = /^(?:[1-9]\d{0,2}|1000)$/;

/** RFC 9530, the one algorithm that is taken; others may stand beside it. */
const CONTENT_DIGEST = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*(?:,|$)/;

/**
 * A batch whose bytes, count and every line are what its sender meant.
 * @param {Request} request
 */
export async function readBatchRequest(request) {
  const batch = header(request, "Idempotency-Key", BATCH_ID, "`shard.epoch.sequence`");
  const rows = Number(header(request, "Usher-Rows", ROWS, "1 to 1000"));
  const digest = header(request, "Content-Digest", CONTENT_DIGEST, "`sha-256=:<base64>:`");
  const body = await readBody(request, BATCH_BYTES_MAX);
  const found = btoa(String.fromCharCode(...new Uint8Array(await sha256(body))));
  if (found !== digest) {
    throw new Refused(
      "digest_mismatch",
      `the body has sha-256 \`${found}\`, expected \`${digest}\``,
      "Content-Digest",
    );
  }
  const { records } = callModule(() => readBatch(body, rows));
  return { batch, digest, rows, records: JSON.stringify(records) };
}

/**
 * @param {Request} request
 * @param {string} name
 * @param {RegExp} form
 * @param {string} expected
 * @returns {string} the first group of `form`, or all of it
 */
function header(request, name, form, expected) {
  const value = request.headers.get(name);
  const found = form.exec(value ?? "");
  if (found !== null) return found[1] ?? found[0];
  if (value === null) throw new Refused("missing_field", `expected header ${expected}`, name);
  const given = value.slice(0, 80);
  throw new Refused("invalid_value", `header \`${given}\`, expected ${expected}`, name);
}

/** @param {Uint8Array} bytes */
function sha256(bytes) {
  return crypto.subtle.digest("SHA-256", bytes);
}
