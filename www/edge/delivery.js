// @ts-check

/**
 * What became of a batch. `refused` will not get better by itself, `later` will.
 * @typedef {{ kind: "stored", conflicts: number } | { kind: "refused", reason: string }
 *   | { kind: "later", retryAfterMs: number | null }} Outcome
 */

/** An answer that takes longer than this is as good as none. */
const ANSWER_MS_MAX = 10_000;

/** Answers below 500 that ask to come again. */
const LATER = [408, 425, 429];

/** Characters of a refusal that are kept. */
const REASON_CHARACTERS_MAX = 500;

/** A service binding ignores the host; this one cannot be resolved by anybody. */
const CENTRAL_SERVICE = "http://central.invalid";

/**
 * Offers a batch to the central API.
 * @param {import("./edge.js").EdgeEnv} env
 * @param {import("./outbox.js").Batch} batch
 * @returns {Promise<Outcome>}
 */
export async function postBatch(env, batch) {
  try {
    const response = await post(env, batch);
    const text = await response.text();
    if (response.ok) return { kind: "stored", conflicts: conflictsIn(text) };
    if (response.status < 400 || response.status >= 500 || LATER.includes(response.status)) {
      return { kind: "later", retryAfterMs: retryAfterMs(response.headers, Date.now()) };
    }
    const reason = `${response.status} ${text}`.slice(0, REASON_CHARACTERS_MAX);
    return { kind: "refused", reason };
  } catch (error) {
    console.error(`the central API did not answer for batch \`${batch.batch}\`:`, String(error));
    return { kind: "later", retryAfterMs: null };
  }
}

/**
 * @param {import("./edge.js").EdgeEnv} env
 * @param {import("./outbox.js").Batch} batch
 */
async function post(env, { batch, rows, body }) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  const base = (env.CENTRAL_URL || CENTRAL_SERVICE).replace(/\/$/, "");
  const request = new Request(`${base}/v1/batches`, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/x-ndjson",
      "content-digest": `sha-256=:${btoa(String.fromCharCode(...digest))}:`,
      "idempotency-key": batch,
      "usher-rows": String(rows),
    },
    redirect: "manual",
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  });
  if (env.CENTRAL_URL) return fetch(request);
  if (env.CENTRAL === undefined) throw new Error("neither CENTRAL_URL nor CENTRAL is set");
  return env.CENTRAL.fetch(request);
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
