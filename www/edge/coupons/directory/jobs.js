// @ts-check
import { generateCodes, nextJobStep } from "usher/office";
import { callModule } from "../../office-module.js";
import { Refused, refusalOf } from "../../refusal.js";
import { CODE_SHARDS, codeShardOf, codesAt } from "../objects.js";
import { Reports } from "./reports.js";

/** @typedef {Parameters<typeof nextJobStep>[0]} JobProgress */
/** @typedef {import("../codes.js").CodeRow} CodeRow */
/** @typedef {import("./reports.js").RefusedRow} RefusedRow */

/** @typedef {import("usher/office").Making} Making */

/**
 * As an operator sees it.
 * @typedef {object} Job
 * @property {string} id
 * @property {JobProgress["kind"]} kind
 * @property {string} coupon
 * @property {JobProgress["state"]} state
 * @property {number} done codes that are stored
 * @property {number} total codes that were asked for, or rows of the file
 * @property {number} duplicates
 * @property {number} errors
 * @property {string} message
 * @property {number} started_ms
 * @property {number | null} ended_ms
 */

/** Slices are sent together until they have so many rows. */
const ROWS_PER_STEP_MIN = 25_000;

/** A file of which nothing came for so long is given up. */
const RECEIVING_MS_MAX = 10 * 60 * 1000;

/** How long a job that is over is kept, with the report of its file. */
export const JOBS_KEPT_MS = 90 * 24 * 3600 * 1000;

/** Jobs that are forgotten in one go: a report of each may have some hundred rows. */
const JOBS_FORGOTTEN_MAX = 100;

const CUT_OFF = "the file was cut off: send it again";

/** Jobs that issue codes, slice by slice; see src/coupon/job.rs. */
export class Jobs {
  #storage;
  #sql;
  #env;
  #reports;

  /**
   * @param {DurableObjectStorage} storage
   * @param {import("../../coupons.js").CouponsEnv} env
   */
  constructor(storage, env) {
    this.#storage = storage;
    this.#sql = storage.sql;
    this.#env = env;
    this.#reports = new Reports(storage.sql);
  }

  /** Gives up files that an earlier life of the object was receiving: their pieces may not be whole. */
  dropReceiving() {
    for (const { number } of this.#sql.exec("SELECT number FROM jobs WHERE receiving").toArray()) {
      this.#fail(Number(number), CUT_OFF);
    }
  }

  /**
   * @param {JobProgress["kind"]} kind
   * @param {string} coupon
   * @param {number} total
   * @param {Making | null} making of codes that are generated
   * @returns {Job}
   */
  add(kind, coupon, total, making) {
    const nowMs = Date.now();
    const { number } = this.#sql
      .exec(
        `INSERT INTO jobs (kind, coupon, making, receiving, total, started_ms, touched_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING number`,
        kind,
        coupon,
        JSON.stringify(making),
        Number(kind === "import"),
        total,
        nowMs,
        nowMs,
      )
      .one();
    return this.get(String(number));
  }

  /**
   * A job that was over at once.
   * @param {string} coupon
   * @param {number} quantity
   */
  addDone(coupon, quantity) {
    const { id } = this.add("generate", coupon, quantity, null);
    this.#sql.exec("UPDATE jobs SET done = total WHERE number = ?", Number(id));
    this.#end(Number(id), "done", "");
    return this.get(id);
  }

  /**
   * @param {string} id
   * @returns {Job}
   */
  get(id) {
    return jobIn(this.#row(id));
  }

  /**
   * The newest first.
   * @param {number | null} after
   * @param {number} limit
   */
  list(after, limit) {
    const rows = this.#sql
      .exec(
        "SELECT * FROM jobs WHERE ?1 IS NULL OR number < ?1 ORDER BY number DESC LIMIT ?2",
        after,
        limit + 1,
      )
      .toArray();
    const page = rows.slice(0, limit);
    const next = rows.length > limit ? Number(page.at(-1)?.["number"]) : null;
    return { rows: page.map(jobIn), next };
  }

  /**
   * Ends a job after the slice that is under way.
   * @param {string} id
   */
  cancel(id) {
    const { state, receiving, number } = this.#row(id);
    if (state !== "running") {
      throw new Refused("job_state", `job \`${id}\` is \`${state}\`, expected \`running\``, "job");
    }
    if (receiving === 1) this.#fail(Number(number), "cancelled");
    this.#sql.exec("UPDATE jobs SET cancelled = 1 WHERE number = ?", number);
    const sent = this.#slices(Number(number))?.sequence ?? -1;
    this.#sql.exec("DELETE FROM slices WHERE job = ? AND sequence > ?", number, sent);
    return this.get(id);
  }

  /**
   * A piece of a file.
   * @param {string} id
   * @param {number} sequence
   * @param {{ rows: string, refused: RefusedRow[] }} piece
   */
  receive(id, sequence, { rows, refused }) {
    const { number } = this.#receiving(id);
    this.#sql.exec("INSERT INTO slices VALUES (?, ?, ?)", number, sequence, rows);
    this.#reports.add(Number(number), sequence, refused);
    this.#sql.exec(
      "UPDATE jobs SET errors = errors + ?, touched_ms = ? WHERE number = ?",
      refused.length,
      Date.now(),
      number,
    );
  }

