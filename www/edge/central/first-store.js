// @ts-check
import { readBatchKey } from "usher/office";
import { callModule } from "../office-module.js";

/** As many as fit into a batch whatever their size: they are read like one. */
const ROWS_PER_STEP = 250;

/**
 * Takes over what version 0.1.0 stored, where viewers and views stood in the clear: records are sealed,
 * batches noted in the ledger. What SQLite leaves of the old rows in free pages stays there until they are
 * written again.
 * @param {SqlStorage} sql
 * @param {{ views: import("./views.js").Views, ledger: import("./ledger.js").Ledger,
 *   answers: import("./answers.js").Answers }} parts
 * @param {number} nowMs
 */
export function takeOver(sql, { views, ledger, answers }, nowMs) {
  const old = sql.exec(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('views', 'batches')",
  );
  const names = old.toArray().map(({ name }) => name);
  if (names.includes("views")) {
    for (let rowid = 0; ;) {
      /** @type {SqlStorageCursor<{ rowid: number, record: string }>} */
      const cursor = sql.exec(
        "SELECT rowid, record FROM views WHERE rowid > ? ORDER BY rowid LIMIT ?",
        rowid,
        ROWS_PER_STEP,
      );
      const rows = cursor.toArray();
      const last = rows.at(-1);
      if (last === undefined) break;
      const body = new TextEncoder().encode(rows.map(({ record }) => `${record}\n`).join(""));
      views.take(body, rows.length, nowMs);
      rowid = last.rowid;
    }
    sql.exec("DROP TABLE views");
  }
  if (names.includes("batches")) {
    /** @type {SqlStorageCursor<{ batch: string, digest: string, answer: string }>} */
    const cursor = sql.exec("SELECT batch, digest, answer FROM batches");
    const batches = cursor.toArray().map((row) => {
      return { ...row, name: callModule(() => readBatchKey(row.batch)) };
    });
    for (const { batch, digest, answer, name } of batches.sort(
      (one, other) => one.name.sequence - other.name.sequence,
    )) {
      const { rows, conflicts } = JSON.parse(answer);
      ledger.arrive(name, null);
      ledger.count(
        name,
        { batches: 1, rows, voids: 0, corrections: 0, conflicts, erased: 0 },
        nowMs,
      );
      answers.add(batch, "views", digest, { ...JSON.parse(answer), erased: 0 }, nowMs);
    }
    sql.exec("DROP TABLE batches");
  }
}
