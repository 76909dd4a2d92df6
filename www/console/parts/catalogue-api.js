// @ts-check
// What the operator's catalogue answers, and under which paths. Instants are UTC in seconds.

/**
 * @typedef {"ingest" | "ready" | "published" | "retired"} AssetState
 *
 * @typedef {{ from: number, to: number, territories: string[] }} RightsWindow `[from, to)`
 *
 * @typedef {object} Title
 * @property {string} id
 * @property {string} name
 * @property {AssetState} state
 * @property {number} revision counts changes; an edit names the one that it began with
 * @property {string[]} packs
 * @property {number} rating least age
 * @property {number} max_height lines of the picture
 * @property {boolean} ad_tier
 * @property {boolean} free
 * @property {RightsWindow[]} windows
 * @property {RightsWindow[]} [blackouts]
 * @property {number | null} [duration_s]
 *
 * @typedef {"mobile" | "web" | "tv" | "console"} DeviceClass
 *
 * @typedef {object} Plan
 * @property {string} id
 * @property {string[]} packs
 * @property {number} max_height
 * @property {boolean} ads
 * @property {number} streams
 * @property {number} devices
 * @property {DeviceClass[]} device_classes
 * @property {string[]} [includes] plans of a bundle
 * @property {number} [revision]
 *
 * @typedef {object} Policy
 * @property {string} [version] none: it is counted
 * @property {number} past_due_grace_days
 * @property {number} fallback_streams
 * @property {number} fallback_devices
 * @property {number} decision_ttl_s
 * @property {number} [revision]
 *
 * @typedef {"active" | "past_due" | "suspended" | "chargeback" | "closed"} AccountStatus
 *
 * @typedef {object} Account
 * @property {string} viewer
 * @property {AccountStatus} status
 * @property {number | null} [since]
 * @property {number | null} [max_rating]
 * @property {number} [revision]
 *
 * @typedef {object} Grant
 * @property {string} id
 * @property {"plan" | "trial" | "purchase" | "rental" | "coupon"} kind
 * @property {string} [plan]
 * @property {string} [title]
 * @property {number} from
 * @property {number | null} to null: for ever
 * @property {number | null} [play_window_s]
 * @property {number | null} [first_play_at]
 */

/** The classes of devices, as the rules name them. */
export const DEVICE_CLASSES = /** @type {const} */ (["mobile", "web", "tv", "console"]);

/** States of an asset, in the order in which a title comes through them. */
export const ASSET_STATES = /** @type {const} */ (["ingest", "ready", "published", "retired"]);

export const ACCOUNT_STATES = /** @type {const} */ ([
  "active",
  "past_due",
  "suspended",
  "chargeback",
  "closed",
]);

/** Heights that a form offers first; any other can be typed. */
export const HEIGHTS = ["480", "576", "720", "1080", "1440", "2160"];

const part = encodeURIComponent;

export const titlePath = (/** @type {string} */ id) => `/v1/catalogue/titles/${part(id)}`;
export const planPath = (/** @type {string} */ id) => `/v1/plans/${part(id)}`;
export const accountPath = (/** @type {string} */ viewer) => `/v1/accounts/${part(viewer)}`;
export const grantsPath = (/** @type {string} */ viewer) => `${accountPath(viewer)}/grants`;

/**
 * The header by which an edit is refused when somebody else has made one since.
 * @param {number | null | undefined} revision none: nothing may be there yet
 * @returns {Record<string, string>}
 */
export function expecting(revision) {
  return revision === null || revision === undefined
    ? { "if-none-match": "*" }
    : { "if-match": `"${revision}"` };
}
