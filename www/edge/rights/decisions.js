// @ts-check
import { countryOf } from "../arrival.js";
import { CORS } from "../cors.js";
import { awayResponse } from "../failure.js";
import { JSON_HEADERS, methodNotAllowed } from "../refusal.js";
import { admitAddress } from "../throttle.js";
import { askedDecisions } from "./decision-request.js";
import { decideCompiled, decideGiven, decideWhole, explained } from "./decide.js";
import { decisionReceipt } from "./decision-receipt.js";
import { rightsHeld, rightsKnown } from "./knowledge.js";
import { step } from "./leasing.js";
import { sessionOf, viewerRights } from "./session.js";
import { rightsSettings } from "./settings.js";

/** @typedef {import("../edge.js").EdgeEnv} EdgeEnv */
/** @typedef {import("./decision-request.js").Asked} Asked */
/** @typedef {import("./session.js").Session} Session */

const PREFLIGHT = {
  ...CORS,
  "access-control-allow-methods": "POST",
  "access-control-allow-headers": "content-type, authorization",
  "access-control-max-age": "86400",
};

/** Made once: headers that are an object of the host are taken as they are. */
const ANSWER = {
  headers: new Headers({ ...CORS, ...JSON_HEADERS, "content-type": "application/json" }),
};

/**
 * `POST /v1/decisions` `{ token, device, titles | catalogue, live?, explain?, receipt? }`: what the viewer of an
 * entitlement token may watch, with every reason. An operator may say the viewer, the country and the time.
 * @param {Request} request
 * @param {EdgeEnv} env
 * @param {string} _name
 * @param {ExecutionContext} ctx
 */
export async function decisions(request, env, _name, ctx) {
  if (request.method === "OPTIONS") {
    return new Response(null, { status: 204, headers: PREFLIGHT });
  }
  if (request.method !== "POST") return methodNotAllowed("POST, OPTIONS", CORS);
  try {
    admitAddress(request, env);
    const asked = await askedDecisions(request, env);
    const session = await sessionAsked(env, ctx, asked);
    const live = asked.isLive && session !== null ? await liveRights(env, session) : null;
    const { input, head, decided } = decide(request, env, ctx, asked, session, live);
    const receipt = asked.hasReceipt ? await decisionReceipt(env, input, head, decided) : {};
    return new Response(JSON.stringify({ ...head, ...decided, ...receipt }), ANSWER);
  } catch (error) {
    return awayResponse(error, "nothing could be decided", CORS);
  }
}

/**
 * Who shows a token; null if an operator says who is meant. What is known already is not waited for.
 * @param {EdgeEnv} env
 * @param {ExecutionContext} ctx
 * @param {Asked} asked
 * @returns {Session | null | Promise<Session | null>}
 */
function sessionAsked(env, ctx, { viewer, token }) {
  const known = rightsKnown(env, ctx);
  if (known instanceof Promise) {
    return known.then((loaded) => (viewer === undefined ? sessionOf(env, loaded, token) : null));
  }
  return viewer === undefined ? sessionOf(env, known, token) : null;
}

/**
 * What the object of the viewer knows: devices that have a slot, and streams that go on.
 * @param {EdgeEnv} env
 * @param {Session} session
 */
async function liveRights(env, { viewer }) {
  const { lease_s, device_cooling_s } = rightsSettings(env);
  // Nothing is begun: no limit is asked for.
  const limits = { device_limit: 0, stream_limit: 0 };
  const terms = { lease_ms: lease_s * 1000, cooling_ms: device_cooling_s * 1000, ...limits };
  const looked = await step(env, viewer, { step: "look", terms });
  return {
    devices: looked.devices.map(({ id }) => id),
    open_streams: looked.leases.map(streamOf),
  };
}

/** @param {import("../viewer/leases.js").LeaseRow} lease */
function streamOf({ device, until_ms }) {
  return { device, until: Math.ceil(until_ms / 1000) };
}

/**
 * Nothing is waited for in here: the catalogue is the one that is held now.
 * @param {Request} request
 * @param {EdgeEnv} env
 * @param {ExecutionContext} ctx
 * @param {Asked} asked
 * @param {Session | null} session
 * @param {{ devices: string[], open_streams: object[] } | null} live
 */
function decide(request, env, ctx, asked, session, live) {
  const known = rightsHeld(env, ctx);
  const { country, device, now, titles, viewer: given, isWhole, isExplained } = asked;
  const circumstances = {
    // What is not said is not known.
    country: (country === undefined ? countryOf(request, env) : country) ?? undefined,
    device_class: device.class,
    device_id: device.id,
    now: now ?? Math.floor(Date.now() / 1000),
  };
  const viewer = session === null ? given : { ...viewerRights(session), ...live };
  const { version, value: catalogue } = known.catalogue;
  const head = {
    version,
    policy_version: catalogue.policyVersion,
    judged: judgedBy(session, live),
  };
  const input = { viewer, ...circumstances, titles };
  if (isWhole) return { input, head, decided: decideWhole(catalogue, viewer, circumstances) };
  if (isExplained) {
    const decisions = explained(catalogue, viewer, circumstances, titles);
    return { input, head, decided: { decisions } };
  }
  const decisions =
    session === null || live !== null
      ? decideGiven(catalogue, viewer, circumstances, titles)
      : decideCompiled(known, session, circumstances, titles);
  return { input, head, decided: { decisions } };
}

/**
 * @param {Session | null} session
 * @param {object | null} live
 */
function judgedBy(session, live) {
  if (session === null) return { devices: "given", streams: "given" };
  if (live !== null) return { devices: "viewer", streams: "viewer" };
  return { devices: "token", streams: "none" };
}
