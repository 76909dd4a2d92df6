// @ts-check

/** The name of a media token in a cookie and in a query (CTA-5007-A, section 5.2). */
export const MEDIA_TOKEN = "CTA-Common-Access-Token";

/**
 * Where a media token may be carried: below the path of its title at this origin, nowhere else.
 * @typedef {object} Scope
 * @property {string} document URL of the playlist, against which what stands in it is resolved
 * @property {string} path of the title, with a slash at the end
 * @property {string} token
 */

/**
 * A reference of a playlist with the media token, if it leads to the token's title; else null, and it stays as it
 * is: nobody else may be told the token.
 * @param {string} reference as it is resolved
 * @param {Scope} scope
 * @param {string} [shown] as it stands, if that is something else
 * @returns {string | null}
 */
export function withToken(reference, { document, path, token }, shown = reference) {
  const url = URL.canParse(reference, document) ? new URL(reference, document) : null;
  if (url === null || url.origin !== new URL(document).origin) return null;
  if (!url.pathname.startsWith(path) || url.searchParams.has(MEDIA_TOKEN)) return null;
  const hash = shown.indexOf("#");
  const [before, fragment] = hash < 0 ? [shown, ""] : [shown.slice(0, hash), shown.slice(hash)];
  return `${before}${before.includes("?") ? "&" : "?"}${MEDIA_TOKEN}=${token}${fragment}`;
}
