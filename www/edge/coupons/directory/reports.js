// @ts-check

/** @typedef {{ line: number, text: string, result: string }} RefusedRow */

/** Rows of a report that stand in one row of the table. */
const REPORT_ROWS_MAX = 5000;

/** Rows of files that were not taken, by job. */
export class Reports {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
  }

  /**
   * @param {number} job
   * @param {number} sequence of the slice
   * @param {RefusedRow[]} rows
   */
  add(job, sequence, rows) {
    for (let at = 0; at < rows.length; at += REPORT_ROWS_MAX) {
      this.#sql.exec(
        "INSERT INTO reports (job, sequence, rows) VALUES (?, ?, ?)",
        job,
        sequence,
        JSON.stringify(rows.slice(at, at + REPORT_ROWS_MAX)),
      );
    }
  }

  /**
   * Those of the first slice after `after`, in their order.
   * @param {number} job
   * @param {number} after
   */
  page(job, after) {
    const found = this.#sql
      .exec(
        `SELECT sequence, rows FROM reports WHERE job = ?1 AND sequence =
           (SELECT min(sequence) FROM reports WHERE job = ?1 AND sequence > ?2)`,
        job,
        after,
      )
      .toArray();
    if (found.length === 0) return { sequence: after, rows: [] };
    /** @type {RefusedRow[]} */
    const rows = found.flatMap((row) => JSON.parse(String(row["rows"])));
    rows.sort((one, other) => one.line - other.line);
    return { sequence: Number(found[0]?.["sequence"]), rows };
  }

  /** @param {number} job */
  forget(job) {
    this.#sql.exec("DELETE FROM reports WHERE job = ?", job);
  }
}
