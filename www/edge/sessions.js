// @ts-check
import { issueSession } from "usher/edge";
import { arrivalOf } from "./arrival.js";
import { readBody } from "./body.js";
import { callModule } from "./edge-module.js";
import { failureResponse } from "./failure.js";
import { demandOperator } from "./operator.js";
import { json, methodNotAllowed } from "./refusal.js";

/** Bytes of the body of `POST /v1/sessions`; the module keeps the same limit. */
const BODY_BYTES_MAX = 16 * 1024;

/**
 * `POST /v1/sessions` `{ viewer, titles?, lifetime_seconds? }`: a session token, for the operator's
 * backend to give to a page.
 * @param {Request} request
 * @param {import("./edge.js").EdgeEnv} env
 */
export async function sessions(request, env) {
  if (request.method !== "POST") return methodNotAllowed("POST");
  try {
    demandOperator(request, env);
    const body = await readBody(request, BODY_BYTES_MAX);
    return json(callModule(() => issueSession(body, arrivalOf(request, env))));
  } catch (error) {
    return failureResponse(error, "the session could not be issued", {});
  }
}
