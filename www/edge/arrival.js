// @ts-check

/** Where the network in front says where a request comes from, if the environment names no other. */
const COUNTRY_HEADER = "cf-ipcountry";

/**
 * What the module is told of a request beside its body.
 * @param {Request} request
 * @param {import("./edge.js").EdgeEnv} env
 */
export function arrivalOf({ headers }, env) {
  return {
    session_keys: env.SESSION_KEYS,
    tenant: env.TENANT,
    unsigned_views: env.UNSIGNED_VIEWS,
    now_ms: Date.now(),
    country: headers.get(env.COUNTRY_HEADER || COUNTRY_HEADER),
    user_agent: headers.get("user-agent"),
  };
}
