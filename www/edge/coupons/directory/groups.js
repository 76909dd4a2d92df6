// @ts-check
import { Refused } from "../../refusal.js";
import { newId } from "../identifier.js";

/** @typedef {ReturnType<typeof import("usher/office").readCouponGroup>} GroupDraft */

/**
 * @typedef {object} Group
 * @property {string} id
 * @property {string} name
 * @property {GroupDraft["purpose"]} purpose
 * @property {number} shards
 * @property {number} created_ms
 * @property {number} coupons
 * @property {number} codes issued
 * @property {number} used confirmed and not reversed
 * @property {number} held
 */

/** The groups, with what is known of their coupons. */
export class Groups {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
  }

  /**
   * @param {GroupDraft} draft
   * @param {number} nowMs
   * @returns {Group}
   */
  add({ name, purpose, shards }, nowMs) {
    const id = newId();
    this.#sql.exec(
      "INSERT INTO groups (id, name, purpose, shards, created_ms) VALUES (?, ?, ?, ?, ?)",
      id,
      name,
      purpose,
      shards,
      nowMs,
    );
    return this.get(id);
  }

  /** @param {string} id */
  get(id) {
    const [group] = this.#select("id = ?", [id], 1);
    if (group !== undefined) return group.group;
    throw new Refused("group_unknown", `coupon group \`${id}\` is not known`, "group");
  }

  /**
   * The newest first.
   * @param {string | null} search in the name
   * @param {number | null} after the `next` of the page before
   * @param {number} limit
   */
  list(search, after, limit) {
    const found = this.#select(
      "(?1 IS NULL OR instr(lower(name), lower(?1)) > 0) AND (?2 IS NULL OR number < ?2)",
      [search, after],
      limit + 1,
    );
    const page = found.slice(0, limit);
    const next = found.length > limit ? (page.at(-1)?.number ?? null) : null;
    return { rows: page.map(({ group }) => group), next };
  }

  /**
   * @param {string} where
   * @param {(string | number | null)[]} values
   * @param {number} limit
   */
  #select(where, values, limit) {
    const rows = this.#sql
      .exec(
        `SELECT number, id, name, purpose, shards, created_ms,
           (SELECT count(*) FROM coupons WHERE group_id = groups.id) AS coupons,
           (SELECT total(issued) FROM coupons WHERE group_id = groups.id) AS codes,
           total(confirmed - reversed) AS used,
           total(reserved - confirmed - released - expired) AS held
         FROM groups LEFT JOIN figures ON figures.group_id = groups.id
         WHERE ${where} GROUP BY number ORDER BY number DESC LIMIT ${limit}`,
        ...values,
      )
      .toArray();
    return rows.map(({ number, ...group }) => ({
      number: Number(number),
      group: /** @type {Group} */ (/** @type {unknown} */ (group)),
    }));
  }
}
