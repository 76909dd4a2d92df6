// @ts-check
import { groupAt } from "../objects.js";

/** Shards that are told in one go. */
const PUSHES_PER_STEP_MAX = 64;

/** Definitions that shards of groups have to be told: a row each, until the shard has answered. */
export class Pushes {
  #sql;
  #env;

  /**
   * @param {SqlStorage} sql
   * @param {import("../../coupons.js").CouponsEnv} env
   */
  constructor(sql, env) {
    this.#sql = sql;
    this.#env = env;
  }

  /**
   * @param {string} coupon
   * @param {number} shards of its group
   */
  add(coupon, shards) {
    for (let shard = 0; shard < shards; shard += 1) {
      this.#sql.exec("INSERT OR IGNORE INTO pushes VALUES (?, ?)", coupon, shard);
    }
  }

  /**
   * Tells the shards that wait, those of one coupon or of any.
   * @param {string | null} coupon
   * @returns {Promise<boolean>} whether all were reached
   */
  async step(coupon) {
    const waiting = this.#sql
      .exec(
        `SELECT coupon, shard, group_id, definition FROM pushes JOIN coupons ON id = coupon
         WHERE ?1 IS NULL OR coupon = ?1 LIMIT ?2`,
        coupon,
        PUSHES_PER_STEP_MAX,
      )
      .toArray();
    const told = await Promise.all(waiting.map((row) => this.#tell(row)));
    return told.every(Boolean) && waiting.length < PUSHES_PER_STEP_MAX;
  }

  /** @param {Record<string, SqlStorageValue>} row */
  async #tell({ coupon, shard, group_id, definition }) {
    try {
      const group = groupAt(this.#env, String(group_id), Number(shard));
      await group.define([JSON.parse(String(definition))]);
    } catch (error) {
      console.error(`shard ${group_id}/${shard} was not told of a coupon:`, error);
      return false;
    }
    // Not if the definition was changed meanwhile: then the newer one is to be told.
    this.#sql.exec(
      `DELETE FROM pushes WHERE coupon = ? AND shard = ?
       AND EXISTS (SELECT 1 FROM coupons WHERE id = ? AND definition = ?)`,
      coupon,
      shard,
      coupon,
      definition,
    );
    return true;
  }
}
