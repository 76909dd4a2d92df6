// @ts-check
import { CORS } from "../cors.js";
import { awayResponse } from "../failure.js";
import { nameIn } from "../operator.js";
import { nameIn as nameInPath } from "../query.js";
import { Refused, json, methodNotAllowed } from "../refusal.js";
import { deviceIn } from "./decision-request.js";
import { refusedWith, sealedDevice, step, termsOf, toldDevice, toldStreams } from "./leasing.js";
import { PREFLIGHT, viewerRequest } from "./viewer-request.js";

/** @typedef {import("../edge.js").EdgeEnv} EdgeEnv */

/** What is told when a device has no room. */
const NO_ROOM = "as many devices are registered as the viewer's plans allow";

/**
 * `GET /v1/devices`: the devices that have a slot, and how many there are.
 * @param {Request} request
 * @param {EdgeEnv} env
 * @param {string} _name
 * @param {ExecutionContext} ctx
 */
export async function devices(request, env, _name, ctx) {
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: PREFLIGHT });
  if (request.method !== "GET") return methodNotAllowed("GET, OPTIONS", CORS);
  return answered(async () => {
    const { viewer, session, settings } = await viewerRequest(request, env, ctx);
    const terms = termsOf(env, ctx, settings, session);
    const moved = await step(env, viewer, { step: "look", terms });
    const told = await Promise.all(moved.devices.map((device) => toldDevice(env, device)));
    return json({ devices: told, limit: session && terms.device_limit }, CORS);
  });
}

/**
 * `PUT /v1/devices/{id}` `{ class, name? }` registers a device or names it anew; `DELETE` removes it, and tells when
 * its slot is free again.
 * @param {Request} request
 * @param {EdgeEnv} env
 * @param {string} name
 * @param {ExecutionContext} ctx
 */
export async function device(request, env, name, ctx) {
  const { method } = request;
  if (method === "OPTIONS") return new Response(null, { status: 204, headers: PREFLIGHT });
  if (method !== "PUT" && method !== "DELETE")
    return methodNotAllowed("PUT, DELETE, OPTIONS", CORS);
  return answered(() => {
    const id = nameInPath(name, "device");
    return method === "PUT" ? registered(request, env, ctx, id) : removed(request, env, ctx, id);
  });
}

/**
 * @param {Request} request
 * @param {EdgeEnv} env
 * @param {ExecutionContext} ctx
 * @param {string} id
 */
async function registered(request, env, ctx, id) {
  const asked = await viewerRequest(request, env, ctx, ["class", "name"]);
  const { viewer, session, settings, body } = asked;
  const { class: kind } = deviceIn({ id, class: body.class });
  const name = body.name == null ? null : nameIn(body.name, "name");
  const terms = termsOf(env, ctx, settings, session);
  const device = await sealedDevice(env, { id, class: kind }, name);
  // What was waited for may have replaced the catalogue: the terms are plain numbers.
  const moved = await step(env, viewer, { step: "register", terms, device });
  if (moved.isDone && moved.device !== null) {
    return json(await toldDevice(env, moved.device), CORS, moved.isNew ? 201 : 200);
  }
  const told = await Promise.all(moved.devices.map((one) => toldDevice(env, one)));
  const more = { devices: told, open_streams: await toldStreams(env, moved) };
  return refusedWith("device_limit", NO_ROOM, 409, more);
}

/**
 * @param {Request} request
 * @param {EdgeEnv} env
 * @param {ExecutionContext} ctx
 * @param {string} id
 */
async function removed(request, env, ctx, id) {
  const { viewer, session, settings } = await viewerRequest(request, env, ctx);
  const terms = termsOf(env, ctx, settings, session);
  const { isDone, device: row } = await step(env, viewer, { step: "remove", terms, id });
  // Again, because the answer was lost: it is removed.
  if (!isDone && row === null) {
    throw new Refused("device_unknown", `no device \`${id}\` is registered`, "device");
  }
  const freeAt = row === null ? Date.now() : (row.free_ms ?? Date.now());
  return json({ id, removed: true, free_at: Math.ceil(freeAt / 1000) }, CORS);
}

/** @param {() => Promise<Response>} answer */
async function answered(answer) {
  try {
    return await answer();
  } catch (error) {
    return awayResponse(error, "the devices of a viewer could not be reached", CORS);
  }
}
