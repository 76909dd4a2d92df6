// @ts-check
import { DurableObject } from "cloudflare:workers";
import { mergeCmcd, mergeViews, retryDelayMs, viewerUsage } from "usher/edge";
import { Alarm } from "./alarm.js";
import { CmcdSessions } from "./cmcd-sessions.js";
import { callModule } from "./edge-module.js";
import { Trapped } from "./module.js";
import { INTERNAL, refusalOf } from "./refusal.js";
import { shardOf } from "./shard.js";

/** @typedef {Parameters<typeof mergeViews>[0]["incoming"][number]} ViewState */
/** @typedef {ReturnType<typeof mergeViews>} MergedViews */
/** @typedef {MergedViews["changed"][number]} ChangedView */
/** @typedef {ReturnType<typeof viewerUsage>} Usage */
/** @typedef {{ acks: MergedViews["acks"], usage: Usage } | { refusal: import("./refusal.js").Refusal }} Merged */
/** @typedef {{ taken: number, repeated: number, late: number, views: string[] } | { refusal: import("./refusal.js").Refusal }} TakenReports */

/**
 * Views kept for one viewer. One that would go beyond is refused with `viewer_full` and the whole
 * body with it; the views that are known go on. 10,000 are three playbacks a day for nine years.
 */
const VIEWS_PER_VIEWER_MAX = 10_000;

/** The rolling window of the viewer's use. */
const USAGE_WINDOW_MS = 28 * 24 * 3600 * 1000;

/** Records that go to the `Rollup` object in one call. */
const DELIVERY_ROWS_MAX = 100;

