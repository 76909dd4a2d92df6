// @ts-check
import { limitIn, wholeIn as wholeInQuery } from "../../query.js";
import { Refused, json } from "../../refusal.js";
import { publicKeysOf, signedBytes, signerOf } from "../../signing.js";
import { digestOf } from "../../statement.js";
import { taken } from "../../store-answer.js";
import { DENIED_KINDS } from "../deny-list.js";
import { catalogueOf } from "../objects.js";
import { actorOf, demandEmpty, objectIn, textIn, wholeIn, wordIn } from "../written.js";

/** @typedef {import("../../catalogue.js").Route} Route */

/** Bytes of the body of `POST /v1/deny-list`. */
const DENIAL_BYTES_MAX = 4096;

/** The longest that something is denied: tokens live for a day; a year is for a leaked key of somebody's own. */
const DENIED_SECONDS_MAX = 366 * 24 * 3600;

/**
 * `GET /v1/keyset`: the public halves of the keys that sign entitlement tokens; signed.
 * @type {Route}
 */
export async function getKeyset(request, env) {
  const madeMs = Date.now();
  const keys = await publicKeysOf("ENTITLEMENT_SIGNING_KEYS", env.ENTITLEMENT_SIGNING_KEYS);
  const digest = await digestOf(new TextEncoder().encode(JSON.stringify(keys)));
  const version = await catalogueOf(env).keysetVersion(digest);
  return signed(request, env, "keyset", { version, keys }, madeMs);
}

/**
 * `GET /v1/deny-list`; signed.
 * @type {Route}
 */
export async function getDenyList(request, env) {
  const madeMs = Date.now();
  return signed(request, env, "deny-list", await catalogueOf(env).denyList(), madeMs);
}

/** @type {Route} */
export async function getDenied(_request, env, _name, query) {
  const after = wholeInQuery(query, "after");
  return json(taken(await catalogueOf(env).denied(after, limitIn(query))));
}

/**
 * `POST /v1/deny-list` `{ kind, value, until, epoch? }`: an entry of the same kind and value becomes the stricter of
 * both.
 * @type {Route}
 */
export async function postDenial(request, env) {
  const { kind: given, value, until, epoch, ...rest } = await objectIn(request, DENIAL_BYTES_MAX);
  demandEmpty(rest);
  const kind = wordIn(given, "kind", DENIED_KINDS);
  const now = Math.floor(Date.now() / 1000);
  const end = wholeIn(until, "until", now + 1, now + DENIED_SECONDS_MAX);
  if (end === null) throw new Refused("missing_field", "expected `until`, in seconds", "until");
  const below = wholeIn(epoch, "epoch", 0, Number.MAX_SAFE_INTEGER);
  if ((kind === "epoch") !== (below !== null)) {
    const message = "expected the epoch of an entry of kind `epoch`, and of no other";
    throw new Refused(below === null ? "missing_field" : "invalid_value", message, "epoch");
  }
  const denial = { kind, value: textIn(value, "value"), epoch: below, until: end };
  const { entry } = taken(await catalogueOf(env).deny(denial, actorOf(request)));
  return json(entry, {}, 201);
}

/** @type {Route} */
export async function deleteDenial(_request, env, name) {
  if (!/^\d{1,15}$/.test(name)) {
    throw new Refused("entry_unknown", `entry \`${name.slice(0, 40)}\` is not known`, "entry");
  }
  taken(await catalogueOf(env).undeny(Number(name)));
  return new Response(null, { status: 204 });
}

/**
 * @param {Request} request
 * @param {import("../../catalogue.js").CatalogueEnv} env
 * @param {string} subject
 * @param {{ version: number, keys?: object[], entries?: object[] }} document
 * @param {number} madeMs
 */
async function signed(request, env, subject, document, madeMs) {
  const signer = await signerOf("CATALOGUE_SIGNING_KEY", env.CATALOGUE_SIGNING_KEY);
  const { version } = document;
  const body = new TextEncoder().encode(JSON.stringify(document));
  const said = { subject, tenant: env.TENANT, version, type: "application/json", body };
  return signedBytes(request, signer, said, madeMs);
}
