// @ts-check
import { readBatchRequest } from "./batch-request.js";
import { Central } from "./central-store.js";
import { Trapped } from "./module.js";
import {
  INTERNAL,
  Refused,
  UNAVAILABLE,
  json,
  methodNotAllowed,
  refusalOf,
  refusalResponse,
} from "./refusal.js";

export { Central };

/**
 * @typedef {object} CentralEnv
 * @property {DurableObjectNamespace<Central>} CENTRAL
 */

/** Titles in one answer of `GET /v1/titles`. */
const TITLES_MAX = 1000;
const TITLES_DEFAULT = 100;

export default /** @satisfies {ExportedHandler<CentralEnv>} */ ({
  async fetch(request, env) {
    try {
      return await route(request, env);
    } catch (error) {
      if (error instanceof Trapped) return refusalResponse(INTERNAL);
      const refusal = refusalOf(error);
      if (refusal !== null) return refusalResponse(refusal);
      console.error("the central object could not be reached:", error);
      return refusalResponse(UNAVAILABLE);
    }
  },
});

/**
 * @param {Request} request
 * @param {CentralEnv} env
 */
async function route(request, env) {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === "/v1/batches") {
    if (request.method !== "POST") return methodNotAllowed("POST");
    return postBatch(request, env);
  }
  const [, view] = /^\/v1\/views\/([^/]*)$/.exec(pathname) ?? [];
  if (view === undefined && pathname !== "/v1/titles") {
    throw new Refused("not_found", "there is nothing at this path");
  }
  if (request.method !== "GET") return methodNotAllowed("GET");
  return view === undefined ? getTitles(searchParams, env) : getView(view, env);
}

/**
 * `POST /v1/batches`: everything is checked before the key is recorded.
 * @param {Request} request
 * @param {CentralEnv} env
 */
async function postBatch(request, env) {
  const { batch, digest, rows, records } = await readBatchRequest(request);
  const answer = await store(env).commit(batch, digest, rows, records);
  return "refusal" in answer ? refusalResponse(answer.refusal) : json(answer);
}

/**
 * @param {string} view
 * @param {CentralEnv} env
 */
async function getView(view, env) {
  if (!/^[0-9a-f]{32}$/.test(view)) {
    const given = view.slice(0, 40);
    throw new Refused("invalid_view", `\`${given}\` is not 32 lower-case hex digits`, "view");
  }
  const record = await store(env).view(view);
  if (record === null) throw new Refused("view_unknown", `view \`${view}\` is not known`, "view");
  return json(JSON.parse(record));
}

/**
 * @param {URLSearchParams} query
 * @param {CentralEnv} env
 */
async function getTitles(query, env) {
  const limit = query.get("limit") ?? String(TITLES_DEFAULT);
  if (!/^[1-9]\d{0,3}$/.test(limit) || Number(limit) > TITLES_MAX) {
    const given = limit.slice(0, 40);
    throw new Refused(
      "invalid_value",
      `limit \`${given}\` is not a number from 1 to ${TITLES_MAX}`,
      "limit",
    );
  }
  return json(await store(env).titles(query.get("after") ?? "", Number(limit)));
}

/** @param {CentralEnv} env */
function store(env) {
  return env.CENTRAL.getByName("central");
}
