// @ts-check

/** The edge says so where views need no token. */
const NOT_CONFIGURED = 503;

let unsigned = false;

/**
 * The session token that the operator's backend gives this page; none where views need none.
 * @param {string} viewer
 * @returns {Promise<string | undefined>}
 */
export async function sessionToken(viewer) {
  if (unsigned) return undefined;
  const answer = await fetch("/session", { method: "POST", body: JSON.stringify({ viewer }) });
  unsigned = answer.status === NOT_CONFIGURED;
  const { token } = await answer.json();
  return token;
}
