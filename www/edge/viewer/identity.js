// @ts-check
import { sealedName } from "../sealed-name.js";
import { shardOf } from "../shard.js";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS identity (
    id INTEGER PRIMARY KEY CHECK (id = 1), sealed TEXT NOT NULL, shard INTEGER NOT NULL
  );
`;

/**
 * Who the viewer is. The object does not know its name (viewer-object.js): each request tells it, and what
 * an alarm needs of it is stored with what the alarm is for.
 */
export class Identity {
  #sql;
  #env;
  /** @type {{ sealed: string, shard: number } | null} */
  #known = null;

  /**
   * @param {SqlStorage} sql
   * @param {import("../edge.js").EdgeEnv} env
   */
  constructor(sql, env) {
    this.#sql = sql;
    this.#env = env;
    this.#sql.exec(SCHEMA);
  }

  /** @param {string} viewer */
  async learn(viewer) {
    if (this.#known !== null) return;
    const shard = shardOf(`${this.#env.TENANT}/${viewer}`);
    this.#known = { sealed: await sealedName(this.#env, viewer), shard };
  }

  /** To be called in the transaction of what an alarm has to see to. */
  keep() {
    const { sealed, shard } = this.#get();
    this.#sql.exec(
      `INSERT INTO identity VALUES (1, ?, ?)
       ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed WHERE sealed <> excluded.sealed`,
      sealed,
      shard,
    );
  }

  /** The sealed name. */
  get sealed() {
    return this.#get().sealed;
  }

  /** The `Rollup` object of the viewer. */
  get rollup() {
    const { ROLLUP, TENANT } = this.#env;
    return ROLLUP.getByName(`${TENANT}/${this.#get().shard}`);
  }

  /** Forgets the name; the `Rollup` object still has to be told when the tombstone goes. */
  clear() {
    this.#sql.exec("UPDATE identity SET sealed = ''");
  }

  #get() {
    if (this.#known !== null) return this.#known;
    /** @type {SqlStorageCursor<{ sealed: string, shard: number }>} */
    const rows = this.#sql.exec("SELECT sealed, shard FROM identity");
    this.#known = rows.one();
    return this.#known;
  }
}
