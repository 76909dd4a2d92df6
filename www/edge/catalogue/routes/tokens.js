// @ts-check
import { signEntitlementToken } from "usher/rights";
import { newId } from "../../coupons/identifier.js";
import { readBody } from "../../body.js";
import { nameIn } from "../../query.js";
import { Refused, json } from "../../refusal.js";
import { signersOf } from "../../signing.js";
import { taken } from "../../store-answer.js";
import { TOKEN_SECONDS_MAX } from "../account/revocations.js";
import { accountsOf } from "../objects.js";
import { demandEmpty, parsed, textIn, wholeIn, wordIn } from "../written.js";

/** @typedef {import("../../catalogue.js").Route} Route */
/** @typedef {import("../account/grants.js").Grant} Grant */

/** Bytes of a token. */
export const TOKEN_BYTES_MAX = 4096;

/** How long a token lives that nobody says anything else of. */
const TOKEN_SECONDS = 3600;

/** How long grants that are over are told, so that a decision can say that they are. */
const ENDED_SECONDS = 30 * 24 * 3600;

/** Devices in a token; the module takes no more. */
const DEVICES_MAX = 64;

/** Bytes of the body of `POST /v1/accounts/{viewer}/tokens`. */
const BODY_BYTES_MAX = 16 * 1024;

const AUDIENCE = "usher";

/**
 * `GET /v1/accounts/{viewer}/rights`: what a decision wants to know of the viewer, without devices and streams, which
 * the edge knows.
 * @type {Route}
 */
export async function getRights(_request, env, name) {
  const { epoch, ...rights } = await rightsOf(env, nameIn(name, "viewer"), nowSeconds());
  return json({ ...rights, devices: [], open_streams: [] });
}

/**
 * `POST /v1/accounts/{viewer}/tokens` `{ lifetime_s?, alg?, devices? }`: a session token with what the viewer holds.
 * If not all of it fits, what is over is left out first, then what is to come, then the oldest of the rest, titles
 * before plans; `left_out` says how many.
 * @type {Route}
 */
export async function postToken(request, env, name) {
  const viewer = nameIn(name, "viewer");
  const body = await readBody(request, BODY_BYTES_MAX);
  const { lifetime_s, alg, devices, ...rest } = body.byteLength === 0 ? {} : parsed(body);
  demandEmpty(rest);
  const lifetime = wholeIn(lifetime_s, "lifetime_s", 1, TOKEN_SECONDS_MAX) ?? TOKEN_SECONDS;
  const signer = await signerIn(env, alg);
  const known = devicesIn(devices);
  const iat = nowSeconds();
  const { account, max_rating, grants, epoch } = await rightsOf(env, viewer, iat);
  const exp = iat + lifetime;
  const claims = { iss: env.TENANT, aud: AUDIENCE, sub: viewer, iat, exp, jti: newId(), epoch };
  const ent = { account, max_rating, grants, devices: known };
  for (let count = grants.length; count >= 0; count -= 1) {
    const held = { ...ent, grants: grants.slice(0, count) };
    const token = await signEntitlementToken({ ...claims, ent: held }, signer);
    if (token.length > TOKEN_BYTES_MAX) continue;
    const left_out = grants.length - count;
    return json({ token, expires_at: exp, grants: count, left_out }, {}, 201);
  }
  const text = `the devices alone make the token larger than ${TOKEN_BYTES_MAX} bytes`;
  throw new Refused("body_too_large", text, "devices");
}

/**
 * @param {import("../../catalogue.js").CatalogueEnv} env
 * @param {string} viewer
 * @param {number} now
 */
async function rightsOf(env, viewer, now) {
  return taken(await accountsOf(env, viewer).rights(viewer, now, now - ENDED_SECONDS));
}

/**
 * The first key, or the first that signs as it was asked for.
 * @param {import("../../catalogue.js").CatalogueEnv} env
 * @param {unknown} alg
 */
async function signerIn(env, alg) {
  const signers = await signersOf("ENTITLEMENT_SIGNING_KEYS", env.ENTITLEMENT_SIGNING_KEYS);
  const wanted = alg === undefined || alg === null ? null : wordIn(alg, "alg", ["EdDSA", "ES256"]);
  const signer = signers.find((each) => wanted === null || each.alg === wanted);
  if (signer !== undefined) return signer;
  throw new Refused("not_configured", `\`ENTITLEMENT_SIGNING_KEYS\` has no key for \`${wanted}\``);
}

/** @param {unknown} given */
function devicesIn(given) {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) throw new Refused("wrong_type", "expected a list", "devices");
  if (given.length > DEVICES_MAX) {
    const message = `\`${given.length}\` found, expected at most ${DEVICES_MAX}`;
    throw new Refused("too_many", message, "devices");
  }
  return given.map((device, place) => textIn(device, `devices[${place}]`));
}

function nowSeconds() {
  return Math.floor(Date.now() / 1000);
}
