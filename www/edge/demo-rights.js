// @ts-check
// The operator's backend of the demo, as far as rights go: it has the films published, keeps accounts, and gives a
// page the token and the knowledge of whoever was chosen to watch. A real one knows who asks.
import { readBody } from "./body.js";
import { ACCOUNTS, FILMS, PLANS, POLICY, accountOf, grantOf } from "./demo-films.js";
import { Refused, json, methodNotAllowed, refusalOf, refusalResponse } from "./refusal.js";

/** @typedef {(path: string, init?: RequestInit) => Promise<Response>} Ask asks the catalogue as the operator */

const BODY_BYTES_MAX = 1024;
const MS = 1000;

/** So long a page of the demo can judge offline. */
const TOKEN_LIFE_S = 3600;

/** Browsers name themselves: see `viewer.js` of the pages. */
const VIEWER = /^[\w-]{1,100}$/;

/** Keys that may be shown to anybody. */
const PUBLIC_KEYS = ["EdDSA", "ES256", "RS256"];

const STATES = ["ready", "published"];

/** Where the page of the demo says which country it plays to be in. */
const COUNTRY_COOKIE = /(?:^|; )demo-country=([A-Z]{2}|none)(?:;|$)/;

/** Two pages that are opened at once may get in each other's way: then one looks again at what there is. */
const PUBLISH_TRIES_MAX = 3;

let isPublished = false;

/**
 * `POST /rights/session` `{ viewer, account }`: the account and its grant are made if they are not there; answers
 * its token. `GET /rights/knowledge`: what a page decides by, offline too.
 *
 * @param {Request} request
 * @param {string} pathname
 * @param {string} tenant
 * @param {Ask} ask
 */
export async function rightsResponse(request, pathname, tenant, ask) {
  try {
    if (pathname === "/rights/knowledge") {
      if (request.method !== "GET") return methodNotAllowed("GET");
      return json(await knowledge(tenant, ask));
    }
    if (request.method !== "POST") return methodNotAllowed("POST");
    return json(await session(await askedFor(request), ask), {}, 201);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    return refusalResponse(refusal);
  }
}

/**
 * The request as if it came from the country that was chosen on the page.
 * @param {Request} request
 * @param {string | null | undefined} countryHeader
 */
export function travelled(request, countryHeader) {
  const [, country] = COUNTRY_COOKIE.exec(request.headers.get("cookie") ?? "") ?? [];
  if (country === undefined) return request;
  const there = new Request(request);
  const header = countryHeader || "cf-ipcountry";
  if (country === "none") there.headers.delete(header);
  else there.headers.set(header, country);
  return there;
}

/**
 * @param {{ viewer: string, account: string }} chosen
 * @param {Ask} ask
 */
async function session({ viewer, account }, ask) {
  await publishOnce(ask);
  const name = `${account}-${viewer}`;
  const place = `/v1/accounts/${encodeURIComponent(name)}`;
  const now = Math.floor(Date.now() / MS);
  if (!(await isThere(ask, place))) {
    await must(ask, place, "PUT", accountOf(account, now));
    const grant = grantOf(account, now);
    if (grant) await must(ask, `${place}/grants`, "POST", grant);
  }
  const token = await must(ask, `${place}/tokens`, "POST", { lifetime_s: TOKEN_LIFE_S });
  return { viewer: name, ...token };
}

/**
 * What is published, as much as the pages of the demo ask of it, with the public keys of tokens.
 * @param {string} issuer
 * @param {Ask} ask
 */
async function knowledge(issuer, ask) {
  await publishOnce(ask);
  const [catalogue, keyset] = await Promise.all([
    must(ask, "/v1/catalogue/publication"),
    must(ask, "/v1/keyset"),
  ]);
  const shown = FILMS.map(({ id }) => id);
  return {
    issuer,
    catalogue: {
      ...catalogue,
      titles: catalogue.titles.filter((/** @type {any} */ { id }) => shown.includes(id)),
    },
    keyset: {
      ...keyset,
      keys: keyset.keys.filter((/** @type {any} */ { alg }) => PUBLIC_KEYS.includes(alg)),
    },
  };
}

/**
 * Publishes the films of the house, once: what an operator has changed since stays as it is.
 * @param {Ask} ask
 */
async function publishOnce(ask) {
  for (let tries = 1; !isPublished; tries += 1) {
    try {
      await publish(ask);
      isPublished = true;
    } catch (error) {
      if (tries === PUBLISH_TRIES_MAX) throw error;
    }
  }
}

/** @param {Ask} ask */
async function publish(ask) {
  const hasPublication = await isThere(ask, "/v1/catalogue/publication");
  let isChanged = !hasPublication;
  if (!hasPublication) await must(ask, "/v1/catalogue/policy", "PUT", POLICY);
  for (const { id, ...plan } of PLANS) {
    const place = `/v1/plans/${id}`;
    if (await isThere(ask, place)) continue;
    await must(ask, place, "PUT", { id, ...plan });
    isChanged = true;
  }
  for (const film of FILMS) {
    const place = `/v1/catalogue/titles/${film.id}`;
    if (await isThere(ask, place)) continue;
    await must(ask, place, "PUT", film);
    for (const state of STATES) await must(ask, `${place}/state`, "POST", { state });
    isChanged = true;
  }
  if (isChanged) await must(ask, "/v1/catalogue/publish", "POST", {});
}

/**
 * @param {Ask} ask
 * @param {string} path
 */
async function isThere(ask, path) {
  const { ok, status } = await ask(path);
  if (!ok && status !== 404) throw new Refused("unavailable", "the catalogue cannot be reached");
  return ok;
}

/**
 * @param {Ask} ask
 * @param {string} path
 * @param {string} [method]
 * @param {object} [body]
 */
async function must(ask, path, method = "GET", body) {
  const headers = { "content-type": "application/json" };
  const response = await ask(
    path,
    body ? { method, headers, body: JSON.stringify(body) } : { method },
  );
  const answer = /** @type {any} */ (await response.json().catch(() => null));
  if (response.ok) return answer;
  const { code = "unavailable", message = `\`${path}\` answered ${response.status}` } =
    answer ?? {};
  throw new Refused(code, message, answer?.field ?? null);
}

/** @param {Request} request */
async function askedFor(request) {
  const bytes = await readBody(request, BODY_BYTES_MAX);
  /** @type {{ viewer: string, account: string }} */
  let chosen;
  try {
    chosen = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Refused("malformed_json", "expected JSON in UTF-8");
  }
  if (typeof chosen?.viewer !== "string" || !VIEWER.test(chosen.viewer)) {
    throw new Refused("invalid_value", "expected 1 to 100 letters, digits, _ or -", "viewer");
  }
  if (!Object.hasOwn(ACCOUNTS, String(chosen.account))) {
    const message = `expected one of ${Object.keys(ACCOUNTS).join(", ")}`;
    throw new Refused("invalid_value", message, "account");
  }
  return chosen;
}
