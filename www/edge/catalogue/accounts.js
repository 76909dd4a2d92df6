// @ts-check
import { DurableObject } from "cloudflare:workers";
import { About } from "../about.js";
import { Alarm } from "../alarm.js";
import { Audit } from "../central/audit.js";
import { TenantKey } from "../central/tenant-key.js";
import { Refused } from "../refusal.js";
import { refusedBy } from "../store-answer.js";
import { Grants } from "./account/grants.js";
import { Revocations } from "./account/revocations.js";
import { SCHEMA } from "./account/schema.js";
import { demandRevision } from "./revision.js";

/** @typedef {import("../store-answer.js").StoreRefusal} StoreRefusal */
/** @typedef {import("./revision.js").Expected} Expected */
/** @typedef {import("./account/grants.js").Grant} Grant */

export const STATUSES = /** @type {const} */ ([
  "active",
  "past_due",
  "suspended",
  "chargeback",
  "closed",
]);

/** @typedef {(typeof STATUSES)[number]} Status */

/**
 * An account as an operator writes it.
 * @typedef {{ status: Status, since: number | null, max_rating: number | null }} AccountDraft
 */

/**
 * @typedef {object} AccountSearch
 * @property {Status | null} status
 * @property {string | null} q in the name of the viewer
 * @property {string} after the viewer that the page before ended with, or ""
 * @property {number} limit
 */

/** @typedef {ReturnType<typeof accountIn>} Account */

/** @typedef {{ rows: Account[], isLast: boolean }} AccountPage */

/** Rows of the audit that go at every change: more than one comes, so that none is left. */
const AUDIT_PRUNED_MAX = 2;

/** How long is told what was done to an account. */
export const AUDIT_KEPT_MS = 3 * 366 * 24 * 3600 * 1000;

/**
 * The accounts of a tenant in ACCOUNT_SHARDS objects: their states, what they hold, and who changed what when.
 * @extends {DurableObject<import("../catalogue.js").CatalogueEnv>}
 */
export class Accounts extends DurableObject {
  #sql;
  #key;
  #audit;
  #grants;
  #revocations;

