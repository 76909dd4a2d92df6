// @ts-check
import { readBody } from "./body.js";
import { actorOf, demandOperator, nameIn } from "./operator.js";
import { failureResponse } from "./failure.js";
import { Refused, json, methodNotAllowed, refusalResponse } from "./refusal.js";
import { viewerObject } from "./viewer-object.js";

/** Bytes of the body of `POST /v1/quarantine/release`. */
const BODY_BYTES_MAX = 4 * 1024;

const ID = /^[0-9a-f]{32}$/;

/**
 * `GET /v1/quarantine?viewer=`: the states of a viewer that cannot be true, with the law that each breaks.
 * The look is noted.
 * @param {Request} request
 * @param {import("./edge.js").EdgeEnv} env
 */
export async function quarantine(request, env) {
  if (request.method !== "GET") return methodNotAllowed("GET");
  try {
    demandOperator(request, env);
    const viewer = nameIn(new URL(request.url).searchParams.get("viewer"), "viewer");
    const object = viewerObject(env, viewer);
    return answered(await object.quarantine(viewer, actorOf(request)));
  } catch (error) {
    return failureResponse(error, "the quarantine could not be read", {});
  }
}

/**
 * `POST /v1/quarantine/release` `{ viewer, view, producer }`: the state counts after all. It is noted.
 * @param {Request} request
 * @param {import("./edge.js").EdgeEnv} env
 */
export async function release(request, env) {
  if (request.method !== "POST") return methodNotAllowed("POST");
  try {
    demandOperator(request, env);
    const body = objectIn(await readBody(request, BODY_BYTES_MAX));
    const viewer = nameIn(body["viewer"], "viewer");
    const [view, producer] = [idIn(body, "view"), idIn(body, "producer")];
    const object = viewerObject(env, viewer);
    return answered(await object.release(viewer, view, producer, actorOf(request)));
  } catch (error) {
    return failureResponse(error, "the state could not be released", {});
  }
}

/** @param {object} answer of the object */
function answered(answer) {
  const { refusal } = /** @type {{ refusal?: import("./refusal.js").Refusal }} */ (answer);
  return refusal === undefined ? json(answer) : refusalResponse(refusal);
}

/**
 * @param {Uint8Array} body
 * @returns {Record<string, unknown>}
 */
function objectIn(body) {
  try {
    const value = JSON.parse(new TextDecoder().decode(body));
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Told below.
  }
  throw new Refused("malformed_json", "expected a JSON object");
}

/**
 * @param {Record<string, unknown>} body
 * @param {string} field
 */
function idIn(body, field) {
  const value = body[field];
  if (typeof value === "string" && ID.test(value)) return value;
  throw new Refused("invalid_value", "expected 32 lower-case hexadecimal digits", field);
}
