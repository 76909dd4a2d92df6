// @ts-check
import { DEVICE_CLASSES } from "usher/rights";
import { readText } from "../body.js";
import { Refused } from "../refusal.js";
import { demandOperator, nameIn } from "../operator.js";

/** Bytes of the body of `POST /v1/decisions`. */
const BODY_BYTES_MAX = 64 * 1024;

/** Titles that are asked for by name at once. */
const TITLES_MAX = 1000;

/** What anybody may say, and what an operator may say besides. */
const FIELDS = ["token", "device", "titles", "catalogue", "live", "explain", "receipt", "language"];
const OPERATOR_FIELDS = ["viewer", "country", "now"];

/**
 * @typedef {object} Asked
 * @property {string} token "" if there is none
 * @property {{ id: string, class: import("usher/rights").EntitlementCircumstances["device_class"] }} device
 * @property {string[]} titles
 * @property {boolean} isWhole the whole catalogue is asked for
 * @property {boolean} isLive
 * @property {boolean} isExplained
 * @property {boolean} hasReceipt
 * @property {any} [viewer] of an operator, in the place of a token
 * @property {string | null} [country] of an operator
 * @property {number} [now] of an operator, in UTC seconds
 */

/**
 * What is asked of `POST /v1/decisions`.
 *
 * Throws `malformed_json`, `invalid_value`, `body_too_large`, and the refusals of an operator's key.
 * @param {Request} request
 * @param {import("../edge.js").EdgeEnv} env
 * @returns {Promise<Asked>}
 */
export async function askedDecisions(request, env) {
  const body = objectIn(await readText(request, BODY_BYTES_MAX));
  const isOperators = OPERATOR_FIELDS.some((field) => body[field] !== undefined);
  if (isOperators) demandOperator(request, env);
  for (const field of Object.keys(body)) {
    if (!FIELDS.includes(field) && !OPERATOR_FIELDS.includes(field)) {
      throw wrong(field, `one of ${[...FIELDS, ...OPERATOR_FIELDS].join(", ")}`);
    }
  }
  checkLanguage(body.language);
  const isWhole = flagIn(body, "catalogue");
  return {
    token: isOperators && body.viewer !== undefined ? "" : tokenIn(body, request, isOperators),
    device: deviceIn(body.device),
    titles: isWhole ? [] : titlesIn(body.titles),
    isWhole,
    isLive: flagIn(body, "live"),
    isExplained: flagIn(body, "explain"),
    hasReceipt: flagIn(body, "receipt"),
    ...(isOperators ? operatorsOf(body) : {}),
  };
}

/**
 * @param {string} text
 * @returns {any}
 */
export function objectIn(text) {
  try {
    const body = JSON.parse(text);
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return body;
  } catch {
    // It is no JSON.
  }
  throw new Refused("malformed_json", "expected a JSON object in UTF-8");
}

/**
 * @param {any} body
 * @param {Request} request
 * @param {boolean} isOperators the header holds the operator's key then
 * @returns {string}
 */
export function tokenIn({ token }, { headers }, isOperators) {
  if (typeof token === "string") return token;
  if (token !== undefined && token !== null) throw wrong("token", "a string");
  const bearer = /^Bearer ([^ ]+)$/i.exec(headers.get("authorization") ?? "");
  return isOperators ? "" : (bearer?.[1] ?? "");
}

/** @param {any} device */
export function deviceIn(device) {
  if (typeof device !== "object" || device === null) throw wrong("device", "an object");
  if (!DEVICE_CLASSES.includes(device.class)) {
    throw wrong("device.class", DEVICE_CLASSES.join(", "));
  }
  return { id: nameIn(device.id, "device.id"), class: device.class };
}

/** @param {unknown} titles */
function titlesIn(titles) {
  if (!Array.isArray(titles) || titles.length < 1 || titles.length > TITLES_MAX) {
    throw wrong("titles", `1 to ${TITLES_MAX} titles, or \`catalogue\``);
  }
  for (const [index, title] of titles.entries()) {
    if (typeof title !== "string") throw wrong(`titles[${index}]`, "a string");
  }
  return titles;
}

/**
 * @param {any} body
 * @param {string} field
 */
export function flagIn(body, field) {
  const flag = body[field] ?? false;
  if (typeof flag !== "boolean") throw wrong(field, "true or false");
  return flag;
}

/**
 * What is answered are codes, of which whoever shows them makes sentences: a language may be said all the same.
 * @param {unknown} language
 */
function checkLanguage(language = "en") {
  if (language !== "en" && language !== "es") throw wrong("language", "`en` or `es`");
}

/** @param {any} body */
function operatorsOf({ viewer, country, now }) {
  if (now !== undefined && !(Number.isSafeInteger(now) && now >= 0)) {
    throw wrong("now", "whole seconds since 1970 UTC");
  }
  if (country !== undefined && country !== null && typeof country !== "string") {
    throw wrong("country", "a country of ISO 3166-1, or null");
  }
  if (viewer !== undefined && (typeof viewer !== "object" || viewer === null)) {
    throw wrong("viewer", "an object");
  }
  return { viewer, country, now };
}

/**
 * @param {string} field
 * @param {string} expected
 */
export function wrong(field, expected) {
  return new Refused("invalid_value", `expected ${expected} as \`${field}\``, field);
}
