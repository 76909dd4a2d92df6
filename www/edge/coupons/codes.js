// @ts-check
import { DurableObject } from "cloudflare:workers";
import { groupShardOf } from "./objects.js";

/**
 * Whose codes are stored.
 * @typedef {object} CodeOwner
 * @property {string} coupon
 * @property {string} group
 * @property {number} shards over which the group's codes are spread
 * @property {number} job that issues them; 0 for a code that was named with its coupon
 */

/**
 * A code, which of its job it is (the same for ever), and 1 if it is only found as it is spelled: one that
 * people chose.
 * @typedef {[line: number, code: string, exact: number]} CodeRow
 */

/**
 * @typedef {object} FoundCode
 * @property {string} code
 * @property {string} coupon
 * @property {string} group
 * @property {number} shard of the group
 * @property {boolean} revoked
 * @property {boolean} exact
 */

/** @typedef {{ number: number, code: string, revoked: boolean }} ListedCode */
/** @typedef {{ line: number, code: string, inJob: boolean }} Duplicate inJob: of another line of the job */

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS coupons (
    number INTEGER PRIMARY KEY, coupon TEXT NOT NULL UNIQUE, group_id TEXT NOT NULL,
    shards INTEGER NOT NULL
  );
  -- A code belongs for ever to the line of the job that stored it first. Rows are appended: only the index
  -- of the codes themselves is written all over.
  CREATE TABLE IF NOT EXISTS codes (
    number INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, coupon INTEGER NOT NULL,
    job INTEGER NOT NULL, line INTEGER NOT NULL, exact INTEGER NOT NULL, revoked_ms INTEGER
  );
  CREATE INDEX IF NOT EXISTS codes_by_coupon ON codes (coupon);
  CREATE INDEX IF NOT EXISTS codes_revoked ON codes (code) WHERE revoked_ms IS NOT NULL;
