// @ts-check
// N customers want one of K slots at once, while the process dies, answers are lost, purchases are reversed and
// holds run out. Whatever happens, K of them have one in the end, and never more than K at any moment.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "./api.mjs";
import { rowsOf } from "./group-probe.mjs";
import { insist, makeCoupon, post, reservation } from "./redeeming.mjs";

/**
 * @typedef {object} Race
 * @property {number} customers N
 * @property {number} slots K
 * @property {number} kills how often the process dies
 * @property {number} parallel requests at a time
 */

/**
 * @typedef {object} Outcome
 * @property {number} granted redemptions that are confirmed in the end
 * @property {number} customers that have one of these
 * @property {number} counter what the group counts
 * @property {number} acknowledged confirmations that were answered, less reversals
 * @property {number} most that were ever taken at once, by the answers of every moment
 * @property {number} kills
 * @property {number} lost answers that were thrown away
 * @property {number} reversed
 * @property {number} abandoned holds that were left to run out
 * @property {number} seconds
 */

/** Of customers: every so many lose the answer, walk away with a hold, or want their money back. */
const [LOSES, ABANDONS, REVERSES] = [3, 5, 7];

/** How long a hold of somebody who walks away lasts. */
const ABANDONED_SECONDS = 1;

/** How often the counter is looked at. */
const LOOK_MS = 20;

/**
 * @param {import("./server.mjs").Server} server
 * @param {import("./group-probe.mjs").Probe} probe
 * @param {Race} race
 * @returns {Promise<Outcome>}
 */
export async function runRace(server, probe, { customers, slots, kills, parallel }) {
  const began = performance.now();
  const { code, group, coupon } = await makeCoupon(server.url, {
    max_redemptions: slots,
    per_customer: 1,
  });
  const url = () => server.url;
  /** Who has an answered confirmation. @type {Map<string, string>} */
  const acknowledged = new Map();
  const tally = { lost: 0, reversed: 0, abandoned: 0 };
  let most = 0;
  let answered = 0;
  let over = false;

  /**
   * @param {string} path
   * @param {unknown} body
   * @param {string} key
   * @param {boolean} loses
   */
  const send = async (path, body, key, loses) => {
    if (loses) {
      // The request goes out and its answer is thrown away; the same is asked again.
      await post(url(), path, body, key).catch(() => null);
      tally.lost += 1;
    }
    const answer = await insist(url, path, body, key);
    answered += 1;
    return answer;
  };

  /**
   * One customer: reserves, then confirms, walks away, or reverses what was bought and lets somebody else.
   * @param {number} index
   */
  const shop = async (index) => {
    const customer = `customer-${index}`;
    const loses = index % LOSES === 0;
    const abandons = index % ABANDONS === 1;
    const basket = `basket-${index}`;
    const hold = abandons ? { hold_seconds: ABANDONED_SECONDS } : {};
    const body = reservation(code, customer, hold, { basket });
    const held = await send("/v1/redemptions", body, `${code}-${index}-reserve`, loses);
    if (held.status === 409) return assert.equal(held.body.reason, "LIMIT_REACHED");
    assert.equal(held.status, 201, JSON.stringify(held.body));
    if (abandons) {
      tally.abandoned += 1;
      return;
    }
    const { id } = held.body;
    const path = `/v1/redemptions/${id}`;
    const confirmed = await send(`${path}/confirm`, "", `${id}-confirm`, loses);
    assert.deepEqual([confirmed.status, confirmed.body.id], [200, id], confirmed.body.message);
    acknowledged.set(customer, id);
    if (index % REVERSES !== 2) return;
    acknowledged.delete(customer);
    const reversed = await send(`${path}/reverse`, "", `${id}-reverse`, loses);
    assert.deepEqual([reversed.status, reversed.body.state], [200, "reversed"]);
    tally.reversed += 1;
  };

  const watch = async () => {
    while (!over) {
      const counts = await probe.ask(group, "counts", coupon).catch(() => null);
      if (counts !== null) most = Math.max(most, counts.redeemed + counts.held);
      await pause(LOOK_MS);
    }
  };
  const kill = async () => {
    // In the middle of it all: after some answers, whatever is under way then.
    for (let count = 1; count <= kills; count += 1) {
      const next = Math.floor((count * customers) / (kills + 1));
      while (answered < next && !over) await pause(1);
      await server.kill9();
      await server.restart();
    }
  };

  const watching = watch();
  const killing = kill();
  await inParallel(parallel, customers, shop);
  await killing;
  // Slots that came back after everybody had asked: latecomers take what is left, until none is.
  for (let late = 0; acknowledged.size < slots; late += 1) {
    const customer = `late-${late}`;
    await eventually(async () => {
      const body = reservation(code, customer, { confirm: true });
      const answer = await insist(url, "/v1/redemptions", body, `${code}-${customer}`);
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
      acknowledged.set(customer, answer.body.id);
    });
  }
  const refused = await insist(url, "/v1/redemptions", reservation(code, "last"), `${code}-last`);
  assert.deepEqual([refused.status, refused.body.reason], [409, "LIMIT_REACHED"]);
  over = true;
  await watching;
  const rows = await rowsOf(probe, group);
  const confirmed = rows.filter(({ state }) => state === "confirmed");
  for (const [customer, id] of acknowledged) {
    const row = confirmed.find((one) => one.id === id);
    assert.equal(row?.customer, customer, `${customer} was told so, and has no redemption`);
  }
  const { redeemed, held } = await probe.ask(group, "counts", coupon);
  return {
    granted: confirmed.length,
    customers: new Set(confirmed.map(({ customer }) => customer)).size,
    counter: redeemed + held,
    acknowledged: acknowledged.size,
    most: Math.max(most, mostAtOnce(rows)),
    kills,
    ...tally,
    seconds: (performance.now() - began) / 1000,
  };
}

/**
 * How many redemptions took a slot at the same time, by their own times. A slot that came back in the same
 * millisecond in which another was taken was back before.
 * @param {any[]} rows
 */
function mostAtOnce(rows) {
  const steps = rows.flatMap(({ state, reserved_ms, settled_ms, reversed_ms }) => {
    const endMs = state === "reversed" ? reversed_ms : state === "confirmed" ? null : settled_ms;
    const end = endMs === null ? [] : [{ ms: endMs, by: -1 }];
    return [{ ms: reserved_ms, by: 1 }, ...end];
  });
  steps.sort((one, other) => one.ms - other.ms || one.by - other.by);
  let [taken, most] = [0, 0];
  for (const { by } of steps) {
    taken += by;
    most = Math.max(most, taken);
  }
  return most;
}

/**
 * @param {number} parallel
 * @param {number} count
 * @param {(index: number) => Promise<void>} work
 */
async function inParallel(parallel, count, work) {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, count) }, worker));
}
