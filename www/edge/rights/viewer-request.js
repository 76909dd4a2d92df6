// @ts-check
import { CORS } from "../cors.js";
import { readText } from "../body.js";
import { demandOperator, nameIn } from "../operator.js";
import { admitAddress, admitViewer } from "../throttle.js";
import { objectIn, tokenIn, wrong } from "./decision-request.js";
import { rightsKnown } from "./knowledge.js";
import { sessionOf } from "./session.js";
import { rightsSettings } from "./settings.js";

/** @typedef {import("../edge.js").EdgeEnv} EdgeEnv */
/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./settings.js").RightsSettings} RightsSettings */

/** Bytes of the body of a request about devices or streams. */
const BODY_BYTES_MAX = 16 * 1024;

const METHODS_WITH_BODY = ["POST", "PUT"];

/** What a page of another origin may ask. */
export const PREFLIGHT = {
  ...CORS,
  "access-control-allow-methods": "GET, POST, PUT, DELETE",
  "access-control-allow-headers": "content-type, authorization",
  "access-control-max-age": "86400",
};

/**
 * Whose devices and streams are asked for, and by whom.
 * @typedef {object} ViewerRequest
 * @property {string} viewer
 * @property {Session | null} session of the viewer; null if an operator asks
 * @property {RightsSettings} settings
 * @property {any} body an object, of which only the given fields are there
 */

/**
 * What a viewer asks with an entitlement token, as `Authorization: Bearer` or as `token` in the body, or an
 * operator with the key and `?viewer=`.
 *
 * Throws the refusals of tokens and keys, `invalid_value`, `malformed_json`, `body_too_large`, `too_many_requests`
 * and `not_configured`.
 * @param {Request} request
 * @param {EdgeEnv} env
 * @param {ExecutionContext} ctx
 * @param {string[]} fields that the body may have beside `token`
 * @returns {Promise<ViewerRequest>}
 */
export async function viewerRequest(request, env, ctx, fields = []) {
  admitAddress(request, env);
  const viewer = new URL(request.url).searchParams.get("viewer");
  if (viewer !== null) demandOperator(request, env);
  const settings = rightsSettings(env);
  const hasBody = METHODS_WITH_BODY.includes(request.method);
  const text = hasBody ? await readText(request, BODY_BYTES_MAX) : "";
  const body = text === "" ? {} : objectIn(text);
  for (const field of Object.keys(body)) {
    if (field !== "token" && !fields.includes(field)) {
      throw wrong(field, `one of ${["token", ...fields].join(", ")}`);
    }
  }
  if (viewer !== null) return { viewer: nameIn(viewer, "viewer"), session: null, settings, body };
  const known = await rightsKnown(env, ctx);
  const session = await sessionOf(env, known, tokenIn(body, request, false));
  admitViewer(session.viewer, env);
  return { viewer: session.viewer, session, settings, body };
}
