// @ts-check
import { askCentral } from "./central-api.js";
import { failureResponse } from "./failure.js";
import { actorOf, demandOperator, nameIn } from "./operator.js";
import { Refused, UNAVAILABLE, json, methodNotAllowed, refusalResponse } from "./refusal.js";
import { viewerObject } from "./viewer-object.js";

/** @typedef {import("./edge.js").EdgeEnv} EdgeEnv */
/** @typedef {import("./refusal.js").Refusal} Refusal */

/**
 * `DELETE /v1/viewers/{id}` forgets a viewer everywhere, `GET` tells everything that is held of one.
 * @param {Request} request
 * @param {EdgeEnv} env
 * @param {string} name as it stands in the path
 */
export function viewers(request, env, name) {
  const { method } = request;
  if (method !== "GET" && method !== "DELETE") return methodNotAllowed("GET, DELETE");
  return answered(request, env, name, method === "GET" ? exported : erased);
}

/**
 * `GET /v1/viewers/{id}/erasure`: how far the erasure of a viewer is.
 * @param {Request} request
 * @param {EdgeEnv} env
 * @param {string} name as it stands in the path
 */
export function viewerErasure(request, env, name) {
  if (request.method !== "GET") return methodNotAllowed("GET");
  return answered(request, env, name, async (viewer) =>
    progressResponse(viewer, await viewerObject(env, viewer).erasure(), 200),
  );
}

/**
 * @param {Request} request
 * @param {EdgeEnv} env
 * @param {string} name
 * @param {(viewer: string, actor: string, env: EdgeEnv) => Promise<Response>} answer
 */
async function answered(request, env, name, answer) {
  try {
    demandOperator(request, env);
    return await answer(nameIn(decoded(name), "viewer"), actorOf(request), env);
  } catch (error) {
    return failureResponse(error, "the viewer could not be looked after", {});
  }
}

/**
 * 200 when it is done everywhere; 202 while something is still to be done, which the object sees to.
 * @param {string} viewer
 * @param {string} actor
 * @param {EdgeEnv} env
 */
async function erased(viewer, actor, env) {
  return progressResponse(viewer, await viewerObject(env, viewer).erase(viewer, actor), 202);
}

/**
 * @param {string} viewer
 * @param {Awaited<ReturnType<import("./viewer.js").Viewer["erasure"]>>} progress
 * @param {number} statusUntilDone
 */
function progressResponse(viewer, progress, statusUntilDone) {
  if (progress === null) {
    throw new Refused("not_found", "the viewer was not erased, or longer ago than is known");
  }
  const isDone = progress.rollup && progress.centre;
  return json({ viewer, ...progress }, {}, isDone ? 200 : statusUntilDone);
}

/**
 * The centre notes who looked: without it nothing is shown, and half an export would pass for a whole one.
 * @param {string} viewer
 * @param {string} actor
 * @param {EdgeEnv} env
 */
async function exported(viewer, actor, env) {
  const path = `/v1/viewers/${encodeURIComponent(viewer)}`;
  const central = await fromCentral(env, path, actor);
  if (central === null) return refusalResponse(UNAVAILABLE);
  const object = viewerObject(env, viewer);
  const edge = await whole((after) => object.export(viewer, actor, after), "views");
  const rollup = await whole((after) => object.exportRolledUp(viewer, after), "records");
  const held = { viewer, exported_ms: Date.now(), edge, rollup, central };
  return json(held, { "content-disposition": 'attachment; filename="viewer.json"' });
}

/**
 * @param {EdgeEnv} env
 * @param {string} path
 * @param {string} actor
 * @returns {Promise<object | null>} null if there is none
 */
async function fromCentral(env, path, actor) {
  try {
    const answer = await askCentral(env, path, { headers: { "usher-actor": actor } });
    if (answer.ok) return await answer.json();
    await answer.body?.cancel();
    console.error(`the central API answered an export with ${answer.status}`);
  } catch (error) {
    console.error("the central API did not answer an export:", String(error));
  }
  return null;
}

/**
 * All parts of something, as one.
 * @param {(after: string) => Promise<any>} ask for a part, with the `next` of the one before
 * @param {string} list under which each part has its rows
 * @returns {Promise<object>}
 */
async function whole(ask, list) {
  const { next, ...all } = taken(await ask(""));
  for (let after = next; after !== null;) {
    const part = taken(await ask(after));
    all[list].push(...part[list]);
    after = part.next;
  }
  return all;
}

/** @param {any} part */
function taken(part) {
  if (!("refusal" in part)) return part;
  const { code, message, field } = part.refusal;
  throw new Refused(code, message, field);
}

/** @param {string} name */
function decoded(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    return null;
  }
}
