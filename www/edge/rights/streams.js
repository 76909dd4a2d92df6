// @ts-check
import { CORS } from "../cors.js";
import { awayResponse } from "../failure.js";
import { nameIn } from "../operator.js";
import { nameIn as nameInPath } from "../query.js";
import { Refused, json, methodNotAllowed, refusalOf } from "../refusal.js";
import { Trapped } from "../module.js";
import { viewerObject } from "../viewer-object.js";
import { deviceIn, flagIn, wrong } from "./decision-request.js";
import {
  judged,
  refusedWith,
  sealedDevice,
  step,
  termsOf,
  toldDevice,
  toldStreams,
} from "./leasing.js";
import { checkMediaToken, mediaCookie, mediaPath, mintMediaToken } from "./media-token.js";
import { PREFLIGHT, viewerRequest } from "./viewer-request.js";

/** @typedef {import("../edge.js").EdgeEnv} EdgeEnv */
/** @typedef {import("../viewer/streams.js").Decision} Decision */
/** @typedef {import("../viewer/streams.js").Moved} Moved */
/** @typedef {import("../viewer/leases.js").LeaseRow} LeaseRow */
/** @typedef {import("./viewer-request.js").ViewerRequest} ViewerRequest */

/** @typedef {ViewerRequest & { session: import("./session.js").Session }} SessionRequest */

/** The reasons that somebody else's stream or device is, and that going away helps against. @type {Decision["reasons"]} */
const LIMITS = ["DEVICE_LIMIT", "STREAM_LIMIT"];

/**
 * `POST /v1/streams` `{ token, device, title, take_over? }` decides and starts a stream, `GET` lists those that live.
 * @param {Request} request
 * @param {EdgeEnv} env
 * @param {string} _name
 * @param {ExecutionContext} ctx
 */
export async function streams(request, env, _name, ctx) {
  const { method } = request;
  if (method === "OPTIONS") return new Response(null, { status: 204, headers: PREFLIGHT });
  if (method !== "GET" && method !== "POST") return methodNotAllowed("GET, POST, OPTIONS", CORS);
  return answered(() =>
    method === "GET" ? listed(request, env, ctx) : started(request, env, ctx),
  );
}

/**
 * `POST /v1/streams/{id}/heartbeat` `{ token, cat?, title? }` renews the lease and the media token, and decides again.
 * With the media token it has and its title a player goes on for a while though the viewer's object cannot be reached.
 * @param {Request} request
 * @param {EdgeEnv} env
 * @param {string} name
 * @param {ExecutionContext} ctx
 */
export async function heartbeat(request, env, name, ctx) {
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: PREFLIGHT });
  if (request.method !== "POST") return methodNotAllowed("POST, OPTIONS", CORS);
  return answered(() => renewed(request, env, ctx, nameInPath(name, "stream")));
}

/**
 * `POST /v1/streams/{id}/stop` `{ token }`: the slot is free at once.
 * @param {Request} request
 * @param {EdgeEnv} env
 * @param {string} name
 * @param {ExecutionContext} ctx
 */
export async function stop(request, env, name, ctx) {
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: PREFLIGHT });
  if (request.method !== "POST") return methodNotAllowed("POST, OPTIONS", CORS);
  return answered(async () => {
    const stream = nameInPath(name, "stream");
    const { viewer, session, settings } = await viewerRequest(request, env, ctx);
    const terms = termsOf(env, ctx, settings, session);
    const { lease } = await step(env, viewer, { step: "stop", terms, stream });
    if (lease === null) throw unknown(stream, null);
    const endedAt = Math.floor((lease.ended_ms ?? Date.now()) / 1000);
    return json({ stream, ended: lease.ended, ended_at: endedAt }, CORS);
  });
}

/**
 * @param {Request} request
 * @param {EdgeEnv} env
 * @param {ExecutionContext} ctx
 */
async function listed(request, env, ctx) {
  const { viewer, session, settings } = await viewerRequest(request, env, ctx);
  const terms = termsOf(env, ctx, settings, session);
  const moved = await step(env, viewer, { step: "look", terms });
  const limit = session && terms.stream_limit;
  return json({ streams: await toldStreams(env, moved), limit }, CORS);
}

/**
 * @param {Request} request
 * @param {EdgeEnv} env
 * @param {ExecutionContext} ctx
 */
async function started(request, env, ctx) {
  const asked = await viewerRequest(request, env, ctx, ["device", "title", "take_over"]);
  const { viewer, session, settings, body } = demandSession(asked);
  const given = deviceIn(body.device);
  const name = body.device.name == null ? null : nameIn(body.device.name, "device.name");
  const title = nameIn(body.title, "title");
  const takesOver = flagIn(body, "take_over");
  const device = await sealedDevice(env, given, name);
  const moved = await step(env, viewer, {
    step: "start",
    terms: termsOf(env, ctx, settings, session),
    device,
    title,
    takesOver,
    judged: judged(request, env, ctx, session, given, title),
  });
  const { decision, lease } = moved;
  if (decision === null) throw new Error("a start was not decided");
  if (lease === null) return refusedStart(env, decision, moved);
  return playing(request, env, asked, lease, decision, 201);
}

/**
 * @param {Request} request
 * @param {EdgeEnv} env
 * @param {ExecutionContext} ctx
 * @param {string} stream
 */
