// @ts-check
import { CENTRAL } from "./settings.js";

/** Rows refused alone that are kept for each destination. */
export const DEAD_LETTERS_MAX = 1000;

/** Of them, so many are shown, the latest first. */
const DEAD_LETTERS_SHOWN = 100;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS dead_letters (
    id INTEGER PRIMARY KEY AUTOINCREMENT, destination TEXT NOT NULL, batch TEXT NOT NULL,
    kind TEXT NOT NULL, reason TEXT NOT NULL, row TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS dead_letters_by_destination ON dead_letters (destination, id);
`;

/** Rows that a destination refused when they came alone, and will never take. */
export class DeadLetters {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
    this.#sql.exec(SCHEMA);
  }

  /** @param {string} destination */
  count(destination) {
    const { n } = this.#sql
      .exec("SELECT count(*) AS n FROM dead_letters WHERE destination = ?", destination)
      .one();
    return Number(n);
  }

  /**
   * Keeps a row. What a sink refused gives way to later ones; for what the central API refused there is
   * room, or it does not come here.
   * @param {string} destination
   * @param {string} batch
   * @param {string} kind
   * @param {string} reason
   * @param {string} row
   */
  keep(destination, batch, kind, reason, row) {
    this.#sql.exec(
      "INSERT INTO dead_letters VALUES (NULL, ?, ?, ?, ?, ?)",
      destination,
      batch,
      kind,
      reason,
      row,
    );
    if (destination === CENTRAL) return;
    this.#sql.exec(
      `DELETE FROM dead_letters WHERE destination = ?1 AND id <=
         (SELECT id FROM dead_letters WHERE destination = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)`,
      destination,
      DEAD_LETTERS_MAX,
    );
  }

  /** The latest, with what the row is about but not who. */
  shown() {
    /** @type {SqlStorageCursor<{ destination: string, batch: string, kind: string, reason: string, view: string | null, title: string, window_start_ms: number | null }>} */
    const rows = this.#sql.exec(
      `SELECT destination, batch, kind, reason, row ->> 'view' AS view, row ->> 'title' AS title,
              row ->> 'window_start_ms' AS window_start_ms
       FROM dead_letters ORDER BY id DESC LIMIT ?`,
      DEAD_LETTERS_SHOWN,
    );
    return rows.toArray();
  }

  /** @param {string} viewer */
  ofViewer(viewer) {
    /** @type {SqlStorageCursor<{ destination: string, batch: string, reason: string, row: string }>} */
    const rows = this.#sql.exec(
      `SELECT destination, batch, reason, row FROM dead_letters WHERE row ->> 'viewer' = ?
       ORDER BY id`,
      viewer,
    );
    return rows.toArray();
  }

  /**
   * @param {string} viewer
   * @returns {number} rows
   */
  erase(viewer) {
    return this.#sql
      .exec("DELETE FROM dead_letters WHERE row ->> 'viewer' = ? RETURNING 1", viewer)
      .toArray().length;
  }

  /** @param {string[]} destinations that are left */
  only(destinations) {
    this.#sql.exec(
      "DELETE FROM dead_letters WHERE destination NOT IN (SELECT value FROM json_each(?))",
      JSON.stringify(destinations),
    );
  }
}
