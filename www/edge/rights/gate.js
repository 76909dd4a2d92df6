// @ts-check
import { readBody } from "../body.js";
import { failureResponse } from "../failure.js";
import { cmcdOf } from "../media-route.js";
import { countRequest } from "../media-requests.js";
import { Refused, methodNotAllowed } from "../refusal.js";
import { carriedToken } from "./carried-token.js";
import { dashWithToken } from "./dash-manifest.js";
import { hlsWithToken } from "./hls-playlist.js";
import { mediaFile, wholeFile } from "./media-origin.js";
import { checkMediaToken, mediaCookie, mediaPath } from "./media-token.js";
import { isNearEnd, renewedToken } from "./renewal.js";
import { rightsSettings } from "./settings.js";
import { MEDIA_TOKEN } from "./token-link.js";

/** @typedef {import("../edge.js").EdgeEnv} EdgeEnv */

/**
 * `/vod/<title>/<file>`: names without anything encoded, so that there is one way to write each, and nothing outside
 * the title's folder and no hidden file can be meant.
 */
const PATH = /^\/vod\/([A-Za-z0-9_-][A-Za-z0-9._-]*)((?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+)$/;

/** Bytes of a playlist that is rewritten: twelve hours in segments of two seconds. */
const PLAYLIST_BYTES_MAX = 4 * 1024 * 1024;

/** How a playlist is rewritten, by the end of its name. */
const PLAYLISTS = /** @type {[string, typeof hlsWithToken][]} */ ([
  [".m3u8", hlsWithToken],
  [".mpd", dashWithToken],
]);

const METHODS = "GET, HEAD, OPTIONS";

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, HEAD",
  "access-control-allow-headers": "range, if-none-match, if-range",
  "access-control-max-age": "86400",
};

/**
 * `GET /vod/<title>/<file>`: a file of a title, for whoever carries a media token for it in a cookie or in the
 * query. A token that expires soon is renewed on the way: by `Set-Cookie`, or, if it stood in the query, in a
 * header and in the playlist.
 * @param {Request} request
 * @param {EdgeEnv} env
 * @param {string} pathname
 * @param {ExecutionContext} ctx
 */
export async function gate(request, env, pathname, ctx) {
  const { method } = request;
  if (method === "OPTIONS") return new Response(null, { status: 204, headers: CORS });
  if (method !== "GET" && method !== "HEAD") return methodNotAllowed(METHODS, CORS);
  try {
    return await opened(request, env, pathname, ctx);
  } catch (error) {
    return failureResponse(error, "a file could not be given out", {
      "access-control-allow-origin": "*",
    });
  }
}

/**
 * @param {Request} request
 * @param {EdgeEnv} env
 * @param {string} pathname
 * @param {ExecutionContext} ctx
 */
async function opened(request, env, pathname, ctx) {
  const settings = rightsSettings(env);
  const { method, url } = request;
  const [, title, file] = PATH.exec(pathname) ?? [];
  if (title === undefined || file === undefined) {
    throw new Refused("not_found", "expected `/vod/<title>/<file>`");
  }
  // Most requests have none, and a URL takes as long to read as all of the path.
  const query = url.includes("?") ? new URL(url).searchParams : null;
  const { token, isInQuery } = carriedToken(request, query);
  const nowS = Math.floor(Date.now() / 1000);
  const claims = checkMediaToken(env, settings, request, token, nowS);
  const cmcd = cmcdOf(request, query);
  if (cmcd !== "") ctx.waitUntil(counted(env, cmcd, title));
  const path = `/films/${title}${file}`;
  const rewrite = PLAYLISTS.find(([end]) => file.endsWith(end))?.[1];
  const renewing = isNearEnd(claims, settings, nowS)
    ? renewedToken(env, settings, claims, title, nowS)
    : null;
  if (rewrite !== undefined && isInQuery) {
    const [renewed, found] = await Promise.all([renewing, wholeFile(path, env.MEDIA_ORIGIN)]);
    const scope = { document: url, path: mediaPath(title), token: renewed?.token ?? token };
    if (renewed !== null) found.headers[MEDIA_TOKEN] = renewed.token;
    return playlist(found, method, (text) => rewrite(text, scope));
  }
  const asked = mediaFile(request, path, env.MEDIA_ORIGIN, rewrite === undefined);
  // Only who renews waits for both.
  const [renewed, found] =
    renewing === null ? [null, await asked] : await Promise.all([renewing, asked]);
  const response = new Response(found.body, found);
  if (renewed !== null) {
    const { token: younger, lifeS } = renewed;
    if (isInQuery) response.headers.set(MEDIA_TOKEN, younger);
    else response.headers.set("set-cookie", mediaCookie(request, title, younger, lifeS));
  }
  return response;
}

/**
 * A playlist with the token in it. It is another one with each token, so that it has no tag and no ranges.
 * @param {{ part: Response, headers: Record<string, string> }} file
 * @param {string} method
 * @param {(text: string) => string} rewrite
 */
async function playlist({ part, headers }, method, rewrite) {
  const { etag: _, "accept-ranges": __, ...kept } = headers;
  const bytes = await playlistBytes(part);
  const text = new TextEncoder().encode(rewrite(new TextDecoder().decode(bytes)));
  return new Response(method === "HEAD" ? null : text, {
    headers: { ...kept, "cache-control": "no-store", "content-length": String(text.byteLength) },
  });
}

/** @param {Response} part */
async function playlistBytes(part) {
  try {
    return await readBody(part, PLAYLIST_BYTES_MAX);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw new Refused(
      "playlist_too_large",
      `the playlist is larger than \`${PLAYLIST_BYTES_MAX}\` bytes`,
    );
  }
}

/**
 * @param {EdgeEnv} env
 * @param {string} cmcd
 * @param {string} title
 */
async function counted(env, cmcd, title) {
  try {
    await countRequest(env, cmcd, title);
  } catch (error) {
    console.error("a request for media could not be counted:", error);
  }
}
