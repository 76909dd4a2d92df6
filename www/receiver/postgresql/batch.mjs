// @ts-check
import { ROWS_MAX, digestOf, isObject, parse, readBody } from "./body.mjs";
import { Refused, mistake } from "./refusal.mjs";

/**
 * Rows that are stored together or not at all.
 *
 * @typedef {object} Batch
 * @property {string} batch its id, `shard.epoch.sequence`
 * @property {Kind} kind
 * @property {string} digest SHA-256 of the body, base64
 * @property {string[]} lines JSON, one row each
 */

/** @typedef {"views" | "windows" | "void"} Kind */

const BATCH_ID = /^[A-Za-z0-9-]{1,32}(?:\.\d{1,16}){2}$/;
const ROWS = /^(?:\d{1,3}|1000)$/;
const KIND = /^(?:views|windows|void)$/;

/** RFC 9530, the one algorithm that is taken; others may stand beside it. */
const CONTENT_DIGEST = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*(?:,|$)/;

/**
 * A batch whose bytes and rows are what its sender meant.
 * @param {import("node:http").IncomingMessage} request
 * @returns {Promise<Batch>}
 */
export async function readBatch(request) {
  const batch = header(request, "Idempotency-Key", BATCH_ID, "`shard.epoch.sequence`");
  const rows = Number(header(request, "Usher-Rows", ROWS, `0 to ${ROWS_MAX}`));
  const digest = header(request, "Content-Digest", CONTENT_DIGEST, "`sha-256=:<base64>:`");
  const kind = header(request, "Usher-Kind", KIND, "`views`, `windows` or `void`", "views");
  const body = await readBody(request);
  const found = digestOf(body);
  if (found !== digest) {
    const message = `the body has sha-256 \`${found}\`, expected \`${digest}\``;
    // Damaged on its way: to be sent again as it is, which a 400 would not be.
    throw new Refused(408, "digest_mismatch", message, "Content-Digest");
  }
  if ((kind === "void") !== (rows === 0)) {
    const message = `\`${rows}\` rows, expected 0 for \`void\` and at least 1 otherwise`;
    throw mistake("invalid_value", message, "Usher-Rows");
  }
  return { batch, kind: /** @type {Kind} */ (kind), digest, lines: linesOf(body, rows) };
}

/**
 * @param {Buffer} body
 * @param {number} rows as many as were announced
 */
function linesOf(body, rows) {
  const text = body.toString();
  const lines = text.split("\n");
  if (lines.pop() !== "") {
    throw mistake("malformed_json", "the last line has no end: the body is cut off");
  }
  if (lines.length !== rows) {
    const message = `\`${lines.length}\` rows came, \`${rows}\` were announced`;
    throw mistake("row_count", message, "Usher-Rows");
  }
  for (const [index, line] of lines.entries()) {
    const field = `line ${index + 1}`;
    if (!isObject(parse(line, field))) {
      throw mistake("wrong_type", "expected a JSON object", field);
    }
  }
  return lines;
}

/**
 * @param {import("node:http").IncomingMessage} request
 * @param {string} name
 * @param {RegExp} form
 * @param {string} expected
 * @param {string} [otherwise] what a request without this header means
 * @returns {string} the first group of `form`, or all of it
 */
function header(request, name, form, expected, otherwise) {
  const value = String(request.headers[name.toLowerCase()] ?? otherwise ?? "");
  const found = form.exec(value);
  if (found !== null) return found[1] ?? found[0];
  if (value === "") throw mistake("missing_field", `expected header ${expected}`, name);
  throw mistake("invalid_value", `header \`${value.slice(0, 80)}\`, expected ${expected}`, name);
}
