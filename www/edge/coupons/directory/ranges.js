// @ts-check
import { nextSerial, verifyTaggedCode } from "usher/office";
import { callModule } from "../../office-module.js";
import { Refused } from "../../refusal.js";

/** @typedef {{ slot: number, first: number, last: number, coupon: string }} SerialRange */

/** Whose the serial numbers of tagged codes are: the codes themselves are stored nowhere. */
export class Ranges {
  #sql;
  #keys;

  /**
   * @param {SqlStorage} sql
   * @param {string | null | undefined} keys `slot:base64url[,slot:base64url...]`: the first mints
   */
  constructor(sql, keys) {
    this.#sql = sql;
    this.#keys = keys;
  }

  /**
   * Gives the next serial numbers of the key that mints to a coupon.
   * @param {string} coupon
   * @param {number} quantity
   */
  take(coupon, quantity) {
    if (!this.#keys) {
      throw new Refused("not_configured", "COUPON_KEYS is not set, expected keys of tagged codes");
    }
    const slot = Number.parseInt(this.#keys, 10);
    const { used } = this.#sql
      .exec("SELECT coalesce(max(last) + 1, 0) AS used FROM ranges WHERE slot = ?", slot)
      .one();
    const first = callModule(() => nextSerial(Number(used), quantity));
    const last = first + quantity - 1;
    this.#sql.exec("INSERT INTO ranges VALUES (?, ?, ?, ?)", slot, first, last, coupon);
  }

  /**
   * @param {string} code as it is stored
   * @returns {string | null} the coupon of a tagged code that was issued
   */
  couponOf(code) {
    const keys = this.#keys;
    const tag = keys ? callModule(() => verifyTaggedCode(keys, code)) : null;
    if (tag === null) return null;
    const [row] = this.#sql
      .exec(
        "SELECT coupon FROM ranges WHERE slot = ?1 AND first <= ?2 AND last >= ?2",
        tag.slot,
        tag.serial,
      )
      .toArray();
    return row === undefined ? null : String(row["coupon"]);
  }

  /**
   * @param {string | null} coupon null for all
   * @returns {SerialRange[]}
   */
  list(coupon) {
    return /** @type {any} */ (
      this.#sql
        .exec(
          "SELECT slot, first, last, coupon FROM ranges WHERE ?1 IS NULL OR coupon = ?1 ORDER BY slot, first",
          coupon,
        )
        .toArray()
    );
  }
}
