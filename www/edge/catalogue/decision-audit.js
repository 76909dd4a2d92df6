// @ts-check
import { DurableObject } from "cloudflare:workers";
import { About } from "../about.js";
import { Alarm } from "../alarm.js";
import { Audit } from "../central/audit.js";
import { TenantKey } from "../central/tenant-key.js";
import { refusedBy } from "../store-answer.js";

/** @typedef {import("../store-answer.js").StoreRefusal} StoreRefusal */
/** @typedef {import("../central/audit.js").AuditHead} AuditHead */

/** How long a decision can be shown: a year, and as long as a complaint about its last day may take. */
export const DECISIONS_KEPT_MS = 400 * 24 * 3600 * 1000;

/** Decisions that are forgotten at a time. */
const FORGOTTEN_MAX = 500;

/** After a start, so that the first requests come first. */
const START_MS = 1_000;

/** Between two looks at what is to be forgotten. */
const DAY_MS = 24 * 3600 * 1000;

/** Between two parts of it, so that decisions come in between. */
const STEP_MS = 100;

/**
 * A decision of the edge: the receipt as it came, and what of it people look for.
 * @typedef {object} DecidedRow
 * @property {string} receipt a compact JWS, whose key is the edge's alone
 * @property {string} key SHA-256 of the receipt, as base64url: stored once
 * @property {string | null} digest by which the next receipt of the chain names it
 * @property {string | null} grant by which it was allowed
 * @property {string | null} stream that was started or ended by it
 * @property {string} viewer
 * @property {string} title
 * @property {number} at when it was decided, in seconds, UTC
 * @property {boolean} allow
 * @property {string[]} reasons
 */

/**
 * @typedef {object} DecisionSearch
 * @property {string | null} viewer
 * @property {string | null} title
 * @property {boolean | null} allow
 * @property {number | null} from decided at this time or later, in seconds
 * @property {number | null} to decided before this time
 * @property {number | null} after the `next` of the page before
 * @property {number} limit
 */

/**
 * viewer_key: no table has the name of a viewer. The columns of `decisions` are those of the chained detail again, to be
 * found by.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS audit (
    sequence INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
    subject TEXT NOT NULL, detail TEXT NOT NULL CHECK (json_valid(detail)), previous TEXT NOT NULL,
    hash TEXT NOT NULL CHECK (length(hash) = 64), request TEXT UNIQUE
  );
  CREATE TABLE IF NOT EXISTS decisions (
    sequence INTEGER PRIMARY KEY, viewer_key TEXT NOT NULL, title TEXT NOT NULL, at INTEGER NOT NULL,
    allow INTEGER NOT NULL CHECK (allow IN (0, 1))
  );
  CREATE INDEX IF NOT EXISTS decisions_by_viewer ON decisions (viewer_key, sequence);
  CREATE INDEX IF NOT EXISTS decisions_by_title ON decisions (title, sequence);
`;

/**
 * The decisions of the edge, each chained to the one before by its hash.
 * @extends {DurableObject<import("../catalogue.js").CatalogueEnv>}
 */
export class DecisionAudit extends DurableObject {
  #sql;
  #about;
  #key;
  #audit;
  #alarm;

  /**
   * @param {DurableObjectState} ctx
   * @param {import("../catalogue.js").CatalogueEnv} env
   */
  constructor(ctx, env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#about = new About(this.#sql, SCHEMA);
    this.#key = new TenantKey(this.#about, env.TENANT_KEY);
    this.#audit = new Audit(this.#sql, this.#about);
    this.#alarm = new Alarm(ctx.storage);
    ctx.blockConcurrencyWhile(async () => {
      await this.#alarm.load();
      const last = Number(this.#about.get("forgotten_ms") ?? 0);
      this.#alarm.arm(Math.max(Date.now() + START_MS, last + DAY_MS));
    });
  }

  /** Forgets what was kept for long enough. An alarm must not throw: it would be given up on. */
  async alarm() {
    this.#alarm.rang();
    const nowMs = Date.now();
    const forgotten = this.#atOnce(() => this.#forget(nowMs - DECISIONS_KEPT_MS));
    if (typeof forgotten !== "number") console.error("decisions stay too long:", forgotten.refusal);
    this.#alarm.arm(nowMs + (forgotten === FORGOTTEN_MAX ? STEP_MS : DAY_MS));
  }

  /**
   * Appends decisions, each once however often it comes.
   * @param {DecidedRow[]} rows in their order
   * @returns {{ stored: number, known: number, head: AuditHead | null } | StoreRefusal}
   */
  append(rows) {
    return this.#atOnce(() => {
      let stored = 0;
      /** @type {AuditHead | null} */
      let head = null;
      for (const { key, viewer, ...row } of rows) {
        const { digest, receipt, ...told } = row;
        const { title, at, allow } = told;
        const subject = this.#key.viewer(viewer);
        const detail = JSON.stringify({ ...told, digest: digest ?? key, receipt });
        const entry = { actor: "edge", action: "decision", subject, detail };
        head = this.#audit.add(entry, Date.now(), key);
        const added = this.#sql.exec(
          "INSERT INTO decisions VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING 1",
          head.sequence,
          subject,
          title,
          at,
          Number(allow),
        );
        stored += added.toArray().length;
      }
      return { stored, known: rows.length - stored, head };
    });
  }

  /**
   * The newest first.
   * @param {DecisionSearch} search
   */
  list({ viewer, title, allow, from, to, after, limit }) {
    return this.#atOnce(() => {
      const found = this.#sql
        .exec(
          `SELECT sequence, at_ms, viewer_key, detail, previous, hash FROM decisions JOIN audit USING (sequence)
           WHERE sequence < ?1 AND (?2 IS NULL OR viewer_key = ?2) AND (?3 IS NULL OR decisions.title = ?3)
             AND (?4 IS NULL OR allow = ?4) AND (?5 IS NULL OR at >= ?5) AND (?6 IS NULL OR at < ?6)
           ORDER BY sequence DESC LIMIT ?7`,
          after ?? Number.MAX_SAFE_INTEGER,
          viewer === null ? null : this.#key.viewer(viewer),
          title,
          allow === null ? null : Number(allow),
          from,
          to,
          limit + 1,
        )
        .toArray();
      const page = found.slice(0, limit);
      const rows = page.map(({ detail, ...row }) => ({ ...row, ...JSON.parse(String(detail)) }));
      return { rows, next: found.length > limit ? Number(page.at(-1)?.["sequence"]) : null };
    });
  }

  /**
   * Makes the hashes of a part again.
   * @param {AuditHead | null} head of the part before
   */
  check(head) {
    return this.#atOnce(() => this.#audit.check(head));
  }

  /** @param {number} dueMs */
  #forget(dueMs) {
    const forgotten = this.#audit.prune(dueMs, FORGOTTEN_MAX);
    this.#about.set("forgotten_ms", Date.now());
    this.#sql.exec(
      "DELETE FROM decisions WHERE sequence < (SELECT coalesce(min(sequence), 1 << 53) FROM audit)",
    );
    return forgotten;
  }

  /**
   * Runs `work` in one transaction, of which nothing stays when it throws.
   * @template T
   * @param {() => T} work
   * @returns {T | StoreRefusal}
   */
  #atOnce(work) {
    try {
      return this.ctx.storage.transactionSync(work);
    } catch (error) {
      return refusedBy(error);
    }
  }
}