/** Records are sent right after the commit; this is how long a crash in between can hold them up. */
const DELIVERY_ALARM_MS = 2_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS views (
    view TEXT PRIMARY KEY, title TEXT NOT NULL, state BLOB NOT NULL,
    unique_ms INTEGER NOT NULL, first_seen_ms INTEGER NOT NULL, last_seen_ms INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS usage (id INTEGER PRIMARY KEY CHECK (id = 1), class TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS outgoing (
    view TEXT PRIMARY KEY, version INTEGER NOT NULL, record TEXT NOT NULL, attempt INTEGER NOT NULL
  );
`;

/**
 * All views of one viewer, and the records of them that the `Rollup` object has not confirmed.
 * @extends {DurableObject<import("./edge.js").EdgeEnv>}
 */
export class Viewer extends DurableObject {
  #sql;
  #alarm;
  #sessions;
  #delivering = false;

  /**
   * @param {DurableObjectState} ctx
   * @param {import("./edge.js").EdgeEnv} env
   */
  constructor(ctx, env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#alarm = new Alarm(ctx.storage);
    this.#sql.exec(SCHEMA);
    this.#sessions = new CmcdSessions(this.#sql);
    if (this.#hasOutgoing()) {
      ctx.blockConcurrencyWhile(async () => {
        await this.#alarm.load();
        this.#alarm.arm(Date.now() + DELIVERY_ALARM_MS);
      });
    }
  }

  /**
   * Merges what a player sent into what is stored. No await in here: what is read is still true when
   * it is written, and the answer leaves only after the commit (output gate).
   * @param {string} viewer
   * @param {ViewState[]} incoming
   * @returns {Merged}
   */
  merge(viewer, incoming) {
    try {
      const now_ms = Date.now();
      const stored = this.#stored(incoming);
      const input = { viewer, now_ms, stored, incoming };
      const { acks, changed } = callModule(() => mergeViews(input));
      const refusal = this.#full(stored, changed, incoming);
      if (refusal !== null) return { refusal };
      if (changed.length > 0) this.#commit(viewer, changed, now_ms);
      return { acks, usage: this.#usage(incoming, now_ms) };
    } catch (error) {
      return refused(error);
    }
  }

  /**
   * Takes what a player reports about itself. No await in here, as in `merge`.
   * @param {string} viewer
   * @param {import("./cmcd-sessions.js").Session[]} incoming
   * @returns {TakenReports}
   */
  takeReports(viewer, incoming) {
    try {
      const now_ms = Date.now();
      const stored = this.#sessions.read(incoming);
      const input = { viewer, now_ms, stored, incoming };
      const { sessions, changed, ...counts } = callModule(() => mergeCmcd(input));
      const refusal = this.#full(this.#stored(changed), changed, changed);
      if (refusal !== null) return { refusal: { ...refusal, field: "sid" } };
      if (changed.length > 0) {
        this.#commit(viewer, changed, now_ms, () => this.#sessions.write(sessions));
      }
      return counts;
    } catch (error) {
      return refused(error);
    }
  }

  /** Sends what an earlier attempt could not. An alarm must not throw: it would be given up on. */
  async alarm() {
    this.#alarm.rang();
    await this.#deliver();
  }

  /**
   * The viewer's use of the last 28 days, and the class, which is kept so that one on the line does
   * not flap.
   * @param {ViewState[]} incoming
   * @param {number} now_ms
   */
  #usage(incoming, now_ms) {
    const names = JSON.stringify(incoming.map(({ view }) => view));
    /** @type {SqlStorageCursor<{ first_seen_ms: number | null, unique_ms: number, running_ms: number, class: Usage["class"] | null }>} */
    const cursor = this.#sql.exec(
      `WITH running AS (SELECT value FROM json_each(?))
       SELECT min(first_seen_ms) AS first_seen_ms,
              total(unique_ms) FILTER (WHERE last_seen_ms > ? AND view NOT IN running) AS unique_ms,
              total(unique_ms) FILTER (WHERE view IN running) AS running_ms,
              (SELECT class FROM usage) AS class
       FROM views`,
      names,
      now_ms - USAGE_WINDOW_MS,
    );
    const { class: before, ...window } = cursor.one();
    const usage = callModule(() => viewerUsage({ ...window, now_ms, before: before ?? "unknown" }));
    if (usage.class !== (before ?? "unknown")) {
      this.#sql.exec("INSERT OR REPLACE INTO usage VALUES (1, ?)", usage.class);
    }
    return usage;
  }

  /** @param {ViewState[]} incoming */
  #stored(incoming) {
    const names = JSON.stringify(incoming.map(({ view }) => view));
    /** @type {SqlStorageCursor<{ view: string, title: string, state: ArrayBuffer }>} */
    const rows = this.#sql.exec(
      "SELECT view, title, state FROM views WHERE view IN (SELECT value FROM json_each(?))",
      names,
    );
    return rows.toArray().map((row) => ({ ...row, state: new Uint8Array(row.state) }));
  }

  /**
   * @param {ViewState[]} stored
   * @param {ChangedView[]} changed
   * @param {ViewState[]} incoming
   */
  #full(stored, changed, incoming) {
    const known = new Set(stored.map(({ view }) => view));
    const fresh = changed.filter(({ view }) => !known.has(view));
    const [first] = fresh;
    if (first === undefined) return null;
    const count = Number(this.#sql.exec("SELECT count(*) AS count FROM views").one()["count"]);
    if (count + fresh.length <= VIEWS_PER_VIEWER_MAX) return null;
    const index = incoming.findIndex(({ view }) => view === first.view);
    return {
      code: "viewer_full",
      message: `the viewer has \`${count}\` of at most \`${VIEWS_PER_VIEWER_MAX}\` views`,
      field: `views[${index}].view`,
    };
  }

  /**
   * @param {string} viewer
   * @param {ChangedView[]} changed
   * @param {number} now_ms
   * @param {() => void} [also] what is written in the same transaction
   */
  #commit(viewer, changed, now_ms, also) {
    this.ctx.storage.transactionSync(() => {
      also?.();
      for (const { view, title, state, record } of changed) {
        this.#sql.exec(
          `INSERT INTO views VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT (view) DO UPDATE SET state = excluded.state,
             unique_ms = excluded.unique_ms, last_seen_ms = excluded.last_seen_ms`,
          view,
          title,
          state,
          record.unique_ms,
          record.first_seen_ms,
          record.last_seen_ms,
        );
        this.#sql.exec(
          `INSERT INTO outgoing (view, version, record, attempt) VALUES (?, ?, ?, 0)
           ON CONFLICT (view) DO UPDATE SET version = excluded.version, record = excluded.record`,
          view,
          record.version,
          JSON.stringify(record),
        );
      }
      this.#alarm.arm(now_ms + DELIVERY_ALARM_MS);
    });
    this.ctx.waitUntil(this.#deliver());
  }

  #hasOutgoing() {
    return this.#sql.exec("SELECT 1 FROM outgoing LIMIT 1").toArray().length > 0;
  }

  /** Hands records on until none is left; whatever fails is tried again by the alarm. */
  async #deliver() {
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      while (this.#hasOutgoing()) await this.#deliverSome();
      this.#alarm.disarm();
    } catch (error) {
      console.error("records could not be handed to the rollup object:", error);
      this.#backOff();
    } finally {
      this.#delivering = false;
    }
  }

  async #deliverSome() {
    /** @type {SqlStorageCursor<{ view: string, version: number, record: string }>} */
    const cursor = this.#sql.exec("SELECT * FROM outgoing LIMIT ?", DELIVERY_ROWS_MAX);
    const rows = cursor.toArray();
    const name = `${this.env.TENANT}/${shardOf(String(this.ctx.id.name))}`;
    await this.env.ROLLUP.getByName(name).take(`[${rows.map(({ record }) => record).join(",")}]`);
    // A version that came in the meantime is newer than the one handed on, and stays.
    for (const { view, version } of rows) {
      this.#sql.exec("DELETE FROM outgoing WHERE view = ? AND version <= ?", view, version);
    }
  }

  #backOff() {
    const failed = this.#sql.exec("SELECT max(attempt) AS attempt FROM outgoing").one();
    const attempt = Number(failed["attempt"]) + 1;
    const input = { attempt, random: Math.random(), retry_after_ms: null };
    const delayMs = callModule(() => retryDelayMs(input));
    this.ctx.storage.transactionSync(() => {
      this.#sql.exec("UPDATE outgoing SET attempt = ?", attempt);
      this.#alarm.disarm();
      this.#alarm.arm(Date.now() + delayMs);
    });
  }
}

/**
 * @param {unknown} error
 * @returns {{ refusal: import("./refusal.js").Refusal }}
 */
function refused(error) {
  if (error instanceof Trapped) return { refusal: INTERNAL };
  const refusal = refusalOf(error);
  if (refusal === null) throw error;
  return { refusal };
}
