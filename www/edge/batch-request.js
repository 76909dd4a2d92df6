// @ts-check
import { readBatchKey } from "usher/office";
import { readBody } from "./body.js";
import { callModule } from "./office-module.js";
import { Refused } from "./refusal.js";

/** Bytes of one batch; the module keeps the same limit, and that of the rows. */
const BATCH_BYTES_MAX = 1024 * 1024;

const KEY = /^.{1,80}$/;

const ROWS = /^(?:[1-9]\d{0,2}|1000)$/;

/** A void batch has none. */
const NO_ROWS = /^0$/;

const FROZEN = /^\d{1,15}$/;

/** RFC 9530, the one algorithm that is taken; others may stand beside it. */
const CONTENT_DIGEST = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*(?:,|$)/;

/** @typedef {"views" | "windows" | "void"} BatchKind */
/** @type {BatchKind[]} */
const KINDS = ["views", "windows", "void"];

/**
 * @typedef {object} BatchRequest
 * @property {string} batch
 * @property {import("./central/ledger.js").BatchName} name the parts of `batch`
 * @property {BatchKind} kind
 * @property {number | null} frozen the highest sequence that the sender says it has frozen
 * @property {string} digest
 * @property {number} rows
 * @property {Uint8Array} body NDJSON; its lines are read when the batch is taken
 */

/**
 * A batch whose bytes are what its sender meant.
 * @param {Request} request
 * @returns {Promise<BatchRequest>}
 */
export async function readBatchRequest(request) {
  const batch = header(request, "Idempotency-Key", KEY, "`shard.epoch.sequence`");
  const name = callModule(() => readBatchKey(batch));
  const kind = kindOf(request);
  const frozen = frozenOf(request);
  const rows = Number(
    kind === "void"
      ? header(request, "Usher-Rows", NO_ROWS, "0 for a void batch")
      : header(request, "Usher-Rows", ROWS, "1 to 1000"),
  );
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
  if (kind === "void" && body.byteLength > 0) {
    throw new Refused("row_count", `\`${body.byteLength}\` bytes, expected none in a void batch`);
  }
  return { batch, name, kind, frozen, digest, rows, body };
}

/**
 * Whose batch a request is, if that can be told.
 * @param {Request} request
 * @returns {Pick<BatchRequest, "name" | "frozen"> | null}
 */
export function senderOf(request) {
  try {
    const batch = header(request, "Idempotency-Key", KEY, "`shard.epoch.sequence`");
    return { name: callModule(() => readBatchKey(batch)), frozen: frozenOf(request) };
  } catch {
    return null;
  }
}

/** @param {Request} request */
function frozenOf(request) {
  if (!request.headers.has("Usher-Frozen")) return null;
  return Number(header(request, "Usher-Frozen", FROZEN, "a whole number"));
}

/**
 * @param {Request} request
 * @returns {BatchKind}
 */
function kindOf(request) {
  const given = request.headers.get("Usher-Kind") ?? "views";
  const kind = KINDS.find((each) => each === given);
  if (kind !== undefined) return kind;
  throw new Refused(
    "invalid_value",
    `kind \`${given.slice(0, 40)}\`, expected views, windows or void`,
    "Usher-Kind",
  );
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
