// @ts-check
import { verifyEntitlementToken } from "usher/rights";
import { callModule, moduleStarts } from "../rights-module.js";
import { Refused } from "../refusal.js";
import { whenCatalogueLeaves } from "./knowledge.js";

/** @typedef {import("../edge.js").EdgeEnv} EdgeEnv */
/** @typedef {import("./knowledge.js").Rights} Known */

/** Who entitlement tokens are for. */
const AUDIENCE = "usher";

/** Characters of a token; the module reads no more. */
export const TOKEN_CHARACTERS_MAX = 4096;

/** Tokens that are remembered as verified; beyond, the one that was used longest ago goes. */
const SESSIONS_MAX = 4096;

/** After which a token is verified again: its key may have ended meanwhile. */
const VERIFIED_MS_MAX = 60_000;

/** @type {{ max_age_s: number, stale: "open" }} */
const ANY_AGE = { max_age_s: Number.MAX_SAFE_INTEGER, stale: "open" };

/**
 * Somebody whose entitlement token was verified.
 * @typedef {object} Session
 * @property {string} token
 * @property {string} viewer
 * @property {string} jti of the token
 * @property {number} expires in UTC seconds
 * @property {any} ent what the token entitles to: `account`, `max_rating`, `grants`, `devices`
 * @property {string} keyset digest of the one that held the key
 * @property {string | null} denyList digest of the one that did not name the token
 * @property {number} verifiedMs
 * @property {{ of: object, starts: number, rights: any } | null} compiled with the catalogue `of`
 */

/** By the whole token, the one that was used longest ago first. @type {Map<string, Session>} */
const sessions = new Map();

// Whatever was compiled with a catalogue holds it.
whenCatalogueLeaves((catalogue) => {
  for (const session of sessions.values()) {
    if (session.compiled?.of === catalogue) forget(session);
  }
});

/**
 * Who shows an entitlement token; at once if it was verified a moment ago.
 *
 * Throws `token_missing`, `token_invalid`, `token_expired`, `token_revoked` or `token_scope`.
 * @param {EdgeEnv} env
 * @param {Known} known
 * @param {string} token
 * @returns {Session | Promise<Session>}
 */
export function sessionOf(env, known, token) {
  if (token === "") {
    throw new Refused("token_missing", "expected an entitlement token", "token");
  }
  if (token.length > TOKEN_CHARACTERS_MAX) {
    const message = `the token has \`${token.length}\` characters, expected at most ${TOKEN_CHARACTERS_MAX}`;
    throw new Refused("token_invalid", message, "token");
  }
  const session = sessions.get(token);
  if (session === undefined || !holds(session, known)) return verified(env, known, token);
  remember(session);
  return session;
}

/**
 * What the viewer may, compiled with the catalogue: made once for a token.
 * @param {Session} session
 * @param {Known} known
 */
export function compiledRights(session, { catalogue: { value: catalogue } }) {
  const { compiled } = session;
  if (compiled?.of === catalogue && compiled.starts === moduleStarts()) return compiled.rights;
  forget(session);
  // While something was waited for, it may have gone: what is compiled is freed when it goes.
  remember(session);
  const viewer = viewerRights(session);
  const rights = callModule(() => catalogue.rights(viewer));
  session.compiled = { of: catalogue, starts: moduleStarts(), rights };
  return rights;
}

/**
 * What a token says of its viewer, for a decision.
 * @param {Session} session
 */
export function viewerRights({ ent: { account, max_rating, devices, grants } }) {
  return { account, max_rating, devices, grants, open_streams: [] };
}

/**
 * @param {Session} session
 * @param {Known} known
 */
function holds({ keyset, denyList, verifiedMs, expires }, known) {
  const nowMs = Date.now();
  return (
    keyset === known.keyset.digest &&
    denyList === (known.denyList?.digest ?? null) &&
    Math.abs(nowMs - verifiedMs) < VERIFIED_MS_MAX &&
    nowMs < (expires + known.settings.skew_s) * 1000
  );
}

/**
 * @param {EdgeEnv} env
 * @param {Known} known
 * @param {string} token
 * @returns {Promise<Session>}
 */
async function verified(env, known, token) {
  const nowMs = Date.now();
  const { keyset, denyList, settings } = known;
  // How old the list may be was judged when it was taken.
  const denied = denyList && /** @type {const} */ ({ list: denyList.value, ...ANY_AGE });
  const expected = {
    issuer: env.TENANT,
    audience: AUDIENCE,
    now: Math.floor(nowMs / 1000),
    skew: settings.skew_s,
    denied,
  };
  const { viewer, jti, expires, ent } = await verifyEntitlementToken(token, keyset.value, expected)
    // A trap in between starts the module again.
    .catch((error) =>
      callModule(() => {
        throw error;
      }),
    );
  /** @type {Session} */
  const session = {
    ...{ token, viewer, jti, expires, ent },
    keyset: keyset.digest,
    denyList: denyList?.digest ?? null,
    verifiedMs: nowMs,
    compiled: null,
  };
  remember(session);
  return session;
}

/** @param {Session} session */
function remember(session) {
  const { token } = session;
  const before = sessions.get(token);
  if (before !== undefined && before !== session) forget(before);
  sessions.delete(token);
  sessions.set(token, session);
  if (sessions.size <= SESSIONS_MAX) return;
  const [oldest] = sessions.values();
  if (oldest === undefined) return;
  forget(oldest);
  sessions.delete(oldest.token);
}

/**
 * Frees what was compiled for a session; it can be compiled again.
 * @param {Session} session
 */
function forget(session) {
  const { compiled } = session;
  session.compiled = null;
  // What an earlier start of the module held is gone with it.
  if (compiled !== null && compiled.starts === moduleStarts()) {
    callModule(() => compiled.rights.free());
  }
}
