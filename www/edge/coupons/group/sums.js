// @ts-check

/** Rows that the directory is told of in one call. */
const TOLD_MAX = 500;

/** Figures of redemptions: absolute sums by coupon, day, type and currency. */
export class Sums {
  #sql;
  /** Of the row that changed last. */
  #version;
  /** Up to which the directory was told. */
  #told;
  #about;

  /**
   * @param {SqlStorage} sql
   * @param {import("../../about.js").About} about
   */
  constructor(sql, about) {
    this.#sql = sql;
    this.#about = about;
    this.#version = Number(sql.exec("SELECT max(version) AS version FROM sums").one()["version"]);
    this.#told = Number(about.get("told"));
  }

  /** Whether the directory does not know all of it. */
  get areNew() {
    return this.#version > this.#told;
  }

  /** @param {import("usher/office").SumRow[]} rows */
  add(rows) {
    for (const { of, sum } of rows) {
      this.#version += 1;
      this.#sql.exec(
        `INSERT INTO sums VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
           version = excluded.version, reserved = reserved + excluded.reserved,
           confirmed = confirmed + excluded.confirmed, released = released + excluded.released,
           expired = expired + excluded.expired, reversed = reversed + excluded.reversed,
           discount_minor = discount_minor + excluded.discount_minor`,
        of.coupon,
        of.day_ms,
        of.type,
        of.currency,
        this.#version,
        sum.reserved,
        sum.confirmed,
        sum.released,
        sum.expired,
        sum.reversed,
        sum.discount_minor,
      );
    }
  }

  /** The oldest of what the directory does not know. */
  untold() {
    const sql = "SELECT * FROM sums WHERE version > ? ORDER BY version LIMIT ?";
    return this.#sql.exec(sql, this.#told, TOLD_MAX).toArray();
  }

  /**
   * The directory knows these rows, and all that changed before them.
   * @param {number} version of the last of them
   */
  told(version) {
    this.#told = version;
    this.#about.set("told", version);
  }
}
