// @ts-check
import { invalid, limitIn, wholeIn as wholeInQuery } from "../../query.js";
import { Refused, json } from "../../refusal.js";
import { digestOf } from "../../statement.js";
import { taken } from "../../store-answer.js";
import { accountsOf, decisionAuditOf } from "../objects.js";
import { demandEmpty, objectIn, textIn, wholeIn } from "../written.js";

/** @typedef {import("../../catalogue.js").Route} Route */
/** @typedef {import("../decision-audit.js").DecidedRow} DecidedRow */

/** Receipts in one body. */
export const RECEIPTS_MAX = 500;

/** Bytes of a receipt. */
export const RECEIPT_BYTES_MAX = 4096;

/** Bytes of the body of `POST /v1/decision-audit`. */
const BODY_BYTES_MAX = 4 * 1024 * 1024;

/** The end of the year 9999, in seconds. */
const SECONDS_MAX = 253_402_300_799;

/** There are fewer. */
const REASONS_MAX = 32;

/** A compact JWS. */
const RECEIPT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/**
 * `POST /v1/decision-audit` `{ receipts: [{ receipt, viewer, title, at, allow, reasons?, grant?, digest?, stream? }] }`:
 * appends what the edge has decided, each receipt once; the first stream that a rental allows begins its time. The
 * signatures are the edge's to check: it alone has their keys.
 * @type {Route}
 */
export async function postDecisions(request, env) {
  const { receipts, ...rest } = await objectIn(request, BODY_BYTES_MAX);
  demandEmpty(rest);
  if (!Array.isArray(receipts)) {
    throw new Refused("wrong_type", "expected a list of receipts", "receipts");
  }
  if (receipts.length > RECEIPTS_MAX) {
    const message = `\`${receipts.length}\` found, expected at most ${RECEIPTS_MAX}`;
    throw new Refused("too_many", message, "receipts");
  }
  const rows = await Promise.all(receipts.map((each, place) => rowIn(each, `receipts[${place}]`)));
  const { stored, known, head } = taken(await decisionAuditOf(env).append(rows));
  // Begun once, however often the receipts come.
  for (const { viewer, title, at, allow, grant, stream } of rows) {
    if (!allow || grant === null || stream === null) continue;
    await accountsOf(env, viewer).begin(viewer, title, grant, at);
  }
  return json({ stored, known, head });
}

/**
 * `GET /v1/decision-audit?viewer=&title=&allow=&from=&to=&after=&limit=`: the newest first.
 * @type {Route}
 */
export async function getDecisions(_request, env, _name, query) {
  const allow = query.get("allow");
  if (allow !== null && allow !== "true" && allow !== "false") {
    throw invalid("allow", allow, "true or false");
  }
  const search = {
    viewer: query.get("viewer"),
    title: query.get("title"),
    allow: allow === null ? null : allow === "true",
    from: wholeInQuery(query, "from"),
    to: wholeInQuery(query, "to"),
    after: wholeInQuery(query, "after"),
    limit: limitIn(query),
  };
  return json(taken(await decisionAuditOf(env).list(search)));
}

/**
 * `GET /v1/decision-audit/check`: makes every hash again.
 * @type {Route}
 */
export async function getDecisionsCheck(_request, env) {
  const audit = decisionAuditOf(env);
  let part = taken(await audit.check(null));
  while (!part.done) part = taken(await audit.check(part.head));
  return json({ intact: part.broken_at === null, head: part.head, broken_at: part.broken_at });
}

/**
 * @param {unknown} given
 * @param {string} path
 * @returns {Promise<DecidedRow>}
 */
async function rowIn(given, path) {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new Refused("wrong_type", "expected an object", path);
  }
  const {
    receipt,
    viewer,
    title,
    at,
    allow,
    reasons = [],
    digest,
    grant,
    stream,
    ...rest
  } = /** @type {Record<string, unknown>} */ (given);
  demandEmpty(rest);
  if (typeof receipt !== "string" || receipt.length > RECEIPT_BYTES_MAX || !RECEIPT.test(receipt)) {
    const message = `expected a compact JWS of at most ${RECEIPT_BYTES_MAX} bytes`;
    throw new Refused("invalid_value", message, `${path}.receipt`);
  }
  const decided = wholeIn(at, `${path}.at`, 0, SECONDS_MAX);
  if (decided === null) throw new Refused("missing_field", "expected `at`", `${path}.at`);
  if (typeof allow !== "boolean") {
    throw new Refused("wrong_type", "expected true or false", `${path}.allow`);
  }
  if (!Array.isArray(reasons) || reasons.length > REASONS_MAX) {
    const message = `expected a list of at most ${REASONS_MAX} reasons`;
    throw new Refused("invalid_value", message, `${path}.reasons`);
  }
  return {
    receipt,
    key: await digestOf(new TextEncoder().encode(receipt)),
    digest: digest === undefined || digest === null ? null : textIn(digest, `${path}.digest`),
    grant: grant === undefined || grant === null ? null : textIn(grant, `${path}.grant`),
    stream: stream === undefined || stream === null ? null : textIn(stream, `${path}.stream`),
    viewer: textIn(viewer, `${path}.viewer`),
    title: textIn(title, `${path}.title`),
    at: decided,
    allow,
    reasons: reasons.map((reason, place) => textIn(reason, `${path}.reasons[${place}]`)),
  };
}
