// @ts-check

/**
 * Something that is to be done elsewhere until it is done: an `erasure`; an `audit` entry for the central
 * API; a count of what was `retired`, for the `Rollup` object. A viewer in `body` is sealed.
 * @typedef {{ id: number, kind: ErrandKind, body: string, request: string, attempt: number }} Errand
 * @typedef {"erasure" | "audit" | "retired"} ErrandKind
 */

/** Errands of one viewer; beyond, an operator is asked to come again, so that nothing goes unnoted. */
const ERRANDS_MAX = 1_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS errands (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, body TEXT NOT NULL,
    request TEXT NOT NULL, attempt INTEGER NOT NULL, next_try_ms INTEGER NOT NULL,
    reason TEXT NOT NULL
  );
`;

/** What is still to be done elsewhere, oldest first. */
export class Errands {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
    this.#sql.exec(SCHEMA);
  }

  get full() {
    return Number(this.#sql.exec("SELECT count(*) AS n FROM errands").one()["n"]) >= ERRANDS_MAX;
  }

  /**
   * @param {ErrandKind} kind
   * @param {object} body
   */
  add(kind, body) {
    this.#sql.exec(
      "INSERT INTO errands VALUES (NULL, ?, ?, ?, 0, 0, '')",
      kind,
      JSON.stringify(body),
      crypto.randomUUID(),
    );
  }

  /**
   * Why an errand of this kind is not done, and when it is tried again; null if there is none.
   * @param {ErrandKind} kind
   */
  open(kind) {
    /** @type {SqlStorageCursor<{ attempt: number, next_try_ms: number, reason: string }>} */
    const rows = this.#sql.exec(
      "SELECT attempt, next_try_ms, reason FROM errands WHERE kind = ? ORDER BY id LIMIT 1",
      kind,
    );
    return rows.toArray()[0] ?? null;
  }

  /**
   * The oldest that is due.
   * @param {number} nowMs
   * @returns {Errand | null}
   */
  next(nowMs) {
    /** @type {SqlStorageCursor<any>} */
    const rows = this.#sql.exec(
      "SELECT * FROM errands WHERE next_try_ms <= ? ORDER BY id LIMIT 1",
      nowMs,
    );
    return rows.toArray()[0] ?? null;
  }

  /**
   * @param {ErrandKind} kind
   * @returns {Errand[]}
   */
  list(kind) {
    /** @type {SqlStorageCursor<any>} */
    const rows = this.#sql.exec("SELECT * FROM errands WHERE kind = ? ORDER BY id", kind);
    return rows.toArray();
  }

  /** All are tried at once, whatever they wait for. */
  hurry() {
    this.#sql.exec("UPDATE errands SET next_try_ms = 0");
  }

  /** @param {Errand} errand */
  done({ id }) {
    this.#sql.exec("DELETE FROM errands WHERE id = ?", id);
  }

  /**
   * @param {Errand} errand
   * @param {string} reason
   * @param {number} nextTryMs
   */
  failed({ id, attempt }, reason, nextTryMs) {
    this.#sql.exec(
      "UPDATE errands SET attempt = ?, reason = ?, next_try_ms = ? WHERE id = ?",
      attempt + 1,
      reason,
      nextTryMs,
      id,
    );
  }

  /**
   * Nothing of what is due is tried before then.
   * @param {number} nextTryMs
   */
  postpone(nextTryMs) {
    this.#sql.exec("UPDATE errands SET next_try_ms = max(next_try_ms, ?)", nextTryMs);
  }

  /** When the next is due; null if there is none. */
  get nextMs() {
    const { ms } = this.#sql.exec("SELECT min(next_try_ms) AS ms FROM errands").one();
    return ms === null ? null : Number(ms);
  }
}
