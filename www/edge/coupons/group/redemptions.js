// @ts-check

/** @typedef {import("usher/office").Redemption} Redemption as the module reads and writes it */

const COLUMNS = `id, coupon, code, once, customer, basket, scope, state, keeps_slot, decision, discount_minor,
  currency, budget_minor, held_until_ms, reserved_ms, settled_ms, reversed_ms, reason`;

/** The redemptions of a shard. */
export class Redemptions {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
  }

  /** @param {string[]} ids */
  named(ids) {
    return this.#read("WHERE id IN (SELECT value FROM json_each(?))", JSON.stringify(ids));
  }

  /**
   * Holds of baskets.
   * @param {[basket: string, coupon: string, code: string][]} baskets
   */
  holdsOf(baskets) {
    const wanted = `WHERE state = 'held' AND (basket, coupon, code) IN
      (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?))`;
    return this.#read(wanted, JSON.stringify(baskets));
  }

  /**
   * What takes codes that may be redeemed once.
   * @param {string[]} codes
   */
  taking(codes) {
    const wanted = `WHERE once = 1 AND (state IN ('held', 'confirmed') OR keeps_slot = 1)
      AND code IN (SELECT value FROM json_each(?))`;
    return this.#read(wanted, JSON.stringify(codes));
  }

  /**
   * Holds that are over.
   * @param {number} nowMs
   * @param {number} limit
   */
  due(nowMs, limit) {
    const wanted = "WHERE state = 'held' AND held_until_ms <= ? ORDER BY held_until_ms LIMIT ?";
    return this.#read(wanted, nowMs, limit);
  }

  /** When the next hold is over; null without one. */
  get nextEndMs() {
    const sql = "SELECT min(held_until_ms) AS ms FROM redemptions WHERE state = 'held'";
    const { ms } = this.#sql.exec(sql).one();
    return ms === null ? null : Number(ms);
  }

  /**
   * @param {string} code
   * @param {number} limit
   */
  ofCode(code, limit) {
    return this.#read("WHERE code = ? ORDER BY number DESC LIMIT ?", code, limit);
  }

  /**
   * What became of codes, in the order of their last redemptions.
   * @param {string[]} codes
   */
  histories(codes) {
    return this.#sql
      .exec(
        `SELECT code, count(*) AS redemptions, max(number) AS last, max(state = 'confirmed') AS confirmed,
           max(state = 'held') AS held, max(state = 'reversed') AS reversed
         FROM redemptions WHERE code IN (SELECT value FROM json_each(?)) GROUP BY code ORDER BY last`,
        JSON.stringify(codes),
      )
      .toArray()
      .map(({ code, redemptions, last, confirmed, held, reversed }) => ({
        code: String(code),
        redemptions: Number(redemptions),
        last: Number(last),
        confirmed: confirmed === 1,
        held: held === 1,
        reversed: reversed === 1,
      }));
  }

  /** @param {number[]} numbers in their order */
  numbered(numbers) {
    const wanted = "WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number";
    return this.#read(wanted, JSON.stringify(numbers));
  }

  /**
   * The newest first.
   * @param {import("../group.js").RedemptionSearch} search
   */
  search({ state, customer, coupon, from, to, code, after, limit }) {
    const wanted = [];
    const values = [];
    for (const [sql, value] of /** @type {const} */ ([
      ["number < ?", after],
      ["state = ?", state],
      ["customer = ?", customer],
      ["coupon = ?", coupon],
      ["reserved_ms >= ?", from],
      ["reserved_ms < ?", to],
      ["code >= ?", code],
      // Codes are letters, digits and underscores, all of them before this.
      ["code < ? || '~'", code],
    ])) {
      if (value === undefined || value === null) continue;
      wanted.push(sql);
      values.push(value);
    }
    const where = wanted.length === 0 ? "" : `WHERE ${wanted.join(" AND ")}`;
    const sql = `SELECT number, ${COLUMNS} FROM redemptions ${where} ORDER BY number DESC LIMIT ?`;
    const rows = this.#sql.exec(sql, ...values, limit).toArray();
    const last = rows.length < limit ? undefined : rows.at(-1);
    const next = last === undefined ? null : Number(last["number"]);
    return { rows: rows.map(({ number, ...row }) => redemptionIn(row)), next };
  }

  /**
   * Codes that are redeemed or held, in their order.
   * @param {string} after
   * @param {number} limit
   */
  usedCodes(after, limit) {
    const sql = `SELECT DISTINCT code FROM redemptions
      WHERE once = 1 AND (state IN ('held', 'confirmed') OR keeps_slot = 1) AND code > ?
      ORDER BY code LIMIT ?`;
    return this.#sql
      .exec(sql, after, limit)
      .toArray()
      .map(({ code }) => String(code));
  }

  /** @param {Redemption[]} rows */
  write(rows) {
    for (const one of rows) {
      this.#sql.exec(
        `INSERT INTO redemptions (${COLUMNS})
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET customer = excluded.customer, scope = excluded.scope,
           state = excluded.state, keeps_slot = excluded.keeps_slot, decision = excluded.decision,
           discount_minor = excluded.discount_minor, currency = excluded.currency,
           budget_minor = excluded.budget_minor, held_until_ms = excluded.held_until_ms,
           settled_ms = excluded.settled_ms, reversed_ms = excluded.reversed_ms,
           reason = excluded.reason`,
        one.id,
        one.coupon,
        one.code,
        Number(one.once),
        one.customer,
        one.basket,
        one.scope,
        one.state,
        Number(one.keeps_slot),
        one.decision,
        one.discount_minor,
        one.currency,
        one.budget_minor,
        one.held_until_ms,
        one.reserved_ms,
        one.settled_ms,
        one.reversed_ms,
        one.reason,
      );
    }
  }

  /**
   * @param {string} where
   * @param {...SqlStorageValue} values
   */
  #read(where, ...values) {
    const sql = `SELECT ${COLUMNS} FROM redemptions ${where}`;
    return this.#sql
      .exec(sql, ...values)
      .toArray()
      .map(redemptionIn);
  }
}

/**
 * @param {Record<string, SqlStorageValue>} row
 * @returns {Redemption}
 */
function redemptionIn(row) {
  return /** @type {any} */ ({
    ...row,
    once: row["once"] === 1,
    keeps_slot: row["keeps_slot"] === 1,
  });
}
