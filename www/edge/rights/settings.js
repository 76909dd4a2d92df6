// @ts-check
import { Refused } from "../refusal.js";

/**
 * What holds when what is known has become too old: `closed` refuses, `open` goes on with what is held, and says
 * so in the log.
 * @typedef {"closed" | "open"} Stale
 */

/**
 * How rights are enforced; times in seconds.
 * @typedef {object} RightsSettings
 * @property {number} catalogue_max_age_s how old the catalogue may become
 * @property {number} keyset_max_age_s the same of the keys of entitlement tokens; beyond, it is always closed
 * @property {number} deny_list_max_age_s the same of the deny list
 * @property {Stale} deny_list_stale
 * @property {Stale} catalogue_stale
 * @property {number} refresh_s after which the catalogue worker is asked again
 * @property {number} cat_life_s of a media token, 1 to 5 minutes
 * @property {number} lease_s of a stream, from one heartbeat on
 * @property {number} heartbeat_s how often a player is asked to say that it goes on
 * @property {number} lease_grace_s how long after the end of its lease a stream goes on while its Viewer object
 *   cannot be reached
 * @property {number} device_cooling_s after which the place of a removed device is free again
 * @property {number} skew_s how far the clocks of who signs tokens and of the edge may be apart
 */

const DAY_S = 24 * 3600;

/** @type {Record<string, { usual: number, min: number, max: number }>} both inclusive */
const SECONDS = {
  catalogue_max_age_s: { usual: DAY_S, min: 1, max: 30 * DAY_S },
  keyset_max_age_s: { usual: DAY_S, min: 1, max: 30 * DAY_S },
  deny_list_max_age_s: { usual: 3600, min: 1, max: 30 * DAY_S },
  // Below a second for tests: it is asked at every request then.
  refresh_s: { usual: 10, min: 0, max: 3600 },
  cat_life_s: { usual: 120, min: 60, max: 300 },
  lease_s: { usual: 90, min: 1, max: 3600 },
  heartbeat_s: { usual: 30, min: 1, max: 1800 },
  lease_grace_s: { usual: 300, min: 0, max: 3600 },
  device_cooling_s: { usual: DAY_S, min: 0, max: 365 * DAY_S },
  skew_s: { usual: 5, min: 0, max: 5 },
};

const STALE = ["closed", "open"];

/** @type {Record<string, Stale>} */
const STALES = { deny_list_stale: "closed", catalogue_stale: "closed" };

/** What was read last: the environment of a worker does not change. @type {{ of: unknown, settings: RightsSettings } | null} */
let last = null;

/**
 * What RIGHTS says, and the usual where it says nothing.
 *
 * Throws `not_configured`, naming the field, if it cannot be understood: nobody watches by rules that nobody wrote.
 * @param {{ RIGHTS?: string | null }} env
 * @returns {RightsSettings}
 */
export function rightsSettings({ RIGHTS }) {
  if (last === null || last.of !== RIGHTS) last = { of: RIGHTS, settings: read(RIGHTS) };
  return last.settings;
}

/**
 * @param {string | null | undefined} text
 * @returns {RightsSettings}
 */
function read(text) {
  const given = objectIn(text);
  /** @type {Record<string, number | Stale>} */
  const settings = { ...STALES };
  for (const [name, { usual }] of Object.entries(SECONDS)) settings[name] = usual;
  for (const [name, value] of Object.entries(given)) settings[name] = checked(name, value);
  const { heartbeat_s, lease_s } = settings;
  if (Number(heartbeat_s) >= Number(lease_s)) {
    throw wrong("heartbeat_s", heartbeat_s, `less than \`lease_s\`, which is \`${lease_s}\``);
  }
  return Object.freeze(/** @type {any} */ (settings));
}

/**
 * @param {string | null | undefined} text
 * @returns {object}
 */
function objectIn(text) {
  if (text === undefined || text === null || text === "") return {};
  try {
    const given = JSON.parse(text);
    if (typeof given === "object" && given !== null && !Array.isArray(given)) return given;
  } catch {
    // It is no JSON.
  }
  throw new Refused("not_configured", "expected `RIGHTS` to be a JSON object", "RIGHTS");
}

/**
 * @param {string} name
 * @param {unknown} value
 * @returns {number | Stale}
 */
function checked(name, value) {
  if (Object.hasOwn(STALES, name)) {
    if (STALE.includes(/** @type {any} */ (value))) return /** @type {Stale} */ (value);
    throw wrong(name, value, "`closed` or `open`");
  }
  const of = Object.hasOwn(SECONDS, name) ? SECONDS[name] : undefined;
  if (of === undefined) {
    throw wrong(
      name,
      value,
      `one of ${[...Object.keys(SECONDS), ...Object.keys(STALES)].join(", ")}`,
    );
  }
  if (Number.isInteger(value) && Number(value) >= of.min && Number(value) <= of.max) {
    return Number(value);
  }
  throw wrong(name, value, `a whole number from ${of.min} to ${of.max}`);
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {string} expected
 */
function wrong(name, value, expected) {
  const shown = String(JSON.stringify(value)).slice(0, 40);
  const message = `\`RIGHTS.${name}\` is \`${shown}\`, expected ${expected}`;
  return new Refused("not_configured", message, `RIGHTS.${name}`);
}
