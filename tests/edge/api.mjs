// @ts-check
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";

/** @typedef {ReturnType<import("./playback.mjs").Playback["entry"]>} Entry */
/** @typedef {{ status: number, headers: Headers, body: any }} Answer */

const EVENTUALLY_MS_MAX = 20_000;

/**
 * Asks again until the answer is there: the time limit only ends a test that fails.
 * @template T
 * @param {() => Promise<T>} ask throws while it is not so
 * @param {number} [limitMs]
 * @returns {Promise<T>}
 */
export async function eventually(ask, limitMs = EVENTUALLY_MS_MAX) {
  const end = performance.now() + limitMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > end) throw error;
      await pause(10);
    }
  }
}

/**
 * @param {string} url
 * @param {RequestInit} [init]
 * @returns {Promise<Answer>}
 */
export async function request(url, init) {
  const response = await fetch(url, init);
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : text,
  };
}

/**
 * @param {string} url
 * @param {string} viewer
 * @param {Entry[]} views
 * @param {object} [more] keys of the body, such as `token`
 */
export function postViews(url, viewer, views, more = {}) {
  const body = JSON.stringify({ viewer, views, ...more });
  return request(`${url}/v1/views`, { method: "POST", body });
}

/**
 * The record at the central API, as soon as it has this version.
 * @param {string} url
 * @param {string} view
 * @param {number} version
 */
export function recordOf(url, view, version) {
  return eventually(async () => {
    const { status, body } = await request(`${url}/v1/views/${view}`);
    assert.equal(status, 200);
    assert.equal(body.version, version);
    return body;
  });
}

/** @param {string} url */
export async function titlesOf(url) {
  const { status, body } = await request(`${url}/v1/titles`);
  assert.equal(status, 200);
  return body.titles;
}

/** @param {string} url */
export async function waitingOf(url) {
  const { status, body } = await request(`${url}/v1/outbox`);
  assert.equal(status, 200);
  return body.shards;
}

/**
 * A batch as a rollup shard sends it; `headers` replace or (null) remove those of a good one.
 * @param {string} url
 * @param {string} batch
 * @param {string} body
 * @param {Record<string, string | null>} [headers]
 */
export function postBatch(url, batch, body, headers = {}) {
  const all = {
    "idempotency-key": batch,
    "usher-rows": String(body.split("\n").length - 1),
    "content-digest": digestOf(body),
    ...headers,
  };
  const given = Object.entries(all).filter(([, value]) => value !== null);
  return request(`${url}/v1/batches`, {
    method: "POST",
    body,
    headers: /** @type {[string, string][]} */ (given),
  });
}

/** @param {string} body */
export function digestOf(body) {
  return `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;
}

/**
 * A refusal with exactly this status, code and field, and a message in the house form.
 * @param {Answer} answer
 * @param {number} status
 * @param {string} code
 * @param {string | null} field
 */
export function assertRefused(answer, status, code, field) {
  const { body } = answer;
  assert.deepEqual(
    { status: answer.status, code: body.code, field: body.field },
    { status, code, field },
    JSON.stringify(body),
  );
  assert.deepEqual(Object.keys(body).sort(), ["code", "field", "message"]);
  assert.match(body.message, /^[^A-Z].*[^.]$/s);
}
