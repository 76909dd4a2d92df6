// @ts-check
import { invalid, limitIn, nameIn, wholeIn as wholeInQuery } from "../../query.js";
import { Refused, json } from "../../refusal.js";
import { taken } from "../../store-answer.js";
import { checkAccount } from "../account/rights.js";
import { STATUSES } from "../accounts.js";
import { ACCOUNT_SHARDS, accountsAt, accountsOf } from "../objects.js";
import { etagOf, expectedOf } from "../revision.js";
import { actorOf, demandEmpty, objectIn, textIn, wholeIn, wordIn } from "../written.js";

/** @typedef {import("../../catalogue.js").Route} Route */

/** Bytes of the body of an account. */
const ACCOUNT_BYTES_MAX = 4096;

/** The end of the year 9999, in seconds. */
const SECONDS_MAX = 253_402_300_799;

/** The highest rating there is, in years. */
const RATING_MAX = 255;

/**
 * `GET /v1/accounts?status=&q=&after=&limit=`: in the order of the shards, and of the names in each.
 * @type {Route}
 */
export async function getAccounts(_request, env, _name, query) {
  const given = query.get("status");
  const status = STATUSES.find((each) => each === given) ?? null;
  if (status !== given) throw invalid("status", given ?? "", STATUSES.join(", "));
  const limit = limitIn(query);
  let [shard, after] = placeIn(query);
  /** @type {import("../accounts.js").Account[]} */
  const rows = [];
  while (shard < ACCOUNT_SHARDS) {
    /** @type {import("../accounts.js").AccountSearch} */
    const search = { status, q: query.get("q"), after, limit: limit - rows.length };
    /** @type {import("../accounts.js").AccountPage} */
    const page = taken(await accountsAt(env, shard).accounts(search));
    rows.push(...page.rows);
    if (page.isLast) [shard, after] = [shard + 1, ""];
    else after = rows.at(-1)?.viewer ?? "";
    if (rows.length === limit) break;
  }
  return json({ rows, next: shard < ACCOUNT_SHARDS ? JSON.stringify([shard, after]) : null });
}

/** @type {Route} */
export async function getAccount(_request, env, name) {
  const viewer = nameIn(name, "viewer");
  const account = taken(await accountsOf(env, viewer).account(viewer));
  return json(account, etagOf(account.revision));
}

/**
 * `PUT /v1/accounts/{viewer}` `{ status, since?, max_rating? }`: makes an account or changes it, once however often it
 * is sent. Without `since` a new status holds since now.
 * @type {Route}
 */
export async function putAccount(request, env, name) {
  const viewer = nameIn(name, "viewer");
  const { status: given, since, max_rating, ...rest } = await objectIn(request, ACCOUNT_BYTES_MAX);
  demandEmpty(rest);
  const draft = {
    status: wordIn(given, "status", STATUSES),
    since: wholeIn(since, "since", 0, SECONDS_MAX),
    max_rating: wholeIn(max_rating, "max_rating", 0, RATING_MAX),
  };
  checkAccount(draft);
  const expected = expectedOf(request);
  const accounts = accountsOf(env, viewer);
  const put = taken(await accounts.put(viewer, draft, actorOf(request), expected));
  return json(put.account, etagOf(put.account.revision), put.isNew ? 201 : 200);
}

/**
 * `DELETE /v1/accounts/{viewer}`: the account and its grants; its tokens are denied.
 * @type {Route}
 */
export async function deleteAccount(request, env, name) {
  const viewer = nameIn(name, "viewer");
  const expected = expectedOf(request);
  taken(await accountsOf(env, viewer).delete(viewer, actorOf(request), expected));
  return new Response(null, { status: 204 });
}

/**
 * `POST /v1/accounts/{viewer}/revoke`: denies all tokens that the viewer has.
 * @type {Route}
 */
export async function postRevoke(request, env, name) {
  const viewer = nameIn(name, "viewer");
  const { denied, ...account } = taken(
    await accountsOf(env, viewer).revoke(viewer, actorOf(request)),
  );
  if (denied) return json(account, etagOf(account.revision));
  const message = "the epoch is raised and the deny list will be told of it, ask for the account";
  throw new Refused("unavailable", message);
}

/**
 * `POST /v1/accounts/{viewer}/play` `{ title, at }`: the time of a rental begins with its first play, once.
 * @type {Route}
 */
export async function postPlay(request, env, name) {
  const viewer = nameIn(name, "viewer");
  const { title: given, at, ...rest } = await objectIn(request, ACCOUNT_BYTES_MAX);
  demandEmpty(rest);
  const title = textIn(given, "title");
  const when = wholeIn(at, "at", 0, SECONDS_MAX) ?? Math.floor(Date.now() / 1000);
  const actor = actorOf(request);
  return json(taken(await accountsOf(env, viewer).play(viewer, title, when, actor)));
}

/**
 * `GET /v1/accounts/{viewer}/changes?after=&limit=`: who did what to the account when.
 * @type {Route}
 */
export async function getChanges(_request, env, name, query) {
  const viewer = nameIn(name, "viewer");
  const after = wholeInQuery(query, "after") ?? 0;
  return json(taken(await accountsOf(env, viewer).changes(viewer, after, limitIn(query))));
}

/**
 * @param {URLSearchParams} query
 * @returns {[shard: number, after: string]}
 */
function placeIn(query) {
  const after = query.get("after");
  if (after === null) return [0, ""];
  /** @type {any} */
  let place = null;
  try {
    place = JSON.parse(after);
  } catch {
    // Refused below.
  }
  const [shard, viewer] = Array.isArray(place) ? place : [];
  if (Number.isSafeInteger(shard) && shard >= 0 && typeof viewer === "string") {
    return [shard, viewer];
  }
  throw invalid("after", after, "the `next` of an answer");
}
