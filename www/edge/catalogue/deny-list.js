// @ts-check
import { Refused } from "../refusal.js";

/** Entries at a time; each ends by itself. */
export const DENIED_MAX = 10_000;

/** After which the list is made anew though nothing has changed: who holds one sees by its time that it is new. */
const FRESH_MS = 5 * 60_000;

export const DENIED_KINDS = /** @type {const} */ (["token", "subject", "epoch"]);

/**
 * What is not to be taken any more.
 * @typedef {object} Denial
 * @property {(typeof DENIED_KINDS)[number]} kind
 * @property {string} value the id of a token, or a subject
 * @property {number | null} epoch of kind `epoch`: tokens of the subject below it are denied
 * @property {number} until seconds, UTC: when nothing that it denies can be valid any more
 */

const COLUMNS = "id, kind, value, epoch, until, added_ms, added_by";

/** Tokens and subjects that are denied before their tokens end. */
export class DenyList {
  #sql;
  #about;

  /**
   * @param {SqlStorage} sql
   * @param {import("../about.js").About} about
   */
  constructor(sql, about) {
    this.#sql = sql;
    this.#about = about;
  }

  /**
   * Adds an entry; one of the same kind and value becomes the stricter of both.
   * @param {Denial} denial
   * @param {string} actor
   * @param {number} nowMs
   */
  add({ kind, value, epoch, until }, actor, nowMs) {
    this.#forget(nowMs);
    const { n } = this.#sql.exec("SELECT count(*) AS n FROM denied").one();
    if (Number(n) >= DENIED_MAX && this.#find(kind, value) === undefined) {
      const message = `the deny list has \`${n}\` entries, expected room for one more; entries end by themselves`;
      throw new Refused("deny_list_full", message);
    }
    const changed = this.#sql.exec(
      `INSERT INTO denied (kind, value, epoch, until, added_ms, added_by) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (kind, value) DO UPDATE SET until = max(until, excluded.until),
         epoch = max(epoch, excluded.epoch), added_ms = excluded.added_ms, added_by = excluded.added_by
       WHERE until < excluded.until OR epoch < excluded.epoch RETURNING 1`,
      kind,
      value,
      epoch,
      until,
      nowMs,
      actor,
    );
    if (changed.toArray().length > 0) this.#changed(nowMs);
    return this.#find(kind, value);
  }

  /**
   * @param {number | null} after
   * @param {number} limit
   * @param {number} nowMs
   */
  list(after, limit, nowMs) {
    this.#forget(nowMs);
    const sql = `SELECT ${COLUMNS} FROM denied WHERE id > ? ORDER BY id LIMIT ?`;
    const rows = this.#sql.exec(sql, after ?? 0, limit + 1).toArray();
    const page = rows.slice(0, limit);
    return { rows: page, next: rows.length > limit ? Number(page.at(-1)?.["id"]) : null };
  }

  /**
   * @param {number} id
   * @param {number} nowMs
   */
  delete(id, nowMs) {
    const gone = this.#sql.exec("DELETE FROM denied WHERE id = ? RETURNING 1", id).toArray();
    if (gone.length === 0) {
      throw new Refused("entry_unknown", `entry \`${id}\` is not known`, "entry");
    }
    this.#changed(nowMs);
  }

  /** The document that is signed. @param {number} nowMs */
  document(nowMs) {
    this.#forget(nowMs);
    const madeMs = Number(this.#about.get("deny_list_ms") ?? 0);
    if (nowMs - madeMs >= FRESH_MS) this.#changed(nowMs);
    const sql = "SELECT kind, value, epoch, until FROM denied ORDER BY id";
    const entries = this.#sql
      .exec(sql)
      .toArray()
      .map(({ epoch, ...entry }) => (epoch === null ? entry : { ...entry, epoch }));
    const version = Number(this.#about.get("deny_list_version") ?? 1);
    return { version, made_ms: Number(this.#about.get("deny_list_ms") ?? 0), entries };
  }

  /** @param {number} nowMs */
  #forget(nowMs) {
    const sql = "DELETE FROM denied WHERE until <= ? RETURNING 1";
    if (this.#sql.exec(sql, Math.floor(nowMs / 1000)).toArray().length > 0) this.#changed(nowMs);
  }

  /** @param {number} nowMs */
  #changed(nowMs) {
    const version = Number(this.#about.get("deny_list_version") ?? 1);
    this.#about.set("deny_list_version", version + 1);
    this.#about.set("deny_list_ms", nowMs);
  }

  /**
   * @param {string} kind
   * @param {string} value
   */
  #find(kind, value) {
    const sql = `SELECT ${COLUMNS} FROM denied WHERE kind = ? AND value = ?`;
    return this.#sql.exec(sql, kind, value).toArray()[0];
  }
}
