// @ts-check
import { Refused } from "../refusal.js";
import { MEDIA_TOKEN } from "./token-link.js";

/** Characters of a media token: as many as the module reads. */
const TOKEN_CHARACTERS_MAX = 4096;

/** A cookie of the name among others. */
const COOKIE = new RegExp(`(?:^|;)\\s*${MEDIA_TOKEN}\\s*=\\s*([^;]*?)\\s*(?=;|$)`, "g");

/** Characters of all cookies that are looked through. */
const COOKIE_CHARACTERS_MAX = 16 * 1024;

/**
 * The media token that came with a request, and where it stood. One in the query counts alone: whoever wrote it
 * there meant it.
 *
 * Throws `token_missing`, and `token_invalid` for more than one: which is meant cannot be judged.
 * @param {Request} request
 * @param {URLSearchParams | null} query
 * @returns {{ token: string, isInQuery: boolean }}
 */
export function carriedToken({ headers }, query) {
  const inQuery = query?.getAll(MEDIA_TOKEN) ?? [];
  const isInQuery = inQuery.length > 0;
  const where = isInQuery ? `the query \`${MEDIA_TOKEN}\`` : `the cookie \`${MEDIA_TOKEN}\``;
  const found = new Set(isInQuery ? inQuery : inCookies(headers.get("cookie") ?? ""));
  const [token = ""] = found;
  if (token === "" && found.size < 2) {
    const message = `expected a media token in the cookie or the query \`${MEDIA_TOKEN}\``;
    throw new Refused("token_missing", message, MEDIA_TOKEN);
  }
  if (found.size > 1) throw invalid(`expected one token in ${where}, not \`${found.size}\``);
  if (token.length > TOKEN_CHARACTERS_MAX) {
    throw invalid(
      `expected at most ${TOKEN_CHARACTERS_MAX} characters in ${where}, not \`${token.length}\``,
    );
  }
  return { token, isInQuery };
}

/**
 * @param {string} cookies
 * @returns {string[]}
 */
function inCookies(cookies) {
  if (cookies.length > COOKIE_CHARACTERS_MAX) {
    throw invalid(
      `expected at most ${COOKIE_CHARACTERS_MAX} characters of cookies, not \`${cookies.length}\``,
    );
  }
  return Array.from(cookies.matchAll(COOKIE), ([, value = ""]) => value);
}

/** @param {string} message */
function invalid(message) {
  return new Refused("token_invalid", message, MEDIA_TOKEN);
}
