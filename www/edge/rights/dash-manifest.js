// @ts-check
import { withToken } from "./token-link.js";

/** @typedef {import("./token-link.js").Scope} Scope */

/** Attributes that lead somewhere, by element (ISO/IEC 23009-1, annex B). */
const LINKS = new Map([
  ["SegmentTemplate", ["media", "index", "initialization", "bitstreamSwitching"]],
  ["SegmentURL", ["media", "index"]],
  ["Initialization", ["sourceURL"]],
  ["RepresentationIndex", ["sourceURL"]],
  ["BitstreamSwitching", ["sourceURL"]],
]);

/** Elements whose text leads somewhere. */
const LINK_ELEMENTS = ["BaseURL", "Location", "PatchLocation"];

/** Comments, what is quoted as it is, instructions, and tags. */
const MARKUP =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<[^!?](?:"[^"]*"|'[^']*'|[^"'>])*>/g;

const NAME = /^<(?:[\w.-]+:)?([\w.-]+)/;

const ATTRIBUTE = /(\s)([\w.:-]+)(\s*=\s*)("[^"]*"|'[^']*')/g;

const ENTITY = /&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(lt|gt|quot|apos|amp));/g;

const NAMED = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
  ["amp", "&"],
]);

const CODE_POINT_MAX = 0x10ffff;

/**
 * A DASH manifest in which what leads to the token's title carries the token. Where a `BaseURL` leads elsewhere,
 * what is relative may lead there too and stays as it is.
 * @param {string} text
 * @param {Scope} scope
 */
export function dashWithToken(text, scope) {
  const { document } = scope;
  const isElsewhere = baseUrlsIn(text).some(
    (base) =>
      !URL.canParse(base, document) || new URL(base, document).origin !== new URL(document).origin,
  );
  /** @type {string | null} the element whose text comes next */
  let inside = null;
  let at = 0;
  let written = "";
  for (const { 0: markup, index } of text.matchAll(MARKUP)) {
    const between = text.slice(at, index);
    written += inside === null ? between : textWithToken(inside, between, scope);
    at = index + markup.length;
    const name = NAME.exec(markup)?.[1] ?? "";
    inside = LINK_ELEMENTS.includes(name) && !markup.endsWith("/>") ? name : null;
    written += tagWithToken(markup, name, scope, isElsewhere);
  }
  return written + text.slice(at);
}

/** @param {string} text */
function baseUrlsIn(text) {
  const found = text.matchAll(/<(?:[\w.-]+:)?BaseURL\b[^>]*>([^<]*)</g);
  return Array.from(found, ([, base = ""]) => decoded(base.trim()));
}

/**
 * A folder is no file, and what is resolved against it does not take its query along.
 * @param {string} element
 * @param {string} text
 * @param {Scope} scope
 */
function textWithToken(element, text, scope) {
  const link = text.trim();
  if (link === "" || (element === "BaseURL" && link.endsWith("/"))) return text;
  const written = withToken(decoded(link), scope);
  return written === null ? text : text.replace(link, () => encoded(written));
}

/**
 * @param {string} tag
 * @param {string} name
 * @param {Scope} scope
 * @param {boolean} isElsewhere
 */
function tagWithToken(tag, name, scope, isElsewhere) {
  const links = LINKS.get(name);
  if (links === undefined) return tag;
  return tag.replace(ATTRIBUTE, (attribute, space, key, equals, quoted) => {
    const link = decoded(quoted.slice(1, -1));
    if (!links.includes(key) || (isElsewhere && !URL.canParse(link))) return attribute;
    const written = withToken(link, scope);
    return written === null ? attribute : `${space}${key}${equals}"${encoded(written)}"`;
  });
}

/** @param {string} text */
function decoded(text) {
  return text.replace(ENTITY, (entity, decimal, hexadecimal, name) => {
    if (name !== undefined) return NAMED.get(name) ?? entity;
    const code = decimal === undefined ? parseInt(hexadecimal, 16) : Number(decimal);
    return code <= CODE_POINT_MAX ? String.fromCodePoint(code) : entity;
  });
}

/** @param {string} text */
function encoded(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
