// @ts-check
// Asks for the decision that a form describes: with what is known of an account, or of a viewer that is made up.
import { address, call } from "./api.js";
import { accountPath } from "./catalogue-api.js";

/**
 * @typedef {import("./decision-form.js").Tried} Tried
 *
 * @typedef {object} Decision
 * @property {boolean} allow
 * @property {string[]} reasons
 * @property {string[]} notices
 * @property {string | null} [grant]
 * @property {number | null} [max_height]
 * @property {boolean | null} [ads]
 * @property {number | null} [expires_at]
 * @property {number | null} [recheck_at]
 * @property {number | null} [opens_at]
 *
 * @typedef {{ rule: string, outcome: "pass" | "fail" | "skip", parameters?: Record<string, unknown> }} Step
 *
 * @typedef {object} Explained
 * @property {Tried} tried
 * @property {Decision & { title: string, steps?: Step[] }} decision
 * @property {number} version of the catalogue
 * @property {string} policy_version
 */

const HOUR_S = 3600;

/**
 * @param {Tried} tried
 * @param {string} language
 * @returns {Promise<Explained>}
 */
export async function tryDecision(tried, language) {
  const answer = await call("/operator/decisions", {
    method: "POST",
    body: {
      viewer: await viewerOf(tried),
      device: tried.device,
      titles: [tried.title],
      country: tried.country,
      now: tried.now,
      explain: true,
      language,
    },
  });
  const { version, policy_version, decisions } = answer;
  return { tried, decision: decisions[0], version, policy_version };
}

/** @param {Tried} tried */
async function viewerOf(tried) {
  const viewer =
    tried.viewer === null
      ? {
          account: { status: tried.status, ...(tried.since ? { since: tried.since } : {}) },
          max_rating: tried.max_rating,
          devices: tried.devices,
          open_streams: [],
          grants: [],
        }
      : await known(tried.viewer);
  return {
    ...viewer,
    ...(tried.plan ? { grants: [asThough(tried)] } : {}),
    ...(tried.streams === undefined ? {} : { open_streams: streamsOf(tried) }),
  };
}

/**
 * What the catalogue and the edge know of a viewer.
 * @param {string} viewer
 */
async function known(viewer) {
  const edge = (/** @type {string} */ path) => call(address(`/operator/${path}`, { viewer }));
  const [rights, devices, streams] = await Promise.all([
    call(`${accountPath(viewer)}/rights`),
    edge("devices"),
    edge("streams"),
  ]);
  return {
    ...rights,
    devices: (devices.devices ?? devices.rows)
      .filter((/** @type {any} */ { free_at }) => !free_at)
      .map((/** @type {any} */ { id }) => id),
    open_streams: (streams.streams ?? streams.rows).map((/** @type {any} */ stream) => ({
      device: stream.device,
      until: stream.expires_at,
    })),
  };
}

/**
 * A plan that is tried holds from the moment that is asked about, for ever.
 * @param {Tried} tried
 */
function asThough({ plan, now }) {
  const from = typeof now === "number" ? now : 0;
  return { id: `plan:${plan}`, kind: "plan", plan, from, to: null };
}

/** @param {Tried} tried */
function streamsOf({ streams, now }) {
  const until = Number(now) + HOUR_S;
  const count = typeof streams === "number" ? streams : 0;
  return Array.from({ length: count }, (_, index) => ({ device: `other-${index + 1}`, until }));
}
