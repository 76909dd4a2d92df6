// @ts-check
// What a player and a page ask about devices and streams, again and again until it is answered.
import { request } from "./api.mjs";
import { COUNTRY_HEADER, PLAN, newAccount, newToken, grant, operator } from "./rights-api.mjs";

/** Times that a request is sent again before a test fails. */
const TRIES_MAX = 200;

/** @typedef {import("./api.mjs").Answer} Answer */

/**
 * A plan of so many streams and devices.
 * @param {number} streams
 * @param {number} devices
 */
export function planOf(streams, devices) {
  return { ...PLAN, id: `plan-${streams}-${devices}`, streams, devices };
}

/**
 * Asks as the viewer of a token.
 * @param {string} url
 * @param {string} method
 * @param {string} path
 * @param {string} token
 * @param {unknown} [body] a text as it is; anything else as JSON
 * @returns {Promise<Answer>}
 */
export function ask(url, method, path, token, body) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return request(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, [COUNTRY_HEADER]: "SE" },
    ...(body === undefined ? {} : { body: text }),
  });
}

/**
 * Sends until there is an answer that is no fault of the other side, always the same.
 * @param {() => string} url where the server is by now
 * @param {string} method
 * @param {string} path
 * @param {string} token
 * @param {unknown} [body]
 * @returns {Promise<Answer>}
 */
export async function insist(url, method, path, token, body) {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const answer = await ask(url(), method, path, token, body).catch(() => null);
    if (answer !== null && answer.status < 500) return answer;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error(`\`${path}\` was not answered`);
}

/**
 * A viewer of a plan, and the token of the account.
 * @param {string} url
 * @param {string} viewer
 * @param {{ id: string }} plan
 * @param {object} [more] of the token
 */
export async function newViewer(url, viewer, plan, more = {}) {
  const grants = [grant({ id: `plan:${plan.id}`, plan: plan.id })];
  await newAccount(url, viewer, { grants });
  return newToken(url, viewer, more);
}

/**
 * The body of a start.
 * @param {string} id of the device
 * @param {object} [more]
 */
export function start(id, more = {}) {
  return { device: { id, class: "tv" }, title: "film", ...more };
}

/**
 * What the object of a viewer holds, for an operator.
 * @param {string} url
 * @param {string} viewer
 * @returns {Promise<{ devices: any[], streams: any[], decisions: any[] }>}
 */
export async function held(url, viewer) {
  const { status, body } = await operator(`${url}/v1/viewers/${viewer}`, "GET");
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body.edge;
}

/**
 * The live streams of a viewer, for an operator.
 * @param {string} url
 * @param {string} viewer
 * @returns {Promise<any[]>}
 */
export async function live(url, viewer) {
  const { status, body } = await operator(`${url}/v1/streams?viewer=${viewer}`, "GET");
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body.streams;
}

/**
 * All decisions of a viewer that the audit has, the newest first.
 * @param {string} url
 * @param {string} viewer
 * @returns {Promise<any[]>}
 */
export async function audited(url, viewer) {
  const all = [];
  for (let after = ""; ;) {
    const path = `/v1/decision-audit?viewer=${viewer}&limit=1000${after}`;
    const { status, body } = await operator(`${url}${path}`, "GET");
    if (status !== 200) throw new Error(JSON.stringify(body));
    all.push(...body.rows);
    if (body.next === null) return all;
    after = `&after=${body.next}`;
  }
}
