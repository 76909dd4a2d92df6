// @ts-check
// The operator's side of rights as a program calls it, and what a player asks the edge.
import assert from "node:assert/strict";
import { request } from "./api.mjs";
import { OPERATOR_KEY } from "./server.mjs";

/** The media token, in a cookie and in a query. */
export const MEDIA_TOKEN = "CTA-Common-Access-Token";

/** Where the edge is told that a request comes from. */
export const COUNTRY_HEADER = "cf-ipcountry";

const HOUR_S = 3600;

const DAY_S = 24 * HOUR_S;

/** UTC seconds, as everything in rights is. */
export function nowS() {
  return Math.floor(Date.now() / 1000);
}

/** A plan that shows everything. */
export const PLAN = {
  id: "gold",
  packs: ["films"],
  max_height: 1080,
  ads: false,
  streams: 2,
  devices: 3,
  device_classes: ["mobile", "web", "tv", "console"],
};

export const POLICY = {
  version: "tests-1",
  past_due_grace_days: 3,
  fallback_streams: 1,
  fallback_devices: 2,
  decision_ttl_s: 300,
};

/**
 * A title of the pack of `PLAN`, open in Sweden and Spain from yesterday for a month.
 * @param {string} id
 * @param {object} [more]
 */
export function title(id, more = {}) {
  return {
    id,
    packs: ["films"],
    rating: 0,
    max_height: 2160,
    ad_tier: true,
    free: false,
    windows: [{ from: nowS() - DAY_S, to: nowS() + 30 * DAY_S, territories: ["SE", "ES"] }],
    ...more,
  };
}

/**
 * A grant of a plan, from an hour ago for a week.
 * @param {object} [more]
 */
export function grant(more = {}) {
  return {
    id: "plan:gold",
    kind: "plan",
    plan: PLAN.id,
    from: nowS() - HOUR_S,
    to: nowS() + 7 * DAY_S,
    ...more,
  };
}

/**
 * Asks as the operator.
 * @param {string} url
 * @param {string} method
 * @param {unknown} [body]
 * @param {Record<string, string>} [headers]
 */
export function operator(url, method, body, headers = {}) {
  return request(url, {
    method,
    headers: { authorization: `Bearer ${OPERATOR_KEY}`, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/**
 * The same where it has to go well.
 * @param {string} url
 * @param {string} method
 * @param {unknown} [body]
 */
export async function done(url, method, body) {
  const answer = await operator(url, method, body);
  assert.ok(
    answer.status < 300,
    `${method} ${url}: ${answer.status} ${JSON.stringify(answer.body)}`,
  );
  return answer.body;
}

/**
 * Writes titles, plans and policy, and publishes them.
 * @param {string} url
 * @param {{ titles: any[], plans?: any[], policy?: object }} catalogue
 */
export async function publish(url, { titles, plans = [PLAN], policy = POLICY }) {
  for (const plan of plans) await done(`${url}/v1/plans/${plan.id}`, "PUT", plan);
  await done(`${url}/v1/catalogue/policy`, "PUT", policy);
  for (const each of titles) {
    const path = `${url}/v1/catalogue/titles/${encodeURIComponent(each.id)}`;
    await done(path, "PUT", { name: each.id, ...each });
    const { body } = await operator(path, "GET");
    for (const state of body.state === "ingest" ? ["ready", "published"] : []) {
      await done(`${path}/state`, "POST", { state });
    }
  }
  return done(`${url}/v1/catalogue/publish`, "POST", {});
}

/**
 * An account with grants.
 * @param {string} url
 * @param {string} viewer
 * @param {{ account?: object, grants?: any[] }} [of]
 */
export async function newAccount(url, viewer, { account = {}, grants = [grant()] } = {}) {
  const path = `${url}/v1/accounts/${encodeURIComponent(viewer)}`;
  await done(path, "PUT", { status: "active", max_rating: null, ...account });
  for (const each of grants) await done(`${path}/grants`, "POST", each);
}

/**
 * An entitlement token of an account.
 * @param {string} url
 * @param {string} viewer
 * @param {object} [more]
 * @returns {Promise<string>}
 */
export async function newToken(url, viewer, more = {}) {
  const path = `${url}/v1/accounts/${encodeURIComponent(viewer)}/tokens`;
  const { token } = await done(path, "POST", more);
  return token;
}

export const DEVICE = { id: "d1", class: "web" };

/**
 * What the edge decides.
 * @param {string} url
 * @param {object} body
 * @param {Record<string, string>} [headers]
 */
export function decide(url, body, headers = {}) {
  return request(`${url}/v1/decisions`, {
    method: "POST",
    headers: { [COUNTRY_HEADER]: "SE", ...headers },
    body: JSON.stringify({ device: DEVICE, ...body }),
  });
}

/**
 * Starts a stream.
 * @param {string} url
 * @param {object} body
 * @param {Record<string, string>} [headers]
 */
export function startStream(url, body, headers = {}) {
  return request(`${url}/v1/streams`, {
    method: "POST",
    headers: { [COUNTRY_HEADER]: "SE", ...headers },
    body: JSON.stringify({ device: DEVICE, ...body }),
  });
}
