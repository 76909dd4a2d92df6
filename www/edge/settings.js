// @ts-check

/**
 * Where batches go besides the central API. What a sink has got is its own: it is not told when a viewer is
 * erased. `DELETE /v1/viewers/{id}` answers how many batches with records of the viewer are still on their
 * way to sinks (`sink_batches`); when there are none, the operator tells whoever runs the sinks.
 * @typedef {object} Sink
 * @property {string} name
 * @property {string} url
 * @property {"ndjson" | "cloudevents"} format
 * @property {string | null} authorization
 */

/**
 * What of the configuration cannot be read is told in `errors`, and then `sinks` is null or the default
 * holds: the central API is served in any case.
 * @typedef {object} Settings
 * @property {number} windowMs
 * @property {number} graceMs
 * @property {Sink[] | null} sinks
 * @property {string[]} errors
 */

const SINKS_MAX = 4;
const SINK_NAME = /^[A-Za-z0-9-]{1,32}$/;
const SINK_KEYS = ["name", "url", "format", "authorization"];
const FORMATS = /** @type {const} */ (["ndjson", "cloudevents"]);

/** Fewer can be tried out; the central API asks for as many. */
const TENANT_KEY_BYTES_MIN = 16;

/** The destination that every shard has. */
export const CENTRAL = "central";

const WINDOW_SECONDS = { usual: 3600, min: 1, max: 86_400 };
const GRACE_SECONDS = { usual: 60, min: 0, max: 3600 };

/**
 * @param {import("./edge.js").EdgeEnv} env
 * @returns {Settings}
 */
export function settingsOf(env) {
  /** @type {string[]} */
  const errors = [];
  const seconds = (
    /** @type {string} */ name,
    /** @type {unknown} */ text,
    /** @type {typeof GRACE_SECONDS} */ of,
  ) => {
    if (text === undefined || text === null || text === "") return of.usual;
    const value = /^\d{1,6}$/.test(String(text)) ? Number(text) : NaN;
    if (value >= of.min && value <= of.max) return value;
    errors.push(`${name}: \`${shown(text)}\` is not a number from ${of.min} to ${of.max}`);
    return of.usual;
  };
  const windowMs = 1000 * seconds("WINDOW_SECONDS", env.WINDOW_SECONDS, WINDOW_SECONDS);
  const graceMs = 1000 * seconds("WINDOW_GRACE_SECONDS", env.WINDOW_GRACE_SECONDS, GRACE_SECONDS);
  const keyBytes = new TextEncoder().encode(env.TENANT_KEY ?? "").byteLength;
  if (keyBytes > 0 && keyBytes < TENANT_KEY_BYTES_MIN) {
    errors.push(`TENANT_KEY: \`${keyBytes}\` bytes, expected ${TENANT_KEY_BYTES_MIN} or more`);
  }
  return { windowMs, graceMs, sinks: sinksIn(env.SINKS, errors), errors };
}

/**
 * @param {string | null | undefined} text
 * @param {string[]} errors
 * @returns {Sink[] | null}
 */
function sinksIn(text, errors) {
  if (text === undefined || text === null || text === "") return [];
  const before = errors.length;
  const given = parsed(text);
  if (!Array.isArray(given) || given.length > SINKS_MAX) {
    errors.push(`SINKS: expected a JSON array of at most ${SINKS_MAX} sinks`);
    return null;
  }
  const names = new Set([CENTRAL]);
  for (const [index, sink] of given.entries()) {
    const wrong = (
      /** @type {string} */ key,
      /** @type {unknown} */ value,
      /** @type {string} */ expected,
    ) => errors.push(`SINKS[${index}]${key}: \`${shown(value)}\`, expected ${expected}`);
    if (typeof sink !== "object" || sink === null || Array.isArray(sink)) {
      wrong("", sink, "an object");
      continue;
    }
    const { name, url, format, authorization } = sink;
    for (const key of Object.keys(sink)) {
      if (!SINK_KEYS.includes(key)) wrong(`.${key}`, sink[key], `only ${SINK_KEYS.join(", ")}`);
    }
    if (typeof name !== "string" || !SINK_NAME.test(name)) {
      wrong(".name", name, "1 to 32 letters, digits or dashes");
    } else if (names.has(name)) {
      wrong(".name", name, "a name that is not taken");
    }
    names.add(name);
    if (typeof url !== "string" || !isAddress(url)) {
      wrong(".url", url, "an address that begins with http:// or https://");
    }
    if (!FORMATS.includes(format)) wrong(".format", format, FORMATS.join(" or "));
    // What it holds is a secret and is not shown.
    if (!isHeader(authorization)) wrong(".authorization", "...", "the value of a header");
  }
  if (errors.length > before) return null;
  return given.map(({ name, url, format, authorization = null }) => ({
    name,
    url,
    format,
    authorization,
  }));
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @param {string} url */
function isAddress(url) {
  return URL.canParse(url) && ["http:", "https:"].includes(new URL(url).protocol);
}

/** @param {unknown} value */
function isHeader(value) {
  if (value === undefined || value === null) return true;
  return typeof value === "string" && /^[\x20-\x7e]{1,4096}$/.test(value);
}

/** @param {unknown} value */
function shown(value) {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return text.slice(0, 80);
}
