// @ts-check
import { fileResponse } from "./file.js";

/** Where the four groups of keys stand when they do not stand in the query. */
const CMCD_HEADERS = ["cmcd-request", "cmcd-object", "cmcd-status", "cmcd-session"];

/** `/films/<title>/...` */
const FILM = /^\/films\/([^/]+)\//;

/**
 * A file of a film. What the player says beside its request is told to the edge; the answer does not
 * wait for it.
 * @param {Request} request
 * @param {URL} url
 * @param {import("./demo.js").DemoEnv} env
 * @param {ExecutionContext} ctx
 */
export function mediaResponse(request, url, env, ctx) {
  const cmcd = cmcdOf(request, url.searchParams);
  const [, title] = FILM.exec(url.pathname) ?? [];
  if (title !== undefined && cmcd !== "") {
    ctx.waitUntil(
      env.MEDIA.requested(cmcd, title).catch((/** @type {unknown} */ error) =>
        console.error("a request for media could not be counted:", error),
      ),
    );
  }
  return fileResponse(request, url.pathname, env.PUBLIC);
}

/**
 * What a player says beside a request for media, as text; empty if nothing.
 * @param {Request} request
 * @param {URLSearchParams | null} query
 */
export function cmcdOf({ headers }, query) {
  return query?.get("CMCD") ?? CMCD_HEADERS.flatMap((name) => headers.get(name) ?? []).join(",");
}