`;

const FOUND = `code, coupons.coupon, group_id AS "group", shards, exact, revoked_ms
  FROM codes JOIN coupons ON coupons.number = codes.coupon`;

/**
 * The codes that were issued, in one of CODE_SHARDS objects each, whichever coupon they are of: so a code is
 * there once. No method waits for anything, so each is one transaction.
 * @extends {DurableObject<import("../coupons.js").CouponsEnv>}
 */
export class CouponCodes extends DurableObject {
  #sql;

  /**
   * @param {DurableObjectState} ctx
   * @param {import("../coupons.js").CouponsEnv} env
   */
  constructor(ctx, env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(SCHEMA);
  }

  /**
   * @param {string} code as it is stored
   * @returns {FoundCode | null}
   */
  find(code) {
    const [row] = this.#sql.exec(`SELECT ${FOUND} WHERE code = ?`, code).toArray();
    return row === undefined ? null : foundIn(row);
  }

  /**
   * Stores codes; those that another line, job or coupon has are told. The same rows may come again: what
   * they stored is theirs.
   * @param {CodeOwner} owner
   * @param {CodeRow[]} rows
   * @returns {{ accepted: number, duplicates: Duplicate[] }}
   */
  insert(owner, rows) {
    return this.ctx.storage.transactionSync(() => {
      const coupon = this.#numberOf(owner);
      const text = JSON.stringify(rows);
      this.#sql.exec(
        `INSERT INTO codes (code, coupon, job, line, exact)
         SELECT value ->> 1, ?, ?, value ->> 0, value ->> 2 FROM json_each(?) WHERE true
         ON CONFLICT DO NOTHING`,
        coupon,
        owner.job,
        text,
      );
      const inserted = this.#sql.exec("SELECT changes() AS inserted").one()["inserted"];
      if (inserted === rows.length) return { accepted: rows.length, duplicates: [] };
      const duplicates = this.#sql
        .exec(
          `SELECT value ->> 0 AS line, code, codes.job = ? AND codes.coupon = ? AS in_job
           FROM json_each(?) JOIN codes ON code = value ->> 1
           WHERE NOT (codes.coupon = ? AND codes.job = ? AND codes.line = value ->> 0) ORDER BY 1`,
          owner.job,
          coupon,
          text,
          coupon,
          owner.job,
        )
        .toArray()
        .map(({ line, code, in_job }) => ({
          line: Number(line),
          code: String(code),
          inJob: in_job === 1,
        }));
      return { accepted: rows.length - duplicates.length, duplicates };
    });
  }

  /**
   * Gives a code to another coupon, if `from` still has it: what remains of a claim whose coupon was never
   * defined.
   * @param {string} code
   * @param {string} from
   * @param {CodeOwner} owner
   * @returns {boolean} whether the owner has it now
   */
  take(code, from, owner) {
    return this.ctx.storage.transactionSync(() => {
      const found = this.find(code);
      if (found !== null && found.coupon !== from && found.coupon !== owner.coupon) return false;
      this.#sql.exec("DELETE FROM codes WHERE code = ?", code);
      return this.insert(owner, [[0, code, 1]]).accepted === 1;
    });
  }

  /**
   * Codes of a coupon as they were issued.
   * @param {string} coupon
   * @param {number} after the number of the last one; 0 from the first
   * @param {number} limit
   * @returns {ListedCode[]}
   */
  list(coupon, after, limit) {
    return this.#listed(
      `coupon = (SELECT number FROM coupons WHERE coupon = ?) AND number > ?
       ORDER BY number LIMIT ?`,
      [coupon, after, limit],
    );
  }

  /**
   * Codes of a coupon that begin in some way, in their order.
   * @param {string} coupon
   * @param {string} start
   * @param {string} after the last one; "" from the first
   * @param {number} limit
   * @returns {ListedCode[]}
   */
  search(coupon, start, after, limit) {
    return this.#listed(
      `code >= ? AND code < ? AND code > ?
       AND +coupon = (SELECT number FROM coupons WHERE coupon = ?) ORDER BY code LIMIT ?`,
      [start, `${start}~`, after, coupon, limit],
    );
  }

  /**
   * @param {string} where
   * @param {(string | number)[]} values
   */
  #listed(where, values) {
    return this.#sql
      .exec(`SELECT number, code, revoked_ms FROM codes WHERE ${where}`, ...values)
      .toArray()
      .map(({ number, code, revoked_ms }) => ({
        number: Number(number),
        code: String(code),
        revoked: revoked_ms !== null,
      }));
  }

  /**
   * Revokes a code for ever.
   * @param {string} code
   * @param {CodeOwner} owner who gets it first, if it is stored nowhere: a tagged one
   * @returns {FoundCode | null}
   */
  revoke(code, owner) {
    return this.ctx.storage.transactionSync(() => {
      if (this.find(code) === null) this.insert(owner, [[0, code, 0]]);
      this.#sql.exec(
        "UPDATE codes SET revoked_ms = ? WHERE code = ? AND revoked_ms IS NULL",
        Date.now(),
        code,
      );
      return this.find(code);
    });
  }

  /**
   * Those of some codes that are revoked.
   * @param {string[]} codes
   * @returns {string[]}
   */
  revokedOf(codes) {
    return this.#sql
      .exec(
        `SELECT code FROM codes WHERE revoked_ms IS NOT NULL
         AND code IN (SELECT value FROM json_each(?))`,
        JSON.stringify(codes),
      )
      .toArray()
      .map(({ code }) => String(code));
  }

  /**
   * Revoked codes in their order.
   * @param {string} after "" from the first
   * @param {number} limit
   * @returns {string[]}
   */
  revoked(after, limit) {
    return this.#sql
      .exec(
        "SELECT code FROM codes WHERE revoked_ms IS NOT NULL AND code > ? ORDER BY code LIMIT ?",
        after,
        limit,
      )
      .toArray()
      .map(({ code }) => String(code));
  }

  /** @param {CodeOwner} owner */
  #numberOf({ coupon, group, shards }) {
    const [known] = this.#sql.exec("SELECT number FROM coupons WHERE coupon = ?", coupon).toArray();
    if (known !== undefined) return Number(known["number"]);
    const { number } = this.#sql
      .exec(
        "INSERT INTO coupons (coupon, group_id, shards) VALUES (?, ?, ?) RETURNING number",
        coupon,
        group,
        shards,
      )
      .one();
    return Number(number);
  }
}

/**
 * @param {Record<string, SqlStorageValue>} row
 * @returns {FoundCode}
 */
function foundIn({ code, coupon, group, shards, exact, revoked_ms }) {
  return {
    code: String(code),
    coupon: String(coupon),
    group: String(group),
    shard: groupShardOf(String(code), Number(shards)),
    revoked: revoked_ms !== null,
    exact: exact === 1,
  };
}
