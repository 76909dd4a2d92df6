// @ts-check
import { CodeImport, exportReport } from "usher/office";
import { unpackedBody } from "../../body.js";
import { callModule } from "../../office-module.js";
import { limitIn, nameIn, wholeIn } from "../../query.js";
import { Refused, json, refusalOf } from "../../refusal.js";
import { taken } from "../../store-answer.js";
import { csvResponse } from "../csv.js";
import { directoryOf } from "../objects.js";

/** @typedef {import("../../coupons.js").Route} Route */

/** Bytes of a file that are read at once; the module keeps the same limit. */
const PIECE_BYTES_MAX = 128 * 1024;

/** @type {Route} */
export async function getJobs(_request, env, _name, query) {
  return json(taken(await directoryOf(env).jobs(wholeIn(query, "after"), limitIn(query))));
}

/** @type {Route} */
export async function getJob(_request, env, job) {
  return json(taken(await directoryOf(env).job(nameIn(job, "job"))));
}

/** @type {Route} */
export async function deleteJob(_request, env, job) {
  return json(taken(await directoryOf(env).cancelJob(nameIn(job, "job"))), {}, 202);
}

/**
 * `POST /v1/coupon-groups/{id}/import?coupon=`: a CSV file of codes, which is stored piece by piece and worked
 * through when all of it is there.
 * @type {Route}
 */
export async function postImport(request, env, name, query) {
  const group = nameIn(name, "group");
  const coupon = query.get("coupon");
  if (coupon === null) {
    throw new Refused("missing_field", "expected the coupon of the codes as `coupon`", "coupon");
  }
  const directory = directoryOf(env);
  const { id } = taken(await directory.beginImport(group, coupon));
  try {
    const { end, sequence } = await receive(request, directory, id);
    return json(taken(await directory.endImport(id, sequence, end)), {}, 202);
  } catch (error) {
    await directory.dropImport(id, refusalOf(error)?.message ?? null);
    throw error;
  }
}

/** @type {Route} */
export async function getReport(_request, env, name) {
  const directory = directoryOf(env);
  const job = nameIn(name, "job");
  taken(await directory.job(job));
  let after = -1;
  return csvResponse(`import-${job}.csv`, async (isFirst) => {
    const part = taken(await directory.report(job, after));
    if (part.rows.length === 0 && !isFirst) return null;
    after = part.sequence;
    const rows = new TextEncoder().encode(JSON.stringify(part.rows));
    return callModule(() => exportReport(rows, isFirst));
  });
}

/**
 * @param {Request} request
 * @param {ReturnType<typeof directoryOf>} directory
 * @param {string} job
 */
async function receive(request, directory, job) {
  const codes = callModule(() => new CodeImport());
  try {
    let sequence = 0;
    for await (const piece of pieces(request)) {
      const rows = callModule(() => codes.push(piece));
      taken(await directory.importPiece(job, sequence, rows));
      sequence += 1;
    }
    return { end: callModule(() => codes.finish()), sequence };
  } finally {
    callModule(() => codes.free());
  }
}

/**
 * The body of a request in pieces of one size: what comes from the network is often much smaller.
 * @param {Request} request
 */
async function* pieces(request) {
  const piece = new Uint8Array(PIECE_BYTES_MAX);
  let size = 0;
  for await (const chunk of unpackedBody(request)) {
    for (let at = 0; at < chunk.byteLength;) {
      const part = chunk.subarray(at, at + PIECE_BYTES_MAX - size);
      piece.set(part, size);
      size += part.byteLength;
      at += part.byteLength;
      if (size < PIECE_BYTES_MAX) continue;
      yield piece;
      size = 0;
    }
  }
  if (size > 0) yield piece.subarray(0, size);
}
