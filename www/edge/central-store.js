// @ts-check
import { DurableObject } from "cloudflare:workers";
import { Alarm } from "./alarm.js";
import { Answers } from "./central/answers.js";
import { Audit } from "./central/audit.js";
import { configurationOf, noteConfiguration } from "./central/configuration.js";
import { Erasure } from "./central/erasure.js";
import { takeOver } from "./central/first-store.js";
import { Ledger } from "./central/ledger.js";
import { Reconciliation } from "./central/reconciliation.js";
import { Retention } from "./central/retention.js";
import { About } from "./about.js";
import { SCHEMA } from "./central/schema.js";
import { TenantKey } from "./central/tenant-key.js";
import { Views } from "./central/views.js";
import { Windows } from "./central/windows.js";
import { refusedBy } from "./store-answer.js";

/** @typedef {import("./store-answer.js").StoreRefusal} StoreRefusal */
/** @typedef {import("./batch-request.js").BatchRequest} BatchRequest */
/** @typedef {{ batch: string, rows: number, stored: number, conflicts: number, erased: number }} Stored */
/** @typedef {Stored | { batch: string, repeated: true }} BatchAnswer */

/**
 * What the central API knows, each batch applied once. No method waits for anything, so each is one
 * transaction; a method that cannot do what it is asked gives the refusal.
 * @extends {DurableObject<import("./central.js").CentralEnv>}
 */
export class Central extends DurableObject {
  #alarm;
  #key;
  #views;
  #windows;
  #ledger;
  #answers;
  #erasure;
  #audit;
  #retention;
  #reconciliation;

