// @ts-check

/** Where the network in front says where a request comes from, if the environment names no other. */
const COUNTRY_HEADER = "cf-ipcountry";

/**
 * What the module is told of a request beside its body.
 * @param {Request} request
 * @param {import("./edge.js").EdgeEnv} env
 */
export function arrivalOf(request, env) {
  const { headers } = request;
  return {
    session_keys: env.SESSION_KEYS,
    tenant: env.TENANT,
    unsigned_views: env.UNSIGNED_VIEWS,
    now_ms: Date.now(),
    country: countryOf(request, env),
    user_agent: headers.get("user-agent"),
  };
}

/**
 * The country that the network in front tells; null if it tells none.
 * @param {Request} request
 * @param {import("./edge.js").EdgeEnv} env
 */
export function countryOf({ headers }, env) {
  return headers.get(env.COUNTRY_HEADER || COUNTRY_HEADER);
}