  /**
   * The file is here as a whole.
   * @param {string} id
   * @param {number} rows
   * @param {string} message
   */
  received(id, rows, message) {
    const { number } = this.#receiving(id);
    this.#sql.exec(
      "UPDATE jobs SET receiving = 0, total = ?, message = ? WHERE number = ?",
      rows,
      message,
      number,
    );
    return this.get(id);
  }

  /**
   * The file did not come as a whole.
   * @param {string} id
   * @param {string | null} message
   */
  drop(id, message) {
    const { number, receiving } = this.#row(id);
    if (receiving === 1) this.#fail(Number(number), message ?? CUT_OFF);
  }

  /**
   * Does the next piece of the job that waits the longest.
   * @returns {Promise<boolean>} whether there was one
   */
  async step() {
    this.#giveUp();
    const [row] = this.#sql
      .exec(
        "SELECT * FROM jobs WHERE state = 'running' AND NOT receiving ORDER BY touched_ms LIMIT 1",
      )
      .toArray();
    if (row === undefined) return false;
    const number = Number(row["number"]);
    this.#sql.exec("UPDATE jobs SET touched_ms = ? WHERE number = ?", Date.now(), number);
    const slice = this.#slices(number) ?? this.#next(row);
    if (slice !== null) {
      const outcome = await this.#store(row, slice.rows);
      this.#storage.transactionSync(() => this.#settle(number, slice.sequence, outcome));
    }
    return true;
  }

  /** Whether a job waits to go on. */
  isWaiting() {
    return (
      this.#sql.exec("SELECT 1 FROM jobs WHERE state = 'running' LIMIT 1").toArray().length > 0
    );
  }

  /**
   * Forgets those that ended first, if they ended before. What they have issued stays.
   * @param {number} beforeMs
   */
  forget(beforeMs) {
    const forgotten = this.#sql.exec(
      `DELETE FROM jobs WHERE number IN
        (SELECT number FROM jobs WHERE ended_ms < ? ORDER BY ended_ms LIMIT ?) RETURNING number`,
      beforeMs,
      JOBS_FORGOTTEN_MAX,
    );
    for (const { number } of forgotten.toArray()) {
      this.#reports.forget(Number(number));
    }
  }

  /** When the first of those that are over ended; null without one. */
  get oldestEndMs() {
    const sql = "SELECT min(ended_ms) AS ended_ms FROM jobs WHERE ended_ms IS NOT NULL";
    const { ended_ms } = this.#sql.exec(sql).one();
    return ended_ms === null ? null : Number(ended_ms);
  }

  /**
   * Rows that were not taken, in their order: those of the slices after `after`.
   * @param {string} id
   * @param {number} after
   */
  report(id, after) {
    return this.#reports.page(Number(this.#row(id)["number"]), after);
  }

  /** @param {string} id */
  #row(id) {
    const number = /^\d{1,15}$/.test(id) ? Number(id) : 0;
    const [row] = this.#sql.exec("SELECT * FROM jobs WHERE number = ?", number).toArray();
    if (row !== undefined) return row;
    throw new Refused("job_unknown", `job \`${id}\` is not known`, "job");
  }

  /** @param {string} id */
  #receiving(id) {
    const row = this.#row(id);
    if (row["receiving"] === 1) return row;
    throw new Refused("job_state", `job \`${id}\` takes no more of its file: send it again`, "job");
  }

  /**
   * What waits first, several slices together: the more codes an object gets at once, the fewer pages it
   * writes for each.
   * @param {number} number
   * @returns {{ sequence: number, rows: CodeRow[] } | null}
   */
  #slices(number) {
    /** @type {CodeRow[]} */
    let rows = [];
    let last = null;
    for (const row of this.#sql.exec(
      "SELECT sequence, rows FROM slices WHERE job = ? ORDER BY sequence",
      number,
    )) {
      last = Number(row["sequence"]);
      rows = rows.concat(JSON.parse(String(row["rows"])));
      if (rows.length >= ROWS_PER_STEP_MIN) break;
    }
    return last === null ? null : { sequence: last, rows };
  }

  /**
   * The next slice of a job that has none waiting; null if it is over now.
   * @param {Record<string, SqlStorageValue>} row
   * @returns {{ sequence: number, rows: CodeRow[] } | null}
   */
  #next(row) {
    const number = Number(row["number"]);
    const step = callModule(() => nextJobStep(progressIn(row)));
    if (step.kind === "end") this.#end(number, step.state, step.message);
    if (step.kind !== "make") return null;
    /** @type {Making} */
    const making = JSON.parse(String(row["making"]));
    let codes;
    try {
      codes = madeCodes(making, step.quantity);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === null) throw error;
      this.#end(number, "failed", refusal.message);
      return null;
    }
    const line = Number(row["line"]);
    const exact = Number(making.exact);
    const rows = codes.map(
      (code, index) => /** @type {CodeRow} */ ([line + index + 1, code, exact]),
    );
    const text = JSON.stringify(rows);
    this.#storage.transactionSync(() => {
      this.#sql.exec("INSERT INTO slices VALUES (?, ?, ?)", number, line, text);
      this.#sql.exec("UPDATE jobs SET line = line + ? WHERE number = ?", rows.length, number);
    });
    return { sequence: line, rows };
  }

  /**
   * Sends each code to the object that has it.
   * @param {Record<string, SqlStorageValue>} job
   * @param {CodeRow[]} rows
   */
  async #store({ coupon, number }, rows) {
    const { group_id, shards } = this.#sql
      .exec(
        `SELECT group_id, shards FROM coupons JOIN groups ON groups.id = group_id
         WHERE coupons.id = ?`,
        coupon,
      )
      .one();
    const owner = {
      coupon: String(coupon),
      group: String(group_id),
      shards: Number(shards),
      job: Number(number),
    };
    const parts = Array.from({ length: CODE_SHARDS }, () => /** @type {CodeRow[]} */ ([]));
    for (const row of rows) parts[codeShardOf(row[1])]?.push(row);
    const answers = await Promise.all(
      parts.map((part, shard) =>
        part.length === 0 ? null : codesAt(this.#env, shard).insert(owner, part),
      ),
    );
    const duplicates = answers.flatMap((answer) => answer?.duplicates ?? []);
    return { coupon: owner.coupon, stored: rows.length - duplicates.length, duplicates };
  }

  /**
   * @param {number} number
   * @param {number} sequence
   * @param {{ coupon: string, stored: number, duplicates: import("../codes.js").Duplicate[] }} outcome of the
   *   slices up to this one
   */
  #settle(number, sequence, { coupon, stored, duplicates }) {
    const { kind } = this.#row(String(number));
    this.#sql.exec(
      "UPDATE jobs SET done = done + ?, duplicates = duplicates + ? WHERE number = ?",
      stored,
      duplicates.length,
      number,
    );
    this.#sql.exec("UPDATE coupons SET issued = issued + ? WHERE id = ?", stored, coupon);
    if (kind === "import") {
      const rows = duplicates.map(({ line, code, inJob }) => ({
        line,
        text: code,
        result: inJob ? "duplicate_in_file" : "duplicate_of_existing",
      }));
      this.#reports.add(number, sequence, rows);
    }
    this.#sql.exec("DELETE FROM slices WHERE job = ? AND sequence <= ?", number, sequence);
  }

  /** Ends jobs whose file stopped coming. */
  #giveUp() {
    const dueMs = Date.now() - RECEIVING_MS_MAX;
    for (const { number } of this.#sql
      .exec(
        "SELECT number FROM jobs WHERE state = 'running' AND receiving AND touched_ms < ?",
        dueMs,
      )
      .toArray()) {
      this.#fail(Number(number), CUT_OFF);
    }
  }

  /**
   * @param {number} number
   * @param {string} message
   */
  #fail(number, message) {
    this.#sql.exec("DELETE FROM slices WHERE job = ?", number);
    this.#end(number, "failed", message);
  }

  /**
   * @param {number} number
   * @param {JobProgress["state"]} state
   * @param {string} message
   */
  #end(number, state, message) {
    this.#sql.exec(
      "UPDATE jobs SET state = ?, message = ?, receiving = 0, ended_ms = ? WHERE number = ?",
      state,
      message,
      Date.now(),
      number,
    );
  }
}

/**
 * @param {Making} making
 * @param {number} quantity
 */
function madeCodes({ pattern, alphabet }, quantity) {
  const shape = {
    pattern,
    alphabet,
    length: null,
    prefix: null,
    max_length: null,
    max_fill: null,
  };
  const lines = callModule(() => generateCodes({ shape, quantity, existing: 0, shown: false }));
  return new TextDecoder().decode(lines).split("\n");
}

/**
 * @param {Record<string, any>} row
 * @returns {JobProgress}
 */
function progressIn({
  kind,
  state,
  receiving,
  cancelled,
  line,
  done,
  total,
  duplicates,
  errors,
  message,
}) {
  return {
    kind,
    state,
    receiving: receiving === 1,
    cancelled: cancelled === 1,
    line,
    done,
    total,
    duplicates,
    errors,
    message,
  };
}

/**
 * @param {Record<string, any>} row
 * @returns {Job}
 */
function jobIn({
  number,
  kind,
  coupon,
  state,
  done,
  total,
  duplicates,
  errors,
  message,
  started_ms,
  ended_ms,
}) {
  const counts = { done, total, duplicates, errors };
  return { id: String(number), kind, coupon, state, ...counts, message, started_ms, ended_ms };
}
