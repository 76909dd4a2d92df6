// @ts-check
import { retryDelayMs } from "usher/edge";
import { makeReceipt } from "usher/rights";
import { callModule } from "../edge-module.js";
import { callModule as callRights } from "../rights-module.js";
import { Refused, UNAVAILABLE } from "../refusal.js";
import { openedName } from "../sealed-name.js";

/** Receipts that wait for the audit; beyond, nobody starts: a decision that counts is a decision that is noted. */
const WAITING_MAX = 1_000;

/** Of these, so that refusals, which cost nobody anything, leave room for what is allowed. */
const REFUSALS_MAX = 500;

/** Receipts in one request. */
const DELIVERY_MAX = 100;

/** Where receipts go; the name of the host is nobody's. */
const AUDIT = "http://audit.invalid/v1/decision-audit";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS receipts (
    number INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL, attempt INTEGER NOT NULL,
    next_try_ms INTEGER NOT NULL, refused INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS receipt_chain (
    id INTEGER PRIMARY KEY CHECK (id = 1), digest TEXT NOT NULL
  );
`;

/**
 * A decision that is to be noted.
 * @typedef {object} Decided
 * @property {string} viewer sealed
 * @property {string} title
 * @property {import("./streams.js").Decision} decision
 * @property {object} input of the decision
 * @property {string | null} stream that it let start or ended
 */

/** @typedef {{ number: number, body: string, attempt: number }} Waiting */

/**
 * The receipts of decisions on streams, from the transaction of the decision until the catalogue worker's audit
 * has them. It knows each by its digest, so what is sent twice is stored once.
 */
export class Receipts {
  #sql;
  #env;
  /** @type {Promise<void> | null} */
  #delivering = null;

  /**
   * @param {SqlStorage} sql
   * @param {import("../edge.js").EdgeEnv} env
   */
  constructor(sql, env) {
    this.#sql = sql;
    this.#env = env;
    this.#sql.exec(SCHEMA);
  }

  /**
   * To be called in the transaction of what was decided.
   *
   * Throws `unavailable` if so many wait that another one would not be noted, and nothing is decided then.
   * @param {Decided} decided
   * @param {number} nowMs
   */
  add({ viewer, title, decision, input, stream }, nowMs) {
    const waiting = this.#count;
    if (!decision.allow && waiting >= REFUSALS_MAX) return;
    if (waiting >= WAITING_MAX) throw new Refused("unavailable", UNAVAILABLE.message);
    const previous = this.#head;
    const at = Math.floor(nowMs / 1000);
    const { receipt, digest } = callRights(() =>
      makeReceipt(this.#env.RECEIPT_KEYS, { previous, input, decision, at }),
    );
    const { allow, reasons, grant } = decision;
    const body = { receipt, digest, viewer, title, at, allow, reasons, grant, stream };
    // Behind those that wait for an audit that is away, not before them.
    this.#sql.exec(
      `INSERT INTO receipts VALUES (NULL, ?, 0, coalesce(
         (SELECT next_try_ms FROM receipts WHERE refused = 0 ORDER BY number LIMIT 1), 0), 0)`,
      JSON.stringify(body),
    );
    this.#sql.exec("INSERT OR REPLACE INTO receipt_chain VALUES (1, ?)", digest);
  }

  /** When some are to be sent; null if none waits. */
  get nextMs() {
    const { ms } = this.#sql.exec("SELECT min(next_try_ms) AS ms FROM receipts").one();
    return ms === null ? null : Number(ms);
  }

  /** Sends what is due, the oldest first; whatever fails is tried again later. */
  deliver() {
    this.#delivering ??= this.#deliverAll().finally(() => {
      this.#delivering = null;
    });
    return this.#delivering;
  }

  /** What waits, for an export. */
  list() {
    return this.#rows(-1, Infinity).map(({ body }) => {
      const { viewer: _, receipt: __, ...decided } = JSON.parse(body);
      return decided;
    });
  }

  clear() {
    this.#sql.exec("DELETE FROM receipts");
    this.#sql.exec("DELETE FROM receipt_chain");
  }

  async #deliverAll() {
    // One that the audit refuses is found by sending each alone, and does not hold up those behind it.
    for (let limit = DELIVERY_MAX; ;) {
      const rows = this.#rows(limit, Date.now());
      const last = rows.at(-1);
      if (last === undefined) return;
      try {
        const status = await this.#send(rows);
        if (status < 300) {
          this.#confirmed(rows);
          continue;
        }
        const isAway = status >= 500 || status === 401 || status === 429;
        if (isAway) throw new Error(`the audit answered ${status}`);
        console.error(`the audit refused \`${rows.length}\` receipts of decisions with ${status}`);
        if (rows.length === 1) this.#failed(last, "refused = 1", "number = ?", last.number);
        limit = 1;
      } catch (error) {
        console.error("receipts of decisions could not be handed to the audit:", String(error));
        this.#failed(last, "refused = refused", "next_try_ms <= ?", Date.now());
        return;
      }
    }
  }

  /** @param {Waiting[]} rows */
  #confirmed(rows) {
    for (const { number } of rows) this.#sql.exec("DELETE FROM receipts WHERE number = ?", number);
  }

  /**
   * @param {Waiting} last
   * @param {string} what is noted besides
   * @param {string} which rows wait now
   * @param {number} of
   */
  #failed({ attempt: before }, what, which, of) {
    const attempt = before + 1;
    const input = { attempt, random: Math.random(), retry_after_ms: null };
    const nextTryMs = Date.now() + callModule(() => retryDelayMs(input));
    const sql = `UPDATE receipts SET attempt = ?, next_try_ms = ?, ${what} WHERE ${which}`;
    this.#sql.exec(sql, attempt, nextTryMs, of);
  }

  /**
   * @param {Waiting[]} rows
   * @returns {Promise<number>} the status of the answer: the rest may name the viewer
   */
  async #send(rows) {
    const receipts = [];
    for (const { body } of rows) {
      const { viewer, ...decided } = JSON.parse(body);
      receipts.push({ ...decided, viewer: await openedName(this.#env, viewer) });
    }
    const { status, body } = await this.#env.CATALOGUE.fetch(AUDIT, {
      method: "POST",
      headers: {
        authorization: `Bearer ${this.#env.OPERATOR_KEY}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ receipts }),
    });
    await body?.cancel();
    return status;
  }

  /**
   * @param {number} limit -1 for none
   * @param {number} nowMs
   * @returns {Waiting[]}
   */
  #rows(limit, nowMs) {
    /** @type {SqlStorageCursor<any>} */
    const rows = this.#sql.exec(
      "SELECT number, body, attempt FROM receipts WHERE next_try_ms <= ? ORDER BY number LIMIT ?",
      Number.isFinite(nowMs) ? nowMs : Number.MAX_SAFE_INTEGER,
      limit,
    );
    return rows.toArray();
  }

  get #count() {
    return Number(this.#sql.exec("SELECT count(*) AS n FROM receipts").one()["n"]);
  }

  /** The digest of the receipt before; null for the first. */
  get #head() {
    const [row] = this.#sql.exec("SELECT digest FROM receipt_chain").toArray();
    return row === undefined ? null : String(row["digest"]);
  }
}
