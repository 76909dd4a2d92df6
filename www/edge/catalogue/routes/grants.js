// @ts-check
import { couponGrant } from "usher/office";
import { groupAt } from "../../coupons/objects.js";
import { newId } from "../../coupons/identifier.js";
import { idempotencyKeyOf } from "../../idempotency-key.js";
import { callModule } from "../../office-module.js";
import { limitIn, nameIn, wholeIn as wholeInQuery } from "../../query.js";
import { Refused, json } from "../../refusal.js";
import { digestOf } from "../../statement.js";
import { taken } from "../../store-answer.js";
import { checkGrant } from "../account/rights.js";
import { accountsOf, catalogueOf } from "../objects.js";
import { actorOf, demandEmpty, objectIn, textIn, wholeIn } from "../written.js";

/** @typedef {import("../../catalogue.js").Route} Route */
/** @typedef {import("../../catalogue.js").CatalogueEnv} CatalogueEnv */
/** @typedef {import("../account/grants.js").Grant} Grant */

/** Bytes of the body of a grant. */
const GRANT_BYTES_MAX = 4096;

/** Letters of base64url of an id that is made of a key: 132 bits. */
const KEYED_ID_LENGTH = 22;

/** Of a redemption: its group, the shard of that, and what the object knows it by. */
const REDEMPTION = /^([A-Za-z0-9_-]{1,64})\.(\d{1,2})\.([0-9a-z]{16})$/;

/** @type {Route} */
export async function getGrants(_request, env, name, query) {
  const viewer = nameIn(name, "viewer");
  const after = wholeInQuery(query, "after");
  return json(taken(await accountsOf(env, viewer).grants(viewer, after, limitIn(query))));
}

/** @type {Route} */
export async function getGrant(_request, env, name, _query, id) {
  const viewer = nameIn(name, "viewer");
  return json(taken(await accountsOf(env, viewer).grant(viewer, nameIn(id, "grant"))));
}

/** @type {Route} */
export async function deleteGrant(request, env, name, _query, id) {
  const [viewer, grant] = [nameIn(name, "viewer"), nameIn(id, "grant")];
  taken(await accountsOf(env, viewer).deleteGrant(viewer, grant, actorOf(request)));
  return new Response(null, { status: 204 });
}

/**
 * `POST /v1/accounts/{viewer}/grants`: a grant, or `{ redemption, group }` for what a redeemed coupon gives. The same
 * one again changes nothing: a grant by its id or its `Idempotency-Key`, a redemption for ever.
 * @type {Route}
 */
export async function postGrant(request, env, name) {
  const viewer = nameIn(name, "viewer");
  const written = await objectIn(request, GRANT_BYTES_MAX);
  const { grant, redemption } =
    "redemption" in written
      ? await redeemedGrant(env, viewer, written)
      : { grant: await writtenGrant(env, written, await newGrantId(request)), redemption: null };
  const accounts = accountsOf(env, viewer);
  const added = taken(await accounts.addGrant(viewer, grant, redemption, actorOf(request)));
  return json(added.grant, {}, added.isNew ? 201 : 200);
}

/**
 * @param {CatalogueEnv} env
 * @param {Record<string, unknown>} written
 * @param {string} keyed the id of one that comes without
 */
async function writtenGrant(env, written, keyed) {
  const {
    id = keyed,
    kind,
    plan,
    title,
    from,
    to,
    play_window_s,
    first_play_at,
    ...rest
  } = written;
  demandEmpty(rest);
  const given = { kind, plan, title, from, to: to ?? null, play_window_s, first_play_at };
  const named = { id: textIn(id, "id"), ...given };
  const told = Object.entries(named).filter(([name, value]) => {
    return name === "to" || (value !== undefined && value !== null);
  });
  const grant = /** @type {Grant} */ (/** @type {unknown} */ (Object.fromEntries(told)));
  checkGrant({ ...grant });
  if (grant.to !== null && grant.to <= grant.from) {
    const message = `\`${grant.to}\`, expected an end after \`from\``;
    throw new Refused("invalid_value", message, "to");
  }
  await demandKnown(env, grant);
  return grant;
}

/**
 * @param {CatalogueEnv} env
 * @param {string} viewer
 * @param {Record<string, unknown>} written
 */
async function redeemedGrant(env, viewer, { redemption: given, group: named, ...rest }) {
  demandEmpty(rest);
  const redemption = textIn(given, "redemption");
  const [, group, shard, id] = REDEMPTION.exec(redemption) ?? [];
  const isOf = named === undefined || named === group;
  const found =
    group === undefined || id === undefined || !isOf
      ? null
      : await groupAt(env, group, Number(shard)).get(id);
  if (found === null) {
    const message = `redemption \`${redemption}\` is not known`;
    throw new Refused("redemption_unknown", message, "redemption");
  }
  const { plan, title, from, to } = callModule(() => couponGrant(viewer, found));
  /** @type {Grant} */
  const grant = {
    id: `coupon:${redemption}`,
    kind: "coupon",
    ...(plan === null ? {} : { plan }),
    ...(title === null ? {} : { title }),
    from: Number(from),
    to: wholeIn(to, "to", 0, Number.MAX_SAFE_INTEGER),
  };
  checkGrant({ ...grant });
  await demandKnown(env, grant);
  return { grant, redemption };
}

/**
 * With an `Idempotency-Key` always the same id, so that what is sent again is one grant.
 * @param {Request} request
 */
async function newGrantId(request) {
  const key = idempotencyKeyOf(request);
  if (key === null) return newId();
  return (await digestOf(new TextEncoder().encode(key))).slice(0, KEYED_ID_LENGTH);
}

/**
 * Refuses a grant of what is not in the catalogue, in whatever state: it would give nothing.
 * @param {CatalogueEnv} env
 * @param {Grant} grant
 */
async function demandKnown(env, { plan, title }) {
  const knows = taken(await catalogueOf(env).knows(plan ?? null, title ?? null));
  if (!knows.plan) throw new Refused("plan_unknown", `plan \`${plan}\` is not known`, "plan");
  if (!knows.title) throw new Refused("title_unknown", `title \`${title}\` is not known`, "title");
}
