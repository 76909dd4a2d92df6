// @ts-check
import { eventsOf } from "./cloud-events.js";

/** @typedef {import("./outbox.js").Delivery} Delivery */
/** @typedef {import("./settings.js").Sink} Sink */

/**
 * What a destination answered: `status` is 0 for no answer, `reason` what it said, `conflicts` the rows
 * that it did not take because the view is another viewer's or title's.
 * @typedef {{ status: number, reason: string, conflicts: number, retry_after_ms: number | null }} Answer
 */

/** An answer that takes longer than this is as good as none. */
const ANSWER_MS_MAX = 10_000;

/** Bytes of an answer that are read: it need not be from a central API of ours. */
const ANSWER_BYTES_MAX = 64 * 1024;

/** Characters of a refusal that are kept. */
const REASON_CHARACTERS_MAX = 500;

/** A service binding ignores the host; this one cannot be resolved by anybody. */
const CENTRAL_SERVICE = "http://central.invalid";

/** @type {Answer} */
export const NO_ANSWER = { status: 0, reason: "", conflicts: 0, retry_after_ms: null };

/**
 * Offers a batch to the central API.
 * @param {import("./edge.js").EdgeEnv} env
 * @param {Delivery} delivery
 * @param {number | null} frozen the highest number so far of the same epoch
 */
export async function postBatch(env, delivery, frozen) {
  const base = (env.CENTRAL_URL || CENTRAL_SERVICE).replace(/\/$/, "");
  const { BATCH_KEY, CENTRAL, CENTRAL_URL } = env;
  const authorization = BATCH_KEY ? `Bearer ${BATCH_KEY}` : null;
  const request = await batchRequest(`${base}/v1/batches`, delivery, frozen, authorization);
  if (CENTRAL_URL) return answerOf("central", () => fetch(request));
  if (CENTRAL !== undefined) return answerOf("central", () => CENTRAL.fetch(request));
  console.error("neither CENTRAL_URL nor CENTRAL is set");
  return NO_ANSWER;
}

/**
 * Offers a batch to a sink that takes what the central API takes.
 * @param {Sink} sink
 * @param {Delivery} delivery
 * @param {number | null} frozen
 */
export async function postToSink(sink, delivery, frozen) {
  const request = await batchRequest(sink.url, delivery, frozen, sink.authorization);
  return answerOf(sink.name, () => fetch(request));
}

/**
 * Offers the next rows of a batch to a sink that takes events.
 * @param {Sink} sink
 * @param {Delivery} delivery
 * @param {string} source
 * @param {number} count
 */
export function postEvents(sink, delivery, source, count) {
  const headers = new Headers({ "content-type": "application/cloudevents-batch+json" });
  const request = requestOf(
    sink.url,
    eventsOf(delivery, source, count),
    headers,
    sink.authorization,
  );
  return answerOf(sink.name, () => fetch(request));
}

/**
 * @param {string} url
 * @param {Delivery} delivery
 * @param {number | null} frozen
 * @param {string | null} authorization
 */
async function batchRequest(url, { batch, kind, rows, body, isVoid }, frozen, authorization) {
  const bytes = isVoid ? new ArrayBuffer(0) : body;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const headers = new Headers({
    "content-type": "application/x-ndjson",
    "content-digest": `sha-256=:${btoa(String.fromCharCode(...digest))}:`,
    "idempotency-key": batch,
    "usher-kind": isVoid ? "void" : kind,
    "usher-rows": String(isVoid ? 0 : rows),
  });
  if (frozen !== null) headers.set("usher-frozen", String(frozen));
  return requestOf(url, bytes, headers, authorization);
}

/**
 * @param {string} url
 * @param {ArrayBuffer | string} body
 * @param {Headers} headers
 * @param {string | null} authorization
 */
function requestOf(url, body, headers, authorization) {
  if (authorization !== null) headers.set("authorization", authorization);
  const signal = AbortSignal.timeout(ANSWER_MS_MAX);
  return new Request(url, { method: "POST", body, headers, redirect: "manual", signal });
}

/**
 * @param {string} name of the destination
 * @param {() => Promise<Response>} ask
 * @returns {Promise<Answer>}
 */
async function answerOf(name, ask) {
  try {
    const response = await ask();
    const text = await beginningOf(response);
    return {
      status: response.status,
      reason: `${response.status} ${text}`.slice(0, REASON_CHARACTERS_MAX),
      conflicts: response.ok ? conflictsIn(text) : 0,
      retry_after_ms: retryAfterMs(response.headers, Date.now()),
    };
  } catch (error) {
    console.error(`\`${name}\` did not answer:`, String(error));
    return NO_ANSWER;
  }
}

/** @param {Response} response */
async function beginningOf(response) {
  const decoder = new TextDecoder();
  let text = "";
  let read = 0;
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    read += chunk.byteLength;
    if (read > ANSWER_BYTES_MAX) break;
  }
  return text;
}

/** @param {string} text the answer of a central API, which need not be ours */
function conflictsIn(text) {
  try {
    const { conflicts } = JSON.parse(text);
    return Number.isSafeInteger(conflicts) ? Number(conflicts) : 0;
  } catch {
    return 0;
  }
}

/**
 * `Retry-After` in milliseconds from now: seconds or a date.
 * @param {Headers} headers
 * @param {number} nowMs
 */
function retryAfterMs(headers, nowMs) {
  const value = headers.get("retry-after");
  if (value === null) return null;
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : null;
}
