// @ts-check
// Whether page, edge and central store say the same, as one word and one sentence.

/** @typedef {import("usher").Session} Session */
/** @typedef {import("./central.js").ViewRecord} ViewRecord */

/**
 * @typedef {object} Agreement
 * @property {"good" | "wait" | "bad" | "idle"} kind
 * @property {string} stamp
 * @property {string} text changes seldom: it is read aloud
 */

/**
 * @param {Session["engagement"]} engagement
 * @param {Session["delivery"]} delivery
 * @param {ViewRecord | null} record
 * @param {{ code: string, message: string } | null} trouble of the last question to the central store
 * @returns {Agreement}
 */
export function agreement(engagement, delivery, record, trouble) {
  if (delivery.state === "waiting" && delivery.nextTryMs !== null && failed(delivery.lastStatus)) {
    const why = delivery.lastStatus ? `It answers ${delivery.lastStatus}.` : "It does not answer.";
    return bad(
      "no edge",
      `The edge is unreachable. ${why} Nothing is lost: the count is kept and sent again.`,
    );
  }
  if (trouble)
    return bad(
      "no store",
      `The central store is not reached: ${trouble.message} (${trouble.code}).`,
    );
  if (record && Math.round(record.unique_ms) === Math.round(engagement.uniqueMs)) {
    return {
      kind: "good",
      stamp: "match",
      text: "Page and central store agree to the millisecond.",
    };
  }
  if (engagement.uniqueMs === 0 && !record) {
    return { kind: "idle", stamp: "waiting", text: "Press play: the first figures follow." };
  }
  return {
    kind: "wait",
    stamp: "on its way",
    text: record
      ? "The page is ahead; the rest is on its way to the store."
      : "The store has not heard of this view yet; it is on its way.",
  };
}

/** @param {number | null} status */
function failed(status) {
  return status === null || status === 0 || status >= 400;
}

/**
 * @param {string} stamp
 * @param {string} text
 * @returns {Agreement}
 */
function bad(stamp, text) {
  return { kind: "bad", stamp, text };
}
