// @ts-check
import { Refused } from "../../refusal.js";

/** @typedef {import("usher/office").Coupon} Coupon */
/** @typedef {import("usher/office").Making} Making */

/**
 * A coupon with what is known of it beside its definition.
 * @typedef {{ coupon: Coupon, issued: number, used: number, held: number, created_ms: number }} ListedCoupon
 */

/**
 * Where codes of a coupon are.
 * @typedef {object} CodeSource
 * @property {number} number
 * @property {string} coupon
 * @property {string | null} code of a named one
 * @property {import("./ranges.js").SerialRange[]} ranges of a tagged one
 */

const USES = `
  (SELECT total(confirmed - reversed) FROM figures WHERE figures.coupon = coupons.id) AS used,
  (SELECT total(reserved - confirmed - released - expired) FROM figures
   WHERE figures.coupon = coupons.id) AS held`;

/**
 * @typedef {object} CouponFilter
 * @property {"active" | "inactive" | "scheduled" | "ended" | null} state
 * @property {string | null} benefit kind
 * @property {string | null} scope
 * @property {string | null} search in the detail and the code
 * @property {number | null} after the `next` of the page before
 * @property {number} limit
 */

const STATES = {
  inactive: "NOT active",
  scheduled: "active AND starts_ms > ?1",
  ended: "active AND ends_ms <= ?1",
  active: "active AND coalesce(starts_ms <= ?1, true) AND coalesce(ends_ms > ?1, true)",
};

/** The definitions, each the newest. */
export class Coupons {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
  }

  /**
   * Stores a definition, new or changed.
   * @param {Coupon} coupon
   * @param {Making | null} making of its codes, when it is new
   * @param {number} nowMs
   */
  put(coupon, making, nowMs) {
    this.#sql.exec(
      `INSERT INTO coupons (id, group_id, definition, making, created_ms) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET definition = excluded.definition`,
      coupon.id,
      coupon.group,
      JSON.stringify(coupon),
      JSON.stringify(making),
      nowMs,
    );
  }

  /**
   * @param {string} id
   * @returns {ListedCoupon | null}
   */
  find(id) {
    const [row] = this.#sql
      .exec(`SELECT definition, issued, created_ms, ${USES} FROM coupons WHERE id = ?`, id)
      .toArray();
    return row === undefined ? null : listed(row);
  }

  /** @param {string} id */
  get(id) {
    const found = this.find(id);
    if (found !== null) return found;
    throw new Refused("coupon_unknown", `coupon \`${id}\` is not known`, "coupon");
  }

  /**
   * How the codes of a coupon are made; null if it is named.
   * @param {string} id
   * @returns {Making | null}
   */
  making(id) {
    const [row] = this.#sql.exec("SELECT making FROM coupons WHERE id = ?", id).toArray();
    return JSON.parse(String(row?.["making"] ?? "null"));
  }

  /**
   * The first coupon of a group from this number on, or this one alone.
   * @param {string} group
   * @param {string | null} id
   * @param {number} number
   */
  source(group, id, number) {
    const [row] = this.#sql
      .exec(
        `SELECT number, id AS coupon, definition ->> '$.codes.code' AS code FROM coupons
         WHERE group_id = ?1 AND number >= ?2 AND (?3 IS NULL OR id = ?3) ORDER BY number LIMIT 1`,
        group,
        number,
        id,
      )
      .toArray();
    if (row === undefined) return null;
    const { coupon, code } = row;
    return {
      number: Number(row["number"]),
      coupon: String(coupon),
      code: code === null || code === undefined ? null : String(code),
    };
  }

  /**
   * @param {string} id
   * @param {number} codes stored since
   */
  count(id, codes) {
    this.#sql.exec("UPDATE coupons SET issued = issued + ? WHERE id = ?", codes, id);
  }

  /**
   * The newest first.
   * @param {string} group
   * @param {CouponFilter} filter
   * @param {number} nowMs
   */
  list(group, { state, benefit, scope, search, after, limit }, nowMs) {
    const found = this.#sql
      .exec(
        `SELECT * FROM (
           SELECT number, group_id, definition, issued, created_ms, ${USES},
             definition ->> '$.active' AS active,
             definition ->> '$.window.starts_ms' AS starts_ms,
             definition ->> '$.window.ends_ms' AS ends_ms
           FROM coupons WHERE group_id = ?2)
         WHERE (?3 IS NULL OR definition ->> '$.benefit.kind' = ?3)
           AND (?4 IS NULL OR EXISTS (SELECT 1 FROM json_each(definition, '$.scopes') WHERE value = ?4))
           AND (?5 IS NULL OR instr(lower(definition ->> '$.detail'), lower(?5)) > 0
             OR instr(definition ->> '$.codes.code', upper(?5)) > 0)
           AND (?6 IS NULL OR number < ?6)
           AND ?1 IS NOT NULL AND ${state === null ? "true" : STATES[state]}
         ORDER BY number DESC LIMIT ?7`,
        nowMs,
        group,
        benefit,
        scope,
        search,
        after,
        limit + 1,
      )
      .toArray();
    const page = found.slice(0, limit);
    const next = found.length > limit ? Number(page.at(-1)?.["number"]) : null;
    return { rows: page.map(listed), next };
  }

  /**
   * Those that the edge has to know: active, and not over for long.
   * @param {number} endedSinceMs
   * @param {number} limit
   * @returns {Coupon[]}
   */
  current(endedSinceMs, limit) {
    return this.#sql
      .exec(
        `SELECT definition FROM coupons
         WHERE definition ->> '$.active' AND coalesce(definition ->> '$.window.ends_ms' > ?, true)
         ORDER BY number DESC LIMIT ?`,
        endedSinceMs,
        limit,
      )
      .toArray()
      .map(({ definition }) => JSON.parse(String(definition)));
  }
}

/**
 * @param {Record<string, SqlStorageValue>} row
 * @returns {ListedCoupon}
 */
function listed({ definition, issued, created_ms, used, held }) {
  return {
    coupon: JSON.parse(String(definition)),
    issued: Number(issued),
    used: Number(used),
    held: Number(held),
    created_ms: Number(created_ms),
  };
}