async function renewed(request, env, ctx, stream) {
  const asked = await viewerRequest(request, env, ctx, ["cat", "title"]);
  const { viewer, session, settings } = demandSession(asked);
  const terms = termsOf(env, ctx, settings, session);
  /** @type {Moved} */
  let moved;
  try {
    moved = await step(env, viewer, { step: "heartbeat", terms, stream });
  } catch (error) {
    if (refusalOf(error) !== null || error instanceof Trapped) throw error;
    console.error("a heartbeat did not reach the viewer's object:", error);
    return inGrace(request, env, { ...asked, session }, stream);
  }
  const { isDone, lease, device, decision: limited } = moved;
  if (limited !== null) return refusedStart(env, limited, moved);
  if (lease === null || !isDone || device === null) throw unknown(stream, lease);
  const again = judged(request, env, ctx, session, device, lease.title);
  if (again.decision.allow) return playing(request, env, asked, lease, again.decision, 200);
  await step(env, viewer, { step: "refuse", terms, stream, judged: again });
  return refusedStart(env, again.decision, moved);
}

/**
 * The media token for a stream that lives.
 * @param {Request} request
 * @param {EdgeEnv} env
 * @param {ViewerRequest} asked
 * @param {LeaseRow} lease
 * @param {Decision} decision
 * @param {number} status
 */
function playing(request, env, { viewer, settings }, lease, decision, status) {
  const { stream, title, until_ms } = lease;
  const nowS = Math.floor(Date.now() / 1000);
  const lastS = Number(decision.expires_at ?? Infinity);
  const expiresS = Math.min(nowS + settings.cat_life_s, lastS);
  const confirmedS = Math.floor(until_ms / 1000) - settings.lease_s;
  const object = String(viewerObject(env, viewer).id);
  const cat = mintMediaToken(env, settings, { stream, object, title, confirmedS }, expiresS);
  const answer = {
    stream,
    decision,
    cat,
    cat_expires_at: expiresS,
    media: mediaPath(title),
    heartbeat_s: settings.heartbeat_s,
    expires_at: Math.ceil(until_ms / 1000),
  };
  const cookie = mediaCookie(request, title, cat, expiresS - nowS);
  return json(answer, { ...CORS, "set-cookie": cookie }, status);
}

/**
 * A younger media token in the place of the one of before, though nobody renewed the lease: as long as RIGHTS says
 * after the lease's end, and no longer than the entitlement token.
 *
 * Throws `unavailable` without one of this stream, or when that time is over, and the refusals of media tokens.
 * @param {Request} request
 * @param {EdgeEnv} env
 * @param {SessionRequest} asked
 * @param {string} stream
 */
function inGrace(request, env, { viewer, session, settings, body }, stream) {
  if (body.cat === undefined || body.title === undefined) throw tooLate();
  if (typeof body.cat !== "string") throw wrong("cat", "a string");
  const title = nameIn(body.title, "title");
  const nowS = Math.floor(Date.now() / 1000);
  const { headers, url } = request;
  const media = new Request(new URL(`${mediaPath(title)}any`, url), { headers });
  const { cti, sub: object, iat } = checkMediaToken(env, settings, media, body.cat, nowS);
  if (cti !== stream || object !== String(viewerObject(env, viewer).id) || iat == null) {
    throw new Refused("token_scope", "expected the media token of this stream", "cat");
  }
  const leasedS = iat + settings.lease_s;
  const lastS = Math.min(leasedS + settings.lease_grace_s, session.expires);
  if (lastS <= nowS) throw tooLate();
  console.error(`stream \`${stream}\` goes on in its grace: its object is away`);
  const expiresS = Math.min(nowS + settings.cat_life_s, lastS);
  const of = { stream, object, title, confirmedS: iat };
  const cat = mintMediaToken(env, settings, of, expiresS);
  const answer = {
    ...{ stream, decision: null, cat, cat_expires_at: expiresS, media: mediaPath(title) },
    ...{ heartbeat_s: settings.heartbeat_s, expires_at: leasedS, grace_until: lastS },
  };
  const cookie = mediaCookie(request, title, cat, expiresS - nowS);
  return json(answer, { ...CORS, "set-cookie": cookie });
}

/**
 * What a page shows instead of a film: which reasons, and what could be ended to make room.
 * @param {EdgeEnv} env
 * @param {Decision} decision
 * @param {Moved} moved
 */
async function refusedStart(env, decision, moved) {
  const { reasons } = decision;
  const isLimit = reasons.every((reason) => LIMITS.includes(reason));
  if (!isLimit) {
    const message = `the title may not be watched: \`${reasons.join(", ")}\``;
    return refusedWith("not_entitled", message, 403, { decision });
  }
  const open_streams = await toldStreams(env, moved);
  if (!reasons.includes("DEVICE_LIMIT")) {
    const message = "as many other devices have a stream as the viewer's plans allow";
    return refusedWith("stream_limit", message, 409, { decision, open_streams });
  }
  const devices = await Promise.all(moved.devices.map((device) => toldDevice(env, device)));
  const message = "as many devices are registered as the viewer's plans allow";
  return refusedWith("device_limit", message, 409, { decision, open_streams, devices });
}

/**
 * @param {string} stream
 * @param {LeaseRow | null} lease what is known of it
 */
function unknown(stream, lease) {
  const why = lease?.ended ?? null;
  const message = why === null ? "there is no such stream" : `the stream is over: \`${why}\``;
  return new Refused("stream_unknown", message, why ?? "stream");
}

function tooLate() {
  return new Refused("unavailable", "the viewer's streams cannot be reached, try again");
}

/**
 * @param {ViewerRequest} asked
 * @returns {SessionRequest}
 */
function demandSession({ session, ...asked }) {
  if (session !== null) return { ...asked, session };
  throw new Refused("token_missing", "expected the entitlement token of a viewer", "token");
}

/** @param {() => Promise<Response>} answer */
async function answered(answer) {
  try {
    return await answer();
  } catch (error) {
    return awayResponse(error, "the streams of a viewer could not be reached", CORS);
  }
}
