// @ts-check
import { readAuditRequest } from "usher/office";
import { readBatchRequest, senderOf } from "./batch-request.js";
import { readBody } from "./body.js";
import { demandSender, operators } from "./central/guard.js";
import { shardIn, windowsIn } from "./central/query.js";
import { Central } from "./central-store.js";
import { answerBy } from "./routes.js";
import { callModule } from "./office-module.js";
import { limitIn, nameIn, wholeIn } from "./query.js";
import { Refused, json, refusalOf } from "./refusal.js";
import { taken } from "./store-answer.js";

export { Central };

/**
 * @typedef {object} CentralEnv
 * @property {DurableObjectNamespace<Central>} CENTRAL
 * @property {string | null} [OPERATOR_KEY] of an operator's own programs; unset, nothing is shown
 * @property {string | null} [BATCH_KEY] of senders of batches; unset, anybody may send
 * @property {string | null} [TENANT_KEY] under which viewers are known; unset, the store makes one
 * @property {string | null} [SESSION_KEYS] of the edge, for the audit log: only their names are read
 * @property {string | null} [UNSIGNED_VIEWS] of the edge, for the audit log
 * @property {string | null} [SINKS] of the edge, for the audit log: only their names are read
 */

/** @typedef {import("./routes.js").Route<CentralEnv>} Route */

/** Bytes of the body of `POST /v1/audit`. */
const ENTRY_BYTES_MAX = 16 * 1024;

/** Records of a viewer that are read at once. */
const VIEWS_PER_PART = 500;

/** @type {import("./routes.js").Routes<CentralEnv>} */
const ROUTES = [
  { path: /^\/v1\/batches$/, routes: { POST: postBatch } },
  { path: /^\/v1\/views\/([^/]*)$/, routes: { GET: operators(getView) } },
  { path: /^\/v1\/titles$/, routes: { GET: operators(getTitles) } },
  { path: /^\/v1\/windows$/, routes: { GET: operators(getWindows) } },
  { path: /^\/v1\/reconciliation$/, routes: { GET: operators(getReconciliation) } },
  { path: /^\/v1\/ledger$/, routes: { GET: operators(getLedger) } },
  {
    path: /^\/v1\/viewers\/([^/]*)$/,
    routes: { GET: operators(getViewer), DELETE: operators(deleteViewer) },
  },
  { path: /^\/v1\/audit$/, routes: { GET: operators(getAudit), POST: operators(postAudit) } },
  { path: /^\/v1\/audit\/check$/, routes: { GET: operators(getAuditCheck) } },
];

export default /** @satisfies {ExportedHandler<CentralEnv>} */ ({
  fetch: (request, env) => answerBy(ROUTES, request, env, "the central object"),
});

/**
 * `POST /v1/batches`: everything is checked before the key is recorded; a refusal is counted.
 * @type {Route}
 */
async function postBatch(request, env) {
  demandSender(request, env);
  try {
    return json(taken(await store(env).commit(await readBatchRequest(request))));
  } catch (error) {
    const refusal = refusalOf(error);
    const sender = senderOf(request);
    if (refusal !== null && sender !== null && refusal.code !== "batch_ahead") {
      await store(env).refuse(sender);
    }
    throw error;
  }
}

/** @type {Route} */
async function getView(_request, env, view) {
  if (!/^[0-9a-f]{32}$/.test(view)) {
    const given = view.slice(0, 40);
    throw new Refused("invalid_view", `\`${given}\` is not 32 lower-case hex digits`, "view");
  }
  const { record } = taken(await store(env).view(view));
  if (record === null) throw new Refused("view_unknown", `view \`${view}\` is not known`, "view");
  return json(JSON.parse(record));
}

/** @type {Route} */
async function getTitles(_request, env, _name, query) {
  return json(taken(await store(env).titles(query.get("after") ?? "", limitIn(query))));
}

/** @type {Route} */
async function getWindows(_request, env, _name, query) {
  return json(taken(await store(env).windows(windowsIn(query))));
}

/** @type {Route} */
async function getReconciliation(_request, env, _name, query) {
  const [title, after] = [query.get("title"), query.get("after") ?? ""];
  return json(taken(await store(env).reconciliation(title, after, limitIn(query))));
}

/** @type {Route} */
async function getLedger(_request, env, _name, query) {
  return json(taken(await store(env).ledger(query.get("shard"), shardIn(query), limitIn(query))));
}

/**
 * `GET /v1/viewers/{id}`: everything that the centre holds of a viewer. The access is noted.
 * @type {Route}
 */
async function getViewer(request, env, name) {
  const viewer = nameIn(name, "viewer");
  const views = [];
  /** @type {number | null} */
  let erasedMs = null;
  for (let after = /** @type {string | null} */ (""); after !== null;) {
    const part = taken(await store(env).viewer(viewer, after, VIEWS_PER_PART, actorOf(request)));
    for (const record of JSON.parse(part.records)) views.push(record);
    after = part.next;
    erasedMs = part.erased_ms;
  }
  return json({ viewer, views, erased_ms: erasedMs });
}

/**
 * `DELETE /v1/viewers/{id}`: takes the viewer out of all records and leaves the figures.
 * @type {Route}
 */
async function deleteViewer(request, env, name) {
  return json(taken(await store(env).erase(nameIn(name, "viewer"), actorOf(request))));
}

/**
 * `POST /v1/audit`: notes what was done elsewhere. A `viewer` is noted by its key, as the subject; with an
 * `Idempotency-Key` the same entry may be sent again.
 * @type {Route}
 */
async function postAudit(request, env) {
  const body = await readBody(request, ENTRY_BYTES_MAX);
  const asked = callModule(() => readAuditRequest(body));
  const { actor, action, subject = "", detail = "", viewer = null } = asked;
  const key = request.headers.get("idempotency-key");
  if (key !== null) nameIn(encodeURIComponent(key), "Idempotency-Key");
  return json(taken(await store(env).note({ actor, action, subject, detail }, viewer, key)));
}

/** @type {Route} */
async function getAudit(_request, env, _name, query) {
  return json(taken(await store(env).audit(wholeIn(query, "after") ?? 0, limitIn(query))));
}

/**
 * `GET /v1/audit/check`: makes every hash again.
 * @type {Route}
 */
async function getAuditCheck(_request, env) {
  let part = taken(await store(env).checkAudit(null));
  while (!part.done) part = taken(await store(env).checkAudit(part.head));
  return json({ intact: part.broken_at === null, head: part.head, broken_at: part.broken_at });
}

/**
 * Who an operator's program acts for, if it says so.
 * @param {Request} request
 */
function actorOf(request) {
  return nameIn(
    encodeURIComponent(request.headers.get("usher-actor") ?? "operator"),
    "Usher-Actor",
  );
}

/** @param {CentralEnv} env */
function store(env) {
  return env.CENTRAL.getByName("central");
}
