// @ts-check
import { readViews } from "usher/edge";
import { readBody } from "./body.js";
import { cmcd } from "./cmcd.js";
import { CORS, CORS_PREFLIGHT } from "./cors.js";
import { callModule } from "./edge-module.js";
import { Media, MediaRequests, mediaRequests } from "./media-requests.js";
import { failureResponse } from "./failure.js";
import { Rollup } from "./rollup.js";
import { UNAVAILABLE, json, methodNotAllowed, refusalResponse } from "./refusal.js";
import { ROLLUP_SHARDS } from "./shard.js";
import { Viewer } from "./viewer.js";

export { Media, MediaRequests, Rollup, Viewer };

/**
 * @typedef {object} EdgeEnv
 * @property {string} TENANT in the name of every object
 * @property {DurableObjectNamespace<Viewer>} VIEWER
 * @property {DurableObjectNamespace<Rollup>} ROLLUP
 * @property {DurableObjectNamespace<MediaRequests>} MEDIA_REQUESTS
 * @property {Fetcher} [CENTRAL] the central API as a service of the same process
 * @property {string | null} [CENTRAL_URL] the central API elsewhere; comes before CENTRAL
 */

/** Bytes of the body of `POST /v1/views`; the module keeps the same limit. */
const BODY_BYTES_MAX = 64 * 1024;

export default /** @satisfies {ExportedHandler<EdgeEnv>} */ ({
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/v1/views") return views(request, env);
    if (pathname === "/v1/cmcd") return cmcd(request, env);
    if (pathname === "/v1/outbox") return outbox(request, env);
    if (pathname === "/v1/cmcd/requests") return requests(request, env);
    const message = "expected `POST /v1/views` or `POST /v1/cmcd`";
    return refusalResponse({ code: "not_found", message, field: null }, CORS);
  },
});

/**
 * `POST /v1/views`: view states in, acks out once they are committed.
 * @param {Request} request
 * @param {EdgeEnv} env
 */
async function views(request, env) {
  if (request.method === "OPTIONS") {
    return new Response(null, { status: 204, headers: CORS_PREFLIGHT });
  }
  if (request.method !== "POST") return methodNotAllowed("POST, OPTIONS", CORS);
  try {
    const body = await readBody(request, BODY_BYTES_MAX);
    const { viewer, views: incoming } = callModule(() => readViews(body));
    const answer = await merge(env, viewer, incoming);
    return "acks" in answer ? json(answer, CORS) : refusalResponse(answer.refusal, CORS);
  } catch (error) {
    return failureResponse(error, "the views could not be read", CORS);
  }
}

/**
 * @param {EdgeEnv} env
 * @param {string} viewer
 * @param {import("./viewer.js").ViewState[]} incoming
 * @returns {Promise<import("./viewer.js").Merged>}
 */
async function merge(env, viewer, incoming) {
  try {
    return await env.VIEWER.getByName(`${env.TENANT}/${viewer}`).merge(viewer, incoming);
  } catch (error) {
    // Nothing of an object that failed is acked, and sending the same states again is harmless.
    console.error("the viewer object could not be reached:", error);
    return { refusal: UNAVAILABLE };
  }
}

/**
 * `GET /v1/outbox`: what waits on its way to the central API, in numbers, for whoever operates this.
 * @param {Request} request
 * @param {EdgeEnv} env
 */
async function outbox(request, env) {
  if (request.method !== "GET") return methodNotAllowed("GET");
  const shards = Array.from({ length: ROLLUP_SHARDS }, (_, shard) =>
    env.ROLLUP.getByName(`${env.TENANT}/${shard}`).waiting(),
  );
  try {
    return json({ shards: await Promise.all(shards) });
  } catch (error) {
    console.error("a rollup object could not be reached:", error);
    return refusalResponse(UNAVAILABLE);
  }
}

/**
 * `GET /v1/cmcd/requests`: what players said beside their requests for media, by title.
 * @param {Request} request
 * @param {EdgeEnv} env
 */
async function requests(request, env) {
  if (request.method !== "GET") return methodNotAllowed("GET");
  try {
    return json({ titles: await mediaRequests(env).titles() });
  } catch (error) {
    console.error("the media requests could not be read:", error);
    return refusalResponse(UNAVAILABLE);
  }
}
