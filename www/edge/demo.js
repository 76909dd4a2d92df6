// @ts-check
import { fileResponse } from "./file.js";
import { mediaResponse } from "./media-route.js";
import { json } from "./refusal.js";

/**
 * @typedef {object} DemoEnv
 * @property {Fetcher} EDGE
 * @property {Fetcher} CENTRAL
 * @property {Fetcher} PUBLIC
 * @property {Service<typeof import("./media-requests.js").Media>} MEDIA
 */

const EDGE_PATHS = ["/v1/views", "/v1/outbox", "/v1/cmcd", "/v1/cmcd/requests"];

/** The one port of the demo: edge, central API and pages. */
export default /** @satisfies {ExportedHandler<DemoEnv>} */ ({
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    const { pathname } = url;
    if (pathname === "/healthz") return json({ ok: true });
    if (EDGE_PATHS.includes(pathname)) return env.EDGE.fetch(request);
    if (pathname.startsWith("/v1/")) return env.CENTRAL.fetch(request);
    if (pathname.startsWith("/films/")) return mediaResponse(request, url, env, ctx);
    return fileResponse(request, pathname, env.PUBLIC);
  },
});
