// @ts-check
import { withToken } from "./token-link.js";

/** @typedef {import("./token-link.js").Scope} Scope */

/** Attributes whose value leads somewhere (RFC 8216bis, section 4.4; its appendix D). */
const LINK = /(?:^|-)URI$|^X-ASSET-LIST$/;

/** One attribute of a list, with what stands before the next. */
const ATTRIBUTE = /([A-Z0-9-]+)=("[^"\r\n]*"|[^",\r\n]*)/g;

const VARIABLE = /\{\$([A-Za-z0-9_-]+)\}/g;

/**
 * An HLS playlist in which what leads to the token's title carries the token: variants, segments, keys and
 * initialisation sections.
 * @param {string} text
 * @param {Scope} scope
 */
export function hlsWithToken(text, scope) {
  /** @type {Map<string, string>} */
  const variables = new Map();
  return text.replace(/^.+$/gm, (line) => {
    if (line.startsWith("#EXT-X-DEFINE:")) return define(line, variables);
    if (line.startsWith("#EXT")) return tagWithToken(line, scope, variables);
    if (line.startsWith("#") || line.trim() === "") return line;
    return linkWithToken(line, scope, variables);
  });
}

/**
 * @param {string} line
 * @param {Map<string, string>} variables
 */
function define(line, variables) {
  const attributes = new Map(
    Array.from(line.matchAll(ATTRIBUTE), ([, name = "", value = ""]) => [name, unquoted(value)]),
  );
  const [name, value] = [attributes.get("NAME"), attributes.get("VALUE")];
  if (name !== undefined && value !== undefined) variables.set(name, value);
  return line;
}

/**
 * @param {string} line
 * @param {Scope} scope
 * @param {Map<string, string>} variables
 */
function tagWithToken(line, scope, variables) {
  const colon = line.indexOf(":");
  if (colon < 0) return line;
  const list = line.slice(colon + 1);
  const written = list.replace(ATTRIBUTE, (attribute, name, value) => {
    if (!LINK.test(name) || !value.startsWith('"')) return attribute;
    return `${name}="${linkWithToken(unquoted(value), scope, variables)}"`;
  });
  return line.slice(0, colon + 1) + written;
}

/**
 * @param {string} link
 * @param {Scope} scope
 * @param {Map<string, string>} variables
 */
function linkWithToken(link, scope, variables) {
  let isKnown = true;
  const resolved = link.replace(VARIABLE, (_, name) => {
    const value = variables.get(name);
    // Imported, or taken from the query: where it leads is not known here.
    if (value === undefined) isKnown = false;
    return value ?? "";
  });
  return (isKnown ? withToken(resolved, scope, link) : null) ?? link;
}

/** @param {string} value */
function unquoted(value) {
  return value.replaceAll('"', "");
}
