// @ts-check
import { hashOf } from "../shard.js";

/** @typedef {import("../catalogue.js").CatalogueEnv} CatalogueEnv */

/** Objects over which the accounts of a tenant are spread. */
export const ACCOUNT_SHARDS = 16;

/** @param {CatalogueEnv} env */
export function catalogueOf(env) {
  return env.CATALOGUE.getByName(env.TENANT);
}

/**
 * The object that has an account.
 * @param {CatalogueEnv} env
 * @param {string} viewer
 */
export function accountsOf(env, viewer) {
  return accountsAt(env, hashOf(viewer) % ACCOUNT_SHARDS);
}

/**
 * @param {CatalogueEnv} env
 * @param {number} shard
 */
export function accountsAt(env, shard) {
  return env.ACCOUNTS.getByName(`${env.TENANT}/${shard}`);
}

/** @param {CatalogueEnv} env */
export function decisionAuditOf(env) {
  return env.DECISION_AUDIT.getByName(env.TENANT);
}
