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
  const query = url.searchParams.get("CMCD");
  const cmcd = query ?? CMCD_HEADERS.flatMap((name) => request.headers.get(name) ?? []).join(",");
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
