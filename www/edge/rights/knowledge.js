// @ts-check
import { Catalogue, DenyList, checkCat } from "usher/rights";
import { callModule, moduleStarts } from "../rights-module.js";
import { Refused, refusalOf } from "../refusal.js";
import { SignedBody } from "../signed-body.js";
import { rightsSettings } from "./settings.js";

/** @typedef {import("../edge.js").EdgeEnv} EdgeEnv */
/** @typedef {import("../signed-body.js").Behind} Behind */

/** Bytes of a catalogue: some 250,000 titles. */
export const CATALOGUE_BYTES_MAX = 64 * 1024 * 1024;

/** Bytes of a keyset. */
const KEYSET_BYTES_MAX = 64 * 1024;

/** Bytes of a deny list: some ten thousand entries; what has ended leaves it. */
const DENY_LIST_BYTES_MAX = 4 * 1024 * 1024;

/**
 * What the edge knows of rights. The catalogue is a handle: whoever waits for anything asks for it again.
 * @typedef {object} Rights
 * @property {import("./settings.js").RightsSettings} settings
 * @property {import("../signed-body.js").Held<Catalogue>} catalogue
 * @property {import("../signed-body.js").Held<string>} keyset JSON, as the module reads it
 * @property {import("../signed-body.js").Held<DenyList> | null} denyList null if there is none and RIGHTS goes on without
 */

/** What the catalogue worker signs. */
const CATALOGUE_WORKER = {
  from: (/** @type {EdgeEnv} */ env) => env.CATALOGUE,
  publicKeys: (/** @type {EdgeEnv} */ env) => env.CATALOGUE_PUBLIC_KEYS,
  refreshMs: (/** @type {EdgeEnv} */ env) => rightsSettings(env).refresh_s * 1000,
};

/** @type {((catalogue: Catalogue) => void)[]} of those who hold handles that were made with a catalogue */
const leaving = [];

/**
 * Lets somebody know of a catalogue that is about to be freed.
 * @param {(catalogue: Catalogue) => void} told
 */
export function whenCatalogueLeaves(told) {
  leaving.push(told);
}

/** Titles and policy, compiled. @type {SignedBody<Catalogue>} */
export const CATALOGUE = new SignedBody({
  ...CATALOGUE_WORKER,
  subject: "catalogue",
  path: "/v1/catalogue/publication",
  bytesMax: CATALOGUE_BYTES_MAX,
  ageMsMax: (env) => rightsSettings(env).catalogue_max_age_s * 1000,
  isOpen: (env) => rightsSettings(env).catalogue_stale === "open",
  read: (body) => callModule(() => new Catalogue(body)),
  starts: moduleStarts,
  free(catalogue) {
    for (const told of leaving) told(catalogue);
    callModule(() => catalogue.free());
  },
});

/** The keys of entitlement tokens. Too old, they are never answered with: one of them may have been stolen. */
export const KEYSET = new SignedBody({
  ...CATALOGUE_WORKER,
  subject: "keyset",
  bytesMax: KEYSET_BYTES_MAX,
  ageMsMax: (env) => rightsSettings(env).keyset_max_age_s * 1000,
  read: keysetIn,
});

/** Tokens, subjects and key epochs that count no more. */
export const DENY_LIST = new SignedBody({
  ...CATALOGUE_WORKER,
  subject: "deny-list",
  bytesMax: DENY_LIST_BYTES_MAX,
  ageMsMax: (env) => rightsSettings(env).deny_list_max_age_s * 1000,
  isOpen: (env) => rightsSettings(env).deny_list_stale === "open",
  read: (body) => callModule(() => new DenyList(body)),
});

/**
 * What is held of rights now: for whoever has waited since it was asked for, and would use the handle of a catalogue
 * that was freed meanwhile.
 *
 * Throws `unavailable`, naming what is missing.
 * @param {EdgeEnv} env
 * @param {Behind} ctx
 * @returns {Rights}
 */
export function rightsHeld(env, ctx) {
  const settings = rightsSettings(env);
  const catalogue = CATALOGUE.held(env, ctx);
  const keyset = KEYSET.held(env, ctx);
  const denyList = DENY_LIST.held(env, ctx);
  if (catalogue === null) throw missing("the catalogue");
  if (keyset === null) throw missing("the keyset");
  if (denyList === null) {
    if (settings.deny_list_stale === "closed") throw missing("the deny list");
    console.error("there is no deny list, tokens are taken without it");
  }
  return { settings, catalogue, keyset, denyList };
}

/**
 * What is known of rights, at once if it is held.
 *
 * Throws `unavailable`, naming what is missing, if it cannot be had or is too old, and `not_configured`.
 * @param {EdgeEnv} env
 * @param {Behind} ctx
 * @returns {Rights | Promise<Rights>}
 */
export function rightsKnown(env, ctx) {
  const settings = rightsSettings(env);
  const catalogue = CATALOGUE.held(env, ctx);
  const keyset = KEYSET.held(env, ctx);
  const denyList = DENY_LIST.held(env, ctx);
  if (catalogue === null || keyset === null || denyList === null) return loaded(env, ctx);
  return { settings, catalogue, keyset, denyList };
}

/**
 * @param {EdgeEnv} env
 * @param {Behind} ctx
 * @returns {Promise<Rights>}
 */
async function loaded(env, ctx) {
  await Promise.all([CATALOGUE.get(env, ctx), KEYSET.get(env, ctx), DENY_LIST.get(env, ctx)]);
  return rightsHeld(env, ctx);
}

/** @param {string} what */
function missing(what) {
  return new Refused("unavailable", `${what} cannot be had, or is too old, try again`);
}

/** @param {Uint8Array} body */
function keysetIn(body) {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  callModule(() => checkKeyset(text));
  return text;
}

/**
 * Refuses what is no keyset. The module reads one when a token is checked with it: no token at all is what is
 * refused then of a good one.
 * @param {string} text
 */
function checkKeyset(text) {
  try {
    checkCat(text, "", { now: 0 });
  } catch (error) {
    if (refusalOf(error)?.code !== "token_invalid") throw error;
  }
}
