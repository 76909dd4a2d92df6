// @ts-check

/**
 * What a shard of a group says: an absolute sum of one coupon, day, type and currency.
 * @typedef {object} FigureRow
 * @property {string} coupon
 * @property {number} day_ms
 * @property {string} type `plan`, `vod`, `live` or ""
 * @property {string} currency "" without money
 * @property {number} version of the row: the larger one holds
 * @property {number} reserved
 * @property {number} confirmed
 * @property {number} released
 * @property {number} expired
 * @property {number} reversed
 * @property {number} discount_minor
 */

/**
 * Which figures; null filters nothing.
 * @typedef {object} FigureQuery
 * @property {number | null} from first moment, UTC
 * @property {number | null} to the moment after the last, UTC
 * @property {string | null} group
 * @property {string | null} coupon
 * @property {string | number | null} after the `next` of the answer before
 * @property {number} limit
 */

/** What figures are told apart by. */
export const FIGURES_BY = /** @type {const} */ ({
  day: "day_ms",
  group: "group_id",
  type: "type",
  coupon: "coupon",
});

/** Redemptions by coupon, day and type, as the shards of groups have told them. */
export class Figures {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
  }

  /**
   * @param {string} group
   * @param {number} shard
   * @param {FigureRow[]} rows
   */
  put(group, shard, rows) {
    this.#sql.exec(
      `INSERT INTO figures
       SELECT ?, ?, value ->> 'coupon', value ->> 'day_ms', value ->> 'type', value ->> 'currency',
         value ->> 'version', value ->> 'reserved', value ->> 'confirmed', value ->> 'released',
         value ->> 'expired', value ->> 'reversed', value ->> 'discount_minor'
       FROM json_each(?) WHERE true
       ON CONFLICT DO UPDATE SET version = excluded.version, reserved = excluded.reserved,
         confirmed = excluded.confirmed, released = excluded.released, expired = excluded.expired,
         reversed = excluded.reversed, discount_minor = excluded.discount_minor
       WHERE excluded.version > version`,
      group,
      shard,
      JSON.stringify(rows),
    );
  }

  /**
   * Sums in the order of what they are told apart by; currencies are never added together.
   * @param {keyof typeof FIGURES_BY} by
   * @param {FigureQuery} query
   * @returns {{ rows: object[], next: string | number | null }}
   */
  list(by, { from, to, group, coupon, after, limit }) {
    const column = FIGURES_BY[by];
    const found = this.#sql
      .exec(
        `SELECT key, total(reserved) AS reserved, total(confirmed) AS confirmed,
           total(released) AS released, total(expired) AS expired, total(reversed) AS reversed,
           json_group_object(currency, discount_minor) FILTER (WHERE currency <> '') AS discount_minor
         FROM (
           SELECT ${column} AS key, currency, sum(reserved) AS reserved, sum(confirmed) AS confirmed,
             sum(released) AS released, sum(expired) AS expired, sum(reversed) AS reversed,
             sum(discount_minor) AS discount_minor
           FROM figures
           WHERE (?1 IS NULL OR day_ms >= ?1) AND (?2 IS NULL OR day_ms < ?2)
             AND (?3 IS NULL OR group_id = ?3) AND (?4 IS NULL OR coupon = ?4)
             AND (?5 IS NULL OR ${column} > ?5)
           GROUP BY 1, 2)
         GROUP BY key ORDER BY key LIMIT ?6`,
        from,
        to,
        group,
        coupon,
        after,
        limit + 1,
      )
      .toArray();
    const page = found.slice(0, limit);
    const rows = page.map(({ key, discount_minor, ...counts }) => ({
      [by === "day" ? "day_ms" : by]: key,
      ...counts,
      discount_minor: JSON.parse(String(discount_minor ?? "{}")),
    }));
    const last = found.length > limit ? page.at(-1)?.["key"] : null;
    const next = typeof last === "string" || typeof last === "number" ? last : null;
    return { rows, next };
  }
}
