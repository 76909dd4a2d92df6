// @ts-check
import { readViews } from "usher/edge";
import { arrivalOf } from "./arrival.js";
import { readBody } from "./body.js";
import { CORS, CORS_PREFLIGHT } from "./cors.js";
import { callModule } from "./edge-module.js";
import { failureResponse } from "./failure.js";
import { UNAVAILABLE, json, methodNotAllowed, refusalResponse } from "./refusal.js";
import { admitAddress, admitViewer } from "./throttle.js";
import { viewerObject } from "./viewer-object.js";

/** Bytes of the body of `POST /v1/views`; the module keeps the same limit. */
const BODY_BYTES_MAX = 64 * 1024;

/**
 * `POST /v1/views`: view states in, acks out once they are committed. Whoever asks too often is told so
 * before any object is touched; a viewer, only after the token has shown that it is the viewer.
 * @param {Request} request
 * @param {import("./edge.js").EdgeEnv} env
 */
export async function views(request, env) {
  if (request.method === "OPTIONS") {
    return new Response(null, { status: 204, headers: CORS_PREFLIGHT });
  }
  if (request.method !== "POST") return methodNotAllowed("POST, OPTIONS", CORS);
  try {
    admitAddress(request, env);
    const body = await readBody(request, BODY_BYTES_MAX);
    const {
      viewer,
      views: incoming,
      said,
    } = callModule(() => readViews(body, arrivalOf(request, env)));
    admitViewer(viewer, env);
    const answer = await merge(env, viewer, incoming, said);
    return "acks" in answer ? json(answer, CORS) : refusalResponse(answer.refusal, CORS);
  } catch (error) {
    return failureResponse(error, "the views could not be read", CORS);
  }
}

/**
 * @param {import("./edge.js").EdgeEnv} env
 * @param {string} viewer
 * @param {import("./viewer.js").ViewState[]} incoming
 * @param {Uint8Array} said
 * @returns {Promise<import("./viewer.js").Merged>}
 */
async function merge(env, viewer, incoming, said) {
  try {
    return await viewerObject(env, viewer).merge(viewer, incoming, said);
  } catch (error) {
    // Nothing of an object that failed is acked, and sending the same states again is harmless.
    console.error("the viewer object could not be reached:", error);
    return { refusal: UNAVAILABLE };
  }
}