  /**
   * @param {DurableObjectState} ctx
   * @param {import("../catalogue.js").CatalogueEnv} env
   */
  constructor(ctx, env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    const about = new About(this.#sql, SCHEMA);
    this.#key = new TenantKey(about, env.TENANT_KEY);
    this.#audit = new Audit(this.#sql, about);
    this.#grants = new Grants(this.#sql);
    const alarm = new Alarm(ctx.storage);
    this.#revocations = new Revocations(this.#sql, alarm, env);
    ctx.blockConcurrencyWhile(() => alarm.load());
  }

  /** Tells the deny list again what it has not heard. An alarm must not throw: it would be given up on. */
  async alarm() {
    await this.#revocations.ring();
  }

  /** @param {string} viewer */
  account(viewer) {
    return this.#atOnce(() => this.#get(viewer));
  }

  /**
   * @param {AccountSearch} search
   * @returns {AccountPage | StoreRefusal}
   */
  accounts({ status, q, after, limit }) {
    return this.#atOnce(() => {
      const rows = this.#sql
        .exec(
          `SELECT * FROM accounts WHERE viewer > ?1 AND (?2 IS NULL OR status = ?2)
             AND (?3 IS NULL OR instr(lower(viewer), lower(?3)) > 0) ORDER BY viewer LIMIT ?4`,
          after,
          status,
          q,
          limit + 1,
        )
        .toArray();
      return { rows: rows.slice(0, limit).map(accountIn), isLast: rows.length <= limit };
    });
  }

  /**
   * @param {string} viewer
   * @param {AccountDraft} draft that was checked
   * @param {string} actor
   * @param {Expected} expected
   */
  put(viewer, draft, actor, expected) {
    return this.#atOnce(() => {
      const nowMs = Date.now();
      const known = this.#find(viewer);
      demandRevision(expected, known?.revision ?? 0, "account", viewer);
      const { status, max_rating } = draft;
      const isStill = known !== null && known.status === status;
      const since = draft.since ?? (isStill ? known.since : Math.floor(nowMs / 1000));
      if (isStill && known.since === since && known.max_rating === max_rating) {
        return { account: this.#get(viewer), isNew: false };
      }
      // Seconds, so that an account that is made again under the same name has a later one.
      const epoch = Math.floor(nowMs / 1000);
      this.#sql.exec(
        `INSERT INTO accounts VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?6) ON CONFLICT (viewer) DO UPDATE SET
           status = excluded.status, since = excluded.since, max_rating = excluded.max_rating,
           revision = revision + 1, changed_ms = excluded.changed_ms`,
        viewer,
        status,
        since,
        max_rating,
        epoch,
        nowMs,
      );
      const before = known && {
        status: known.status,
        since: known.since,
        max_rating: known.max_rating,
      };
      const now = { status, since, max_rating };
      this.#note(viewer, actor, "account_put", { before, now });
      return { account: this.#get(viewer), isNew: known === null };
    });
  }

  /**
   * Deletes an account with its grants, and denies the tokens that it still has.
   * @param {string} viewer
   * @param {string} actor
   * @param {Expected} expected
   */
  async delete(viewer, actor, expected) {
    const gone = this.#atOnce(() => {
      const { revision, epoch } = this.#get(viewer);
      demandRevision(expected, revision, "account", viewer);
      this.#grants.deleteAll(viewer);
      this.#sql.exec("DELETE FROM accounts WHERE viewer = ?", viewer);
      this.#revocations.add(viewer, nextEpoch(epoch), Date.now());
      this.#note(viewer, actor, "account_deleted", {});
      return {};
    });
    if (!("refusal" in gone)) await this.#revocations.tell();
    return gone;
  }

  /**
   * Raises the epoch of a viewer: every token that there is is denied.
   * @param {string} viewer
   * @param {string} actor
   */
  async revoke(viewer, actor) {
    const raised = this.#atOnce(() => {
      const epoch = nextEpoch(this.#get(viewer).epoch);
      this.#sql.exec(
        "UPDATE accounts SET epoch = ?, revision = revision + 1, changed_ms = ? WHERE viewer = ?",
        epoch,
        Date.now(),
        viewer,
      );
      this.#revocations.add(viewer, epoch, Date.now());
      this.#note(viewer, actor, "tokens_revoked", { epoch });
      return this.#get(viewer);
    });
    if ("refusal" in raised) return raised;
    return { ...raised, denied: await this.#revocations.tell() };
  }

  /**
   * @param {string} viewer
   * @param {number | null} after
   * @param {number} limit
   */
  grants(viewer, after, limit) {
    return this.#atOnce(() => {
      this.#get(viewer);
      return this.#grants.list(viewer, after, limit);
    });
  }

  /**
   * @param {string} viewer
   * @param {string} id
   */
  grant(viewer, id) {
    return this.#atOnce(() => {
      this.#get(viewer);
      return this.#grants.get(viewer, id);
    });
  }

  /**
   * Stores a grant that was checked; of a redemption once, whatever comes with it.
   * @param {string} viewer
   * @param {Grant} grant
   * @param {string | null} redemption
   * @param {string} actor
   */
  addGrant(viewer, grant, redemption, actor) {
    return this.#atOnce(() => {
      this.#get(viewer);
      const added = this.#grants.add(viewer, grant, redemption, Date.now());
      if (added.isNew) this.#note(viewer, actor, "grant_added", added.grant);
      return added;
    });
  }

  /**
   * @param {string} viewer
   * @param {string} id
   * @param {string} actor
   */
  deleteGrant(viewer, id, actor) {
    return this.#atOnce(() => {
      this.#get(viewer);
      this.#note(viewer, actor, "grant_deleted", this.#grants.delete(viewer, id));
      return {};
    });
  }

  /**
   * @param {string} viewer
   * @param {string} title
   * @param {number} at
   * @param {string} actor
   */
  play(viewer, title, at, actor) {
    return this.#atOnce(() => {
      this.#get(viewer);
      for (const grant of this.#grants.play(viewer, title, at)) {
        this.#note(viewer, actor, "rental_played", { grant, at });
      }
      return { grants: this.#grants.rentals(viewer, title) };
    });
  }

  /**
   * The edge has started a stream by a grant: a rental's time begins, once. Nothing is done for an account or a grant
   * that is gone.
   * @param {string} viewer
   * @param {string} title
   * @param {string} grant
   * @param {number} at
   */
  begin(viewer, title, grant, at) {
    return this.#atOnce(() => {
      for (const begun of this.#grants.play(viewer, title, at, grant)) {
        this.#note(viewer, "edge", "rental_played", { grant: begun, at });
      }
      return {};
    });
  }

  /**
   * What a decision wants to know of a viewer, with the grants that are over since `endedAfter`.
   * @param {string} viewer
   * @param {number} now
   * @param {number} endedAfter
   */
  rights(viewer, now, endedAfter) {
    return this.#atOnce(() => {
      const { status, since, max_rating, epoch } = this.#get(viewer);
      const grants = this.#grants.current(viewer, now, endedAfter);
      return { account: { status, since }, max_rating, grants, epoch };
    });
  }

  /** @param {string[]} plans */
  plansUsed(plans) {
    return this.#grants.plansUsed(plans, Math.floor(Date.now() / 1000));
  }

  /**
   * What was done to an account, the oldest first.
   * @param {string} viewer
   * @param {number} after
   * @param {number} limit
   */
  changes(viewer, after, limit) {
    return this.#atOnce(() => {
      const sql = `SELECT sequence, at_ms, actor, action, detail FROM audit
        WHERE subject = ? AND sequence > ? ORDER BY sequence LIMIT ?`;
      const found = this.#sql.exec(sql, this.#key.viewer(viewer), after, limit + 1).toArray();
      const page = found.slice(0, limit);
      const rows = page.map(({ detail, ...row }) => ({
        ...row,
        detail: JSON.parse(String(detail)),
      }));
      const next = found.length > limit ? Number(page.at(-1)?.["sequence"]) : null;
      return { rows, next };
    });
  }

  /**
   * @param {string} viewer
   * @param {string} actor
   * @param {string} action
   * @param {object} detail
   */
  #note(viewer, actor, action, detail) {
    const subject = this.#key.viewer(viewer);
    const nowMs = Date.now();
    this.#audit.prune(nowMs - AUDIT_KEPT_MS, AUDIT_PRUNED_MAX);
    this.#audit.add({ actor, action, subject, detail: JSON.stringify(detail) }, nowMs);
  }

  /** @param {string} viewer */
  #get(viewer) {
    const found = this.#find(viewer);
    if (found !== null) return { ...found, grants: this.#grants.count(viewer) };
    throw new Refused("account_unknown", `account \`${viewer}\` is not known`, "viewer");
  }

  /** @param {string} viewer */
  #find(viewer) {
    const [row] = this.#sql.exec("SELECT * FROM accounts WHERE viewer = ?", viewer).toArray();
    return row === undefined ? null : accountIn(row);
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

/** @param {number} epoch */
function nextEpoch(epoch) {
  return Math.max(epoch + 1, Math.floor(Date.now() / 1000));
}

/** @param {Record<string, SqlStorageValue>} row */
function accountIn({ viewer, status, since, max_rating, epoch, revision, created_ms, changed_ms }) {
  return {
    viewer: String(viewer),
    status: /** @type {Status} */ (status),
    since: Number(since),
    max_rating: max_rating === null ? null : Number(max_rating),
    epoch: Number(epoch),
    revision: Number(revision),
    created_ms: Number(created_ms),
    changed_ms: Number(changed_ms),
  };
}
