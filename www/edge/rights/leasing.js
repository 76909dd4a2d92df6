// @ts-check
// What stands between requests about devices and streams and the object of the viewer that keeps them.
import { decideTitles } from "usher/rights";
import { countryOf } from "../arrival.js";
import { callModule } from "../rights-module.js";
import { Refused, json } from "../refusal.js";
import { openedName, sealedName } from "../sealed-name.js";
import { viewerObject } from "../viewer-object.js";
import { CORS } from "../cors.js";
import { rightsHeld } from "./knowledge.js";
import { compiledRights, viewerRights } from "./session.js";

/** @typedef {import("../edge.js").EdgeEnv} EdgeEnv */
/** @typedef {import("../viewer/streams.js").Operation} Operation */
/** @typedef {import("../viewer/streams.js").Moved} Moved */
/** @typedef {import("../viewer/streams.js").Terms} Terms */
/** @typedef {import("../viewer/streams.js").Judged} Judged */
/** @typedef {import("../viewer/devices.js").DeviceRow} DeviceRow */
/** @typedef {import("../viewer/leases.js").LeaseRow} LeaseRow */
/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./settings.js").RightsSettings} RightsSettings */

/** An operator who registers a device is bound by no plan; the module still knows a limit. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/**
 * What holds for a step, by the settings and by what the viewer's plans give now.
 * @param {EdgeEnv} env
 * @param {ExecutionContext} ctx
 * @param {RightsSettings} settings
 * @param {Session | null} session null for an operator
 * @returns {Terms}
 */
export function termsOf(env, ctx, { lease_s, device_cooling_s }, session) {
  const spans = { lease_ms: lease_s * 1000, cooling_ms: device_cooling_s * 1000 };
  if (session === null) return { ...spans, device_limit: NO_LIMIT, stream_limit: NO_LIMIT };
  const rights = compiledRights(session, rightsHeld(env, ctx));
  const nowS = Math.floor(Date.now() / 1000);
  return callModule(() => ({
    ...spans,
    device_limit: rights.deviceLimit(nowS),
    stream_limit: rights.streamLimit(nowS),
  }));
}

/**
 * What is decided of a title without the limits, which the viewer's object judges in the step that keeps them.
 * Nothing is waited for in here.
 * @param {Request} request
 * @param {EdgeEnv} env
 * @param {ExecutionContext} ctx
 * @param {Session} session
 * @param {{ id: string, class: string }} device
 * @param {string} title
 * @returns {Judged}
 */
export function judged(request, env, ctx, session, device, title) {
  const { value: catalogue, version } = rightsHeld(env, ctx).catalogue;
  const circumstances = {
    country: countryOf(request, env) ?? undefined,
    device_class: /** @type {any} */ (device.class),
    device_id: device.id,
    now: Math.floor(Date.now() / 1000),
  };
  const rights = { ...viewerRights(session), devices: [device.id], open_streams: [] };
  const [decision] = callModule(() => decideTitles(catalogue, rights, circumstances, [title]));
  if (decision === undefined) throw new Error("nothing was decided");
  const { policyVersion: policy_version } = catalogue;
  const request_ = { ...circumstances, title };
  return { decision, input: { version, policy_version, jti: session.jti, request: request_ } };
}

/**
 * One step of the object of the viewer. Throws the refusal that it answers, and whatever happens when it cannot
 * be reached.
 * @param {EdgeEnv} env
 * @param {string} viewer
 * @param {Operation} operation
 * @returns {Promise<Moved>}
 */
export async function step(env, viewer, operation) {
  const moved = await asked(env, viewer, operation);
  if (!("refusal" in moved)) return moved;
  const { code, message, field } = moved.refusal;
  throw new Refused(code, message, field);
}

/**
 * @param {EdgeEnv} env
 * @param {string} viewer
 * @param {Operation} operation
 */
async function asked(env, viewer, operation) {
  try {
    return await viewerObject(env, viewer).streams(viewer, operation);
  } catch (error) {
    // An object that keeps nothing goes by itself, maybe just now; a step that is taken twice changes nothing more.
    if (/** @type {any} */ (error)?.durableObjectReset !== true) throw error;
    return viewerObject(env, viewer).streams(viewer, operation);
  }
}

/**
 * A refusal with what a page shows beside it.
 * @param {string} code
 * @param {string} message
 * @param {number} status
 * @param {object} more
 */
export function refusedWith(code, message, status, more) {
  return json({ code, message, field: null, ...more }, CORS, status);
}

/**
 * A device as it is told; times in UTC seconds.
 * @param {EdgeEnv} env
 * @param {DeviceRow} device
 */
export async function toldDevice(env, { id, class: kind, name, registered_ms, seen_ms, free_ms }) {
  return {
    id,
    class: kind,
    name: name === "" ? null : await openedName(env, name),
    registered_at: Math.floor(registered_ms / 1000),
    seen_at: Math.floor(seen_ms / 1000),
    // Of a removed one: when its slot is free.
    free_at: free_ms === null ? null : Math.ceil(free_ms / 1000),
  };
}

/**
 * The live streams, the oldest first, each with the name of its device.
 * @param {EdgeEnv} env
 * @param {Moved} moved
 */
export async function toldStreams(env, { leases, devices }) {
  const told = await Promise.all(devices.map((device) => toldDevice(env, device)));
  const names = new Map(told.map(({ id, name }) => [id, name]));
  return leases.map(({ stream, device, title, started_ms, until_ms }) => ({
    stream,
    device,
    device_name: names.get(device) ?? null,
    title,
    started_at: Math.floor(started_ms / 1000),
    expires_at: Math.ceil(until_ms / 1000),
  }));
}

/**
 * A device that comes, as the object takes it.
 * @param {EdgeEnv} env
 * @param {{ id: string, class: string }} device
 * @param {string | null} name
 */
export async function sealedDevice(env, { id, class: kind }, name) {
  return { id, class: kind, name: name === null ? null : await sealedName(env, name) };
}
