// @ts-check

/** A service binding ignores the host; this one cannot be resolved by anybody. */
const CENTRAL_SERVICE = "http://central.invalid";

/** An answer that takes longer than this is as good as none. */
const ANSWER_MS_MAX = 10_000;

/**
 * Asks the central API for something that is the operator's to ask for.
 * @param {import("./edge.js").EdgeEnv} env
 * @param {string} path
 * @param {RequestInit} init
 * @returns {Promise<Response>}
 */
export async function askCentral({ CENTRAL, CENTRAL_URL, OPERATOR_KEY }, path, init) {
  const base = (CENTRAL_URL || CENTRAL_SERVICE).replace(/\/$/, "");
  const headers = new Headers(init.headers);
  if (OPERATOR_KEY) headers.set("authorization", `Bearer ${OPERATOR_KEY}`);
  const signal = AbortSignal.timeout(ANSWER_MS_MAX);
  const request = new Request(base + path, { redirect: "manual", ...init, headers, signal });
  if (CENTRAL_URL) return fetch(request);
  if (CENTRAL === undefined) throw new Error("neither CENTRAL_URL nor CENTRAL is set");
  return CENTRAL.fetch(request);
}
