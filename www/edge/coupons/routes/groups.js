// @ts-check
import { readBody } from "../../body.js";
import { limitIn, nameIn, wholeIn } from "../../query.js";
import { json } from "../../refusal.js";
import { taken } from "../../store-answer.js";
import { directoryOf } from "../objects.js";

/** @typedef {import("../../coupons.js").Route} Route */

/** Bytes of the body of a group. */
const GROUP_BYTES_MAX = 4096;

/** @type {Route} */
export async function getGroups(_request, env, _name, query) {
  const after = wholeIn(query, "after");
  return json(taken(await directoryOf(env).groups(query.get("search"), after, limitIn(query))));
}

/** @type {Route} */
export async function postGroup(request, env) {
  const body = await readBody(request, GROUP_BYTES_MAX);
  return json(taken(await directoryOf(env).createGroup(body)), {}, 201);
}

/** @type {Route} */
export async function getGroup(_request, env, name) {
  return json(taken(await directoryOf(env).group(nameIn(name, "group"))));
}
