// @ts-check
import { readCmcd } from "usher/collector";
import { readBody } from "./body.js";
import { callCollector } from "./collector-module.js";
import { CORS, CORS_PREFLIGHT } from "./cors.js";
import { failureResponse } from "./failure.js";
import { UNAVAILABLE, json, methodNotAllowed, refusalResponse } from "./refusal.js";
import { admitAddress } from "./throttle.js";
import { viewerObject } from "./viewer-object.js";

/** @typedef {ReturnType<typeof readCmcd>["viewers"][number]["views"][number]} SessionReports */

/** Bytes of the body of `POST /v1/cmcd`; the module keeps the same limit. */
const BODY_BYTES_MAX = 256 * 1024;

/**
 * `POST /v1/cmcd?viewer=&title=&player=`: what a player reports about itself (CTA-5004-A), a report a
 * line. Players take any 2xx for good, send the same again after 429 and 5xx, and drop the rest; so a
 * body of which anything counts is answered with 200, and the lines that are no report are named.
 * @param {Request} request
 * @param {import("./edge.js").EdgeEnv} env
 */
export async function cmcd(request, env) {
  if (request.method === "OPTIONS") {
    return new Response(null, { status: 204, headers: CORS_PREFLIGHT });
  }
  if (request.method !== "POST") return methodNotAllowed("POST, OPTIONS", CORS);
  try {
    admitAddress(request, env);
    const { searchParams } = new URL(request.url);
    /** @param {string} name */
    const said = (name) => searchParams.get(name);
    const body = await readBody(request, BODY_BYTES_MAX);
    const { viewers, ...answer } = callCollector(() =>
      readCmcd(body, said("viewer"), said("title"), said("player")),
    );
    const outcomes = await Promise.all(
      viewers.map(({ viewer, views }) => take(env, viewer, views)),
    );
    /** @type {{ taken: number, repeated: number, late: number, views: string[] }} */
    const counts = { taken: 0, repeated: 0, late: 0, views: [] };
    for (const outcome of outcomes) {
      if ("refusal" in outcome) return refusalResponse(outcome.refusal, CORS);
      counts.taken += outcome.taken;
      counts.repeated += outcome.repeated;
      counts.late += outcome.late;
      counts.views.push(...outcome.views);
    }
    return json({ ...counts, ...answer }, CORS);
  } catch (error) {
    return failureResponse(error, "the reports could not be read", CORS);
  }
}

/**
 * @param {import("./edge.js").EdgeEnv} env
 * @param {string} viewer
 * @param {import("./cmcd-sessions.js").Session[]} reports
 * @returns {Promise<import("./viewer.js").TakenReports>}
 */
async function take(env, viewer, reports) {
  try {
    return await viewerObject(env, viewer).takeReports(viewer, reports);
  } catch (error) {
    // What was committed is known when it comes again.
    console.error("the viewer object could not be reached:", error);
    return { refusal: UNAVAILABLE };
  }
}
