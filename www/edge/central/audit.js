// @ts-check
import { appendAudit, checkAudit } from "usher/office";
import { callModule } from "../office-module.js";

/** @typedef {Parameters<typeof appendAudit>[0]["entry"]} AuditEntry */
/** @typedef {ReturnType<typeof appendAudit>} AuditRow */
/** @typedef {{ sequence: number, hash: string }} AuditHead */

/** Rows whose hashes are made again in one call. */
const ROWS_PER_CHECK = 1000;

const COLUMNS = "sequence, at_ms, actor, action, subject, detail, previous, hash";

/** The audit log: rows are added at the end, and forgotten at the beginning when their time is over. */
export class Audit {
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
   * Adds an entry; one that was sent before changes nothing.
   * @param {AuditEntry} entry
   * @param {number} nowMs
   * @param {string | null} [request] what the sender names this entry by, if it may send it again
   * @returns {AuditHead} the row of the entry
   */
  add(entry, nowMs, request = null) {
    /** @type {SqlStorageCursor<AuditHead>} */
    const known = this.#sql.exec("SELECT sequence, hash FROM audit WHERE request = ?", request);
    const [before] = known.toArray();
    if (before !== undefined) return before;
    const input = { head: this.#head("audit_head"), at_ms: nowMs, entry };
    const row = callModule(() => appendAudit(input));
    this.#sql.exec(
      `INSERT INTO audit (${COLUMNS}, request) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      row.sequence,
      row.at_ms,
      row.actor,
      row.action,
      row.subject,
      row.detail,
      row.previous,
      row.hash,
      request,
    );
    const head = { sequence: row.sequence, hash: row.hash };
    this.#about.set("audit_head", JSON.stringify(head));
    return head;
  }

  /**
   * @param {number} after
   * @param {number} limit
   */
  list(after, limit) {
    const rows = this.#rows(after, limit + 1);
    const page = rows.slice(0, limit);
    return { rows: page, next: rows.length > limit ? (page.at(-1)?.sequence ?? null) : null };
  }

  /**
   * Makes the hashes of some rows again.
   * @param {AuditHead | null} head of the part before; none for the first part
   * @returns {{ head: AuditHead | null, broken_at: number | null, done: boolean }}
   */
  check(head) {
    const first = head ?? this.#head("audit_base");
    const rows = this.#rows(first?.sequence ?? 0, ROWS_PER_CHECK);
    const checked = callModule(() => checkAudit({ head: first, rows }));
    if (checked.broken_at !== null) return { ...checked, done: true };
    if (rows.length === ROWS_PER_CHECK) return { ...checked, done: false };
    // Rows that were taken off the end leave a chain that is whole, but shorter than it was.
    const end = this.#head("audit_head");
    const found = checked.head?.sequence ?? 0;
    const isWhole = end === null ? found === 0 : end.hash === checked.head?.hash;
    return { head: isWhole ? end : null, broken_at: isWhole ? null : found + 1, done: true };
  }

  /**
   * Forgets rows, the oldest first; the last one that goes is where the chain begins from then on.
   * @param {number} dueMs
   * @param {number} limit
   * @returns {number} how many
   */
  prune(dueMs, limit) {
    const due = this.#rows(this.#head("audit_base")?.sequence ?? 0, limit).filter(
      ({ at_ms }, index, rows) => rows.slice(0, index + 1).every((row) => row.at_ms <= dueMs),
    );
    const last = due.at(-1);
    if (last === undefined) return 0;
    this.#sql.exec("DELETE FROM audit WHERE sequence <= ?", last.sequence);
    this.#about.set("audit_base", JSON.stringify({ sequence: last.sequence, hash: last.hash }));
    return due.length;
  }

  /**
   * @param {number} after
   * @param {number} limit
   * @returns {AuditRow[]}
   */
  #rows(after, limit) {
    /** @type {SqlStorageCursor<any>} */
    const cursor = this.#sql.exec(
      `SELECT ${COLUMNS} FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?`,
      after,
      limit,
    );
    return cursor.toArray();
  }

  /**
   * @param {"audit_head" | "audit_base"} name
   * @returns {AuditHead | null}
   */
  #head(name) {
    const text = this.#about.get(name);
    return text === null ? null : JSON.parse(text);
  }
}