  /**
   * @param {DurableObjectState} ctx
   * @param {import("./central.js").CentralEnv} env
   */
  constructor(ctx, env) {
    super(ctx, env);
    const sql = ctx.storage.sql;
    const about = new About(sql, SCHEMA);
    this.#alarm = new Alarm(ctx.storage);
    this.#key = new TenantKey(about, env.TENANT_KEY);
    this.#views = new Views(sql, this.#key);
    this.#windows = new Windows(sql);
    this.#ledger = new Ledger(sql);
    this.#answers = new Answers(sql);
    this.#erasure = new Erasure(sql);
    this.#audit = new Audit(sql, about);
    this.#reconciliation = new Reconciliation(sql);
    this.#retention = new Retention(about, this.#audit, {
      view_records: (dueMs, limit) => this.#erasure.age(dueMs, limit),
      batch_answers: (dueMs, limit) => this.#answers.prune(dueMs, limit),
      tombstones: (dueMs, limit) => this.#erasure.prune(dueMs, limit),
      audit: (dueMs, limit) => this.#audit.prune(dueMs, limit),
    });
    this.#atOnce(() => {
      const parts = { views: this.#views, ledger: this.#ledger, answers: this.#answers };
      takeOver(sql, parts, Date.now());
      const configuration = configurationOf(env, this.#key, this.#retention.days);
      noteConfiguration(configuration, about, this.#audit, Date.now());
    });
    ctx.blockConcurrencyWhile(async () => {
      await this.#alarm.load();
      this.#alarm.arm(this.#retention.dueMs(Date.now()));
    });
  }

  /** Ends what was kept for long enough. An alarm must not throw: it would be given up on. */
  async alarm() {
    this.#alarm.rang();
    const now = Date.now();
    const next = this.#atOnce(() => this.#retention.step(now));
    if (typeof next !== "number") console.error("the retention failed:", next.refusal);
    this.#alarm.arm(typeof next === "number" ? next : this.#retention.dueMs(now + 3600_000));
  }

  /**
   * Key and rows in one transaction.
   * @param {BatchRequest} request
   * @returns {BatchAnswer | StoreRefusal}
   */
  commit(request) {
    return this.#atOnce(() => {
      const { batch, name, kind, digest, frozen } = request;
      const known = this.#answers.get(batch);
      const arrival = this.#ledger.arrive(name, frozen);
      if (known !== null && known.digest !== digest) return changed(batch);
      if (known !== null) {
        this.#ledger.repeat(name);
        return JSON.parse(known.answer);
      }
      if (arrival === "too_far_ahead") return ahead(batch);
      if (arrival === "repeated") {
        // Voids are never forgotten, so this one is of a batch that was stored.
        if (kind === "void") return changed(batch);
        this.#ledger.repeat(name);
        return { batch, repeated: true };
      }
      return this.#apply(request, Date.now());
    });
  }

  /**
   * Counts a batch that was refused.
   * @param {Pick<BatchRequest, "name" | "frozen">} request
   */
  refuse({ name, frozen }) {
    return this.#atOnce(() => {
      this.#ledger.refuse(name, frozen);
      return {};
    });
  }

  /**
   * @param {string} view
   * @returns {{ record: string | null } | StoreRefusal} JSON, the ViewRecord
   */
  view(view) {
    return this.#atOnce(() => ({ record: this.#views.view(view) }));
  }

  /**
   * @param {string} after
   * @param {number} limit
   */
  titles(after, limit) {
    return this.#atOnce(() => this.#views.titles(after, limit));
  }

  /** @param {import("./central/windows.js").WindowQuery} query */
  windows(query) {
    return this.#atOnce(() => this.#windows.list(query));
  }

  /**
   * @param {string | null} title
   * @param {string} after
   * @param {number} limit
   */
  reconciliation(title, after, limit) {
    return this.#atOnce(() => this.#reconciliation.list(title, after, limit));
  }

  /**
   * @param {string | null} shard
   * @param {[string, number]} after
   * @param {number} limit
   */
  ledger(shard, after, limit) {
    return this.#atOnce(() => this.#ledger.list(shard, after, limit));
  }

  /**
   * A part of what is held of a viewer; the first part notes the access.
   * @param {string} viewer
   * @param {string} after
   * @param {number} limit
   * @param {string} actor
   */
  viewer(viewer, after, limit, actor) {
    return this.#atOnce(() => {
      const key = this.#key.viewer(viewer);
      const part = this.#views.ofViewer(viewer, after, limit);
      if (after === "") this.#note(actor, "viewer_exported", key, "");
      return { ...part, erased_ms: this.#erasure.erasedMs(key) };
    });
  }

  /**
   * @param {string} viewer
   * @param {string} actor
   */
  erase(viewer, actor) {
    return this.#atOnce(() => {
      const key = this.#key.viewer(viewer);
      const { isNew, ...erased } = this.#erasure.erase(key, Date.now());
      if (isNew) this.#note(actor, "viewer_erased", key, JSON.stringify({ views: erased.views }));
      return erased;
    });
  }

  /**
   * @param {import("./central/audit.js").AuditEntry} entry
   * @param {string | null} viewer of whom it is, instead of a subject
   * @param {string | null} request
   */
  note(entry, viewer, request) {
    return this.#atOnce(() => {
      const subject = viewer === null ? entry.subject : subjectOf(this.#key.viewer(viewer));
      return this.#audit.add({ ...entry, subject }, Date.now(), request);
    });
  }

  /**
   * @param {number} after
   * @param {number} limit
   */
  audit(after, limit) {
    return this.#atOnce(() => this.#audit.list(after, limit));
  }

  /** @param {import("./central/audit.js").AuditHead | null} head */
  checkAudit(head) {
    return this.#atOnce(() => this.#audit.check(head));
  }

  /**
   * @param {BatchRequest} request
   * @param {number} nowMs
   * @returns {Stored}
   */
  #apply({ batch, name, kind, digest, rows, body }, nowMs) {
    const taken = { stored: rows, conflicts: 0, erased: 0 };
    let corrections = 0;
    if (kind === "views") Object.assign(taken, this.#views.take(body, rows, nowMs));
    if (kind === "windows") corrections = this.#windows.add(body, rows);
    const answer = { batch, rows, ...taken };
    this.#answers.add(batch, kind, digest, answer, nowMs);
    const { conflicts, erased } = taken;
    const voids = kind === "void" ? 1 : 0;
    this.#ledger.count(name, { batches: 1, rows, voids, corrections, conflicts, erased }, nowMs);
    return answer;
  }

  /**
   * @param {string} actor
   * @param {string} action
   * @param {string} viewerKey
   * @param {string} detail
   */
  #note(actor, action, viewerKey, detail) {
    const subject = subjectOf(viewerKey);
    this.#audit.add({ actor, action, subject, detail }, Date.now());
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

/** @param {string} viewerKey */
function subjectOf(viewerKey) {
  return `viewer:${viewerKey}`;
}

/**
 * The ledger keeps what the batch announced: nothing is thrown.
 * @param {string} batch
 * @returns {StoreRefusal}
 */
function changed(batch) {
  const message = `batch \`${batch}\` was stored with another body`;
  return { refusal: { code: "batch_changed", message, field: "Idempotency-Key" } };
}

/**
 * @param {string} batch
 * @returns {StoreRefusal}
 */
function ahead(batch) {
  const message = `batch \`${batch}\` is too far ahead of one that is missing: send that one first`;
  return { refusal: { code: "batch_ahead", message, field: "Idempotency-Key" } };
}
