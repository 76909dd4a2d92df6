// @ts-check
import { limitIn, nameIn } from "../../query.js";
import { Refused, json } from "../../refusal.js";
import { taken } from "../../store-answer.js";
import { ACCOUNT_SHARDS, accountsAt, catalogueOf } from "../objects.js";
import { etagOf, expectedOf } from "../revision.js";
import { actorOf, objectIn } from "../written.js";

/** @typedef {import("../../catalogue.js").Route} Route */
/** @typedef {import("../../catalogue.js").CatalogueEnv} CatalogueEnv */
/** @typedef {import("../document.js").Json} Json */

/** Bytes of a plan. */
const PLAN_BYTES_MAX = 64 * 1024;

/** Bytes of a policy with all its plans. */
const POLICY_BYTES_MAX = 1024 * 1024;

/** @type {Route} */
export async function getPlans(_request, env, _name, query) {
  return json(taken(await catalogueOf(env).plans(query.get("after"), limitIn(query))));
}

/** @type {Route} */
export async function getPlan(_request, env, name) {
  const plan = taken(await catalogueOf(env).plan(nameIn(name, "plan")));
  return json(plan, etagOf(plan.revision));
}

/** @type {Route} */
export async function putPlan(request, env, name) {
  const id = nameIn(name, "plan");
  const plan = planIn(await objectIn(request, PLAN_BYTES_MAX), id);
  const expected = expectedOf(request);
  const put = taken(await catalogueOf(env).putPlan(id, plan, actorOf(request), expected));
  return json(put.plan, etagOf(put.plan.revision), put.isNew ? 201 : 200);
}

/**
 * `DELETE /v1/plans/{id}`: refused while a grant that is not over uses it, or another plan includes it.
 * @type {Route}
 */
export async function deletePlan(request, env, name) {
  const id = nameIn(name, "plan");
  const expected = expectedOf(request);
  const catalogue = catalogueOf(env);
  taken(await catalogue.plan(id));
  await demandUnused(env, [id]);
  taken(await catalogue.deletePlan(id, expected));
  return new Response(null, { status: 204 });
}

/** @type {Route} */
export async function getPolicy(_request, env) {
  const policy = taken(await catalogueOf(env).policy());
  return json(policy, etagOf(policy.revision));
}

/**
 * `PUT /v1/catalogue/policy`; with `plans` they take the place of all plans.
 * @type {Route}
 */
export async function putPolicy(request, env) {
  const written = await objectIn(request, POLICY_BYTES_MAX);
  const { plans, revision, changed_ms, changed_by, ...policy } = written;
  const catalogue = catalogueOf(env);
  const given = plans === undefined ? null : plansIn(plans);
  if (given !== null) {
    const { ids } = taken(await catalogue.plansMissingIn(given.map(({ id }) => String(id))));
    await demandUnused(env, ids);
  }
  const expected = expectedOf(request);
  const put = taken(await catalogue.putPolicy(policy, given, actorOf(request), expected));
  return json(put, etagOf(put.revision));
}

/**
 * @param {CatalogueEnv} env
 * @param {string[]} plans
 */
async function demandUnused(env, plans) {
  if (plans.length === 0) return;
  const shards = Array.from({ length: ACCOUNT_SHARDS }, (_, shard) => accountsAt(env, shard));
  const used = (await Promise.all(shards.map((shard) => shard.plansUsed(plans)))).flat();
  const [first] = used;
  if (first === undefined) return;
  const grants = used.reduce((sum, each) => sum + (each.plan === first.plan ? each.grants : 0), 0);
  const message = `plan \`${first.plan}\` is used by \`${grants}\` grants that are not over, expected none`;
  throw new Refused("plan_in_use", message, "plan");
}

/**
 * @param {Record<string, unknown>} written
 * @param {string} id
 * @returns {Json}
 */
function planIn({ id: given, revision, changed_ms, changed_by, ...plan }, id) {
  if (given === undefined || given === id) return { id, ...plan };
  throw new Refused("invalid_value", `expected \`${id}\`, as in the path`, "id");
}

/**
 * @param {unknown} plans
 * @returns {Json[]}
 */
function plansIn(plans) {
  const isList =
    Array.isArray(plans) && plans.every((plan) => typeof plan === "object" && plan !== null);
  if (!isList) throw new Refused("wrong_type", "expected a list of plans", "plans");
  return plans.map(({ revision, changed_ms, changed_by, ...plan }) => plan);
}
