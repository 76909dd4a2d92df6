// @ts-check
import { fileResponse } from "./file.js";
import { json } from "./refusal.js";

/**
 * @typedef {object} DemoEnv
 * @property {Fetcher} EDGE
 * @property {Fetcher} CENTRAL
 * @property {Fetcher} PUBLIC
 */

/** The one port of the demo: edge, central API and pages. */
export default /** @satisfies {ExportedHandler<DemoEnv>} */ ({
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/healthz") return json({ ok: true });
    if (pathname === "/v1/views" || pathname === "/v1/outbox") return env.EDGE.fetch(request);
    if (pathname.startsWith("/v1/")) return env.CENTRAL.fetch(request);
    return fileResponse(request, pathname, env.PUBLIC);
  },
});
