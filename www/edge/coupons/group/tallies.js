// @ts-check

/** @typedef {import("usher/office").Tally} Tally */

/** The coupons of a shard and what of each is taken, by all and by each customer. */
export class Tallies {
  #sql;
  /** Definitions by id: read once in the life of the object. @type {Map<string, any>} */
  #definitions = new Map();

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
    for (const { id, definition } of sql.exec("SELECT id, definition FROM coupons")) {
      this.#definitions.set(String(id), JSON.parse(String(definition)));
    }
  }

  /** @param {string} coupon */
  has(coupon) {
    return this.#definitions.has(coupon);
  }

  /** @param {string} coupon */
  isOnce(coupon) {
    return this.#definitions.get(coupon)?.codes.kind === "generated";
  }

  /**
   * Takes over definitions that are newer than those that are known.
   * @param {{ id: string, version: number, limits?: { max_redemptions?: number | null } }[]} coupons
   */
  define(coupons) {
    for (const coupon of coupons) {
      const known = this.#definitions.get(coupon.id);
      if (known !== undefined && known.version >= coupon.version) continue;
      const max = coupon.limits?.max_redemptions ?? null;
      this.#sql.exec(
        "INSERT OR REPLACE INTO coupons VALUES (?, ?, ?)",
        coupon.id,
        coupon.version,
        JSON.stringify(coupon),
      );
      this.#sql.exec(
        `INSERT INTO tallies VALUES (?, ?, 0, 0, 0, 0) ON CONFLICT (coupon) DO UPDATE
         SET redemptions_max = max(excluded.redemptions_max, redeemed + held)`,
        coupon.id,
        max,
      );
    }
    for (const coupon of coupons) {
      const known = this.#definitions.get(coupon.id);
      if (known === undefined || known.version < coupon.version) {
        this.#definitions.set(coupon.id, coupon);
      }
    }
  }

  /**
   * Coupons as the module reads them.
   * @param {Set<string>} ids
   */
  read(ids) {
    return Array.from(ids)
      .filter((id) => this.#definitions.has(id))
      .map((id) => ({
        definition: this.#definitions.get(id),
        tally: this.tally(id),
      }));
  }

  /** @param {string} coupon */
  tally(coupon) {
    const sql = "SELECT redeemed, held, reversed, budget_used_minor FROM tallies WHERE coupon = ?";
    /** @type {SqlStorageCursor<any>} */
    const cursor = this.#sql.exec(sql, coupon);
    return /** @type {Tally | null} */ (cursor.toArray()[0] ?? null);
  }

  /** @param {[coupon: string, customer: string][]} pairs */
  customers(pairs) {
    const sql = `SELECT coupon, customer, redeemed, held, reversed, budget_used_minor FROM customers
      WHERE (coupon, customer) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))`;
    return this.#sql
      .exec(sql, JSON.stringify(pairs))
      .toArray()
      .map((row) => {
        const { coupon, customer, ...tally } = row;
        return { coupon, customer, tally };
      });
  }

  /**
   * @param {import("usher/office").TallyRow[]} tallies
   * @param {import("usher/office").CustomerRow[]} customers
   */
  write(tallies, customers) {
    for (const { coupon, tally } of tallies) {
      this.#sql.exec(
        "UPDATE tallies SET redeemed = ?, held = ?, reversed = ?, budget_used_minor = ? WHERE coupon = ?",
        tally.redeemed,
        tally.held,
        tally.reversed,
        tally.budget_used_minor,
        coupon,
      );
    }
    for (const { coupon, customer, tally } of customers) {
      this.#sql.exec(
        "INSERT OR REPLACE INTO customers VALUES (?, ?, ?, ?, ?, ?)",
        coupon,
        customer,
        tally.redeemed,
        tally.held,
        tally.reversed,
        tally.budget_used_minor,
      );
    }
  }
}
