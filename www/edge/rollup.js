// @ts-check
import { DurableObject } from "cloudflare:workers";
import { addWindows, retryDelayMs, rollUp } from "usher/edge";
import { Alarm } from "./alarm.js";
import { askCentral } from "./central-api.js";
import { NO_ANSWER, postBatch, postEvents, postToSink } from "./delivery.js";
import { BATCH_ROWS_MAX, Destinations, itemsOf, silentUntilMs } from "./destinations.js";
import { callModule } from "./edge-module.js";
import { Outbox } from "./outbox.js";
import { Records } from "./records.js";
import { retentionOf } from "./retention.js";
import { Retired } from "./retired.js";
import { RollupErasure } from "./rollup-erasure.js";
import { openedLines } from "./sealed-name.js";
import { settingsOf } from "./settings.js";
import { Windows } from "./windows.js";

/** @typedef {import("./destinations.js").Destination} Destination */
/** @typedef {import("./outbox.js").Delivery} Delivery */
/** @typedef {import("usher/edge").RollUpInput["class"]} ViewerClass */

/** A record waits this long for others of its batch. */
const BATCH_DELAY_MS = 150;

/**
 * While requests are on their way, the alarm looks after them this often: a process that dies with them
 * leaves nothing else behind that would begin again. A little more than the longest wait for an answer.
 */
const WATCH_MS = 15_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS shard (
    id INTEGER PRIMARY KEY CHECK (id = 1), closed_until_ms INTEGER NOT NULL,
    conflicts INTEGER NOT NULL, uncounted INTEGER NOT NULL
  );
  INSERT OR IGNORE INTO shard VALUES (1, 0, 0, 0);
`;

/**
 * A share of the viewers: the latest record of each view and the sums by window, on their way to the
 * central API and to the sinks.
 * @extends {DurableObject<import("./edge.js").EdgeEnv>}
 */
export class Rollup extends DurableObject {
  #sql;
  #alarm;
  #settings;
  #records;
  #windows;
  #destinations;
  #outbox;
  #erasure;
  #retired;
  /** Destinations that a request is on its way to. */
  #busy = new Set();

  /**
   * @param {DurableObjectState} ctx
   * @param {import("./edge.js").EdgeEnv} env
   */
  constructor(ctx, env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#alarm = new Alarm(ctx.storage);
    this.#settings = settingsOf(env);
    this.#settings.errors.push(...retentionOf(env).errors);
    for (const error of this.#settings.errors) console.error("configuration:", error);
    this.#sql.exec(SCHEMA);
    this.#records = new Records(this.#sql);
    this.#windows = new Windows(this.#sql);
    this.#destinations = new Destinations(this.#sql, this.#settings.sinks);
    const shard = String(ctx.id.name).replace("/", "-");
    this.#outbox = new Outbox(ctx.storage, shard, this.#destinations);
    this.#erasure = new RollupErasure(ctx.storage, this.#records, this.#outbox);
    this.#retired = new Retired(this.#sql);
    ctx.blockConcurrencyWhile(async () => {
      await this.#alarm.load();
      this.#armForNext();
    });
  }

  /**
   * Takes the latest records of some views; one that is not newer than what is known changes nothing.
   * What is known, what it adds to windows and what is to be sent are one transaction, and the caller
   * hears back after it is committed (output gate).
   * @param {string} records JSON, an array of ViewRecord
   * @param {ViewerClass} [cls] of the viewer
   */
  take(records, cls = "unknown") {
    if (this.#windows.full) throw new Error("too many windows wait for the central API");
    /** @type {import("usher/edge").ViewRecord[]} */
    const incoming = JSON.parse(records);
    this.ctx.storage.transactionSync(() => {
      const now_ms = Date.now();
      const { windowMs: window_ms, graceMs: grace_ms } = this.#settings;
      const closed_until_ms = this.#closedUntilMs(now_ms);
      const known = this.#records.known(incoming);
      const times = { now_ms, window_ms, grace_ms, closed_until_ms };
      const input = { ...times, class: cls, known, records: incoming };
      const output = callModule(() => rollUp(input));
      this.#records.write(output.known, incoming, now_ms);
      const changes = output.windows;
      const stored = this.#windows.stored(changes);
      const { windows } = callModule(() => addWindows({ stored, changes }));
      this.#windows.write(windows);
      this.#count(output.conflicts, output.uncounted);
      this.#alarm.arm(Math.max(now_ms + BATCH_DELAY_MS, silentUntilMs(this.#destinations.central)));
    });
  }

  /**
   * Removes what names a viewer; the sums of windows stay. What the central API has not got of the viewer
   * is in batches afterwards, and they are sent at once if it answers.
   * @param {string} viewer sealed
   * @returns {Promise<import("./rollup-erasure.js").RollupErased>}
   */
  async erase(viewer) {
    const { records } = this.#erasure.erase(viewer, Date.now());
    if (records === "in_batches") await this.#send(this.#destinations.central);
    // Again: meanwhile the central API may have refused a row for good.
    return this.#erasure.erase(viewer, Date.now());
  }

  /**
   * A part of what is held of a viewer; with the first part what is on its way.
   * @param {string} viewer sealed
   * @param {string} after the `next` of the part before, or ""
   */
  held(viewer, after) {
    return this.#erasure.held(viewer, after);
  }

  /**
   * Counts what objects of viewers have forgotten, for the audit log.
   * @param {Record<string, number>} rows by class of data
   */
  retired(rows) {
    this.#retired.add(rows);
    this.#armForNext();
  }

  /** What has not reached the central API and the sinks, in numbers. */
  waiting() {
    const { conflicts, uncounted } = this.#shard();
    const nowMs = Date.now();
    const closed_until_ms = this.#closedUntilMs(nowMs);
    const { sender } = this.#destinations.central;
    const { windowMs: window_ms } = this.#settings;
    return {
      ...this.#outbox.waiting(),
      erased: this.#erasure.counts(),
      conflicts,
      uncounted,
      pending: this.#records.count,
      windows: { ...this.#windows.waiting(nowMs), window_ms, closed_until_ms },
      attempt: sender?.failures ?? 0,
      next_try_ms: sender?.next_try_ms ?? 0,
      configuration: this.#settings.errors,
    };
  }

  /** An alarm must not throw: after some attempts it would be given up on. */
  async alarm() {
    this.#alarm.rang();
    try {
      const nowMs = Date.now();
      this.#windows.count();
      this.#records.prune(nowMs);
      // Each for itself: one that does not answer holds up nobody.
      for (const to of this.#destinations.all) this.ctx.waitUntil(this.#send(to));
      this.ctx.waitUntil(this.#noteRetired());
    } catch (error) {
      console.error("the alarm could not be seen to:", error);
    }
    this.#armForNext();
  }

  /**
   * Sends all that a destination can take, one request at a time.
   * @param {Destination} to
   */
  async #send(to) {
    if (this.#busy.has(to.name)) return;
    this.#busy.add(to.name);
    try {
      // An alarm that was armed before a failure rings before the pause is over.
      while (to.sink !== undefined && silentUntilMs(to) <= Date.now()) {
        const delivery = this.#next(to, Date.now());
        if (delivery === null) break;
        await this.#deliver(to, delivery);
      }
    } catch (error) {
      console.error(`batches could not be sent to \`${to.name}\`:`, error);
      this.#destinations.answered(to, "void", 0, NO_ANSWER, Date.now());
    } finally {
      this.#busy.delete(to.name);
      this.#armForNext();
    }
  }

  /**
   * @param {Destination} to
   * @param {Delivery} delivery
   */
  async #deliver(to, delivery) {
    const { sink } = to;
    const frozen = this.#outbox.frozenBeside(delivery);
    const opened = await this.#opened(delivery);
    let items = delivery.rows;
    let answer = NO_ANSWER;
    if (sink?.format === "cloudevents") {
      items = Math.min(itemsOf(to), delivery.rows - delivery.done);
      const source = `usher/${this.ctx.id.name}`;
      answer = await postEvents(sink, opened, source, items);
    } else if (sink) {
      answer = await postToSink(sink, opened, frozen);
    } else {
      answer = await postBatch(this.env, opened, frozen);
    }
    this.ctx.storage.transactionSync(() => {
      const lines = this.#outbox.answered(to, delivery, items, answer, Date.now());
      const left = this.#records.again(lines);
      if (left.length > 0) this.#outbox.freeze("views", left, () => {});
      this.#count(sink === null ? answer.conflicts : 0, 0);
    });
  }

  /**
   * With the names of the viewers, as it goes over the wire.
   * @param {Delivery} delivery
   * @returns {Promise<Delivery>}
   */
  async #opened(delivery) {
    if (delivery.kind !== "views" || delivery.isVoid) return delivery;
    const lines = await openedLines(this.env, new TextDecoder().decode(delivery.body));
    return { ...delivery, body: new TextEncoder().encode(lines).slice().buffer };
  }

  /**
   * What goes to a destination now: a batch that waits already, else a new one of windows that are due,
   * else one of the longest waiting records.
   * @param {Destination} to
   * @param {number} nowMs
   * @returns {Delivery | null}
   */
  #next(to, nowMs) {
    const waiting = this.#outbox.next(to, nowMs);
    if (waiting !== null || !this.#outbox.mayFreeze(to)) return waiting;
    const rowsMax = Math.min(BATCH_ROWS_MAX, itemsOf(this.#destinations.central));
    const due = this.#windows.due(nowMs, rowsMax);
    const records = due.length > 0 ? [] : this.#records.waiting(rowsMax);
    const lines = [...due, ...records].map(({ record }) => record);
    if (lines.length === 0) return null;
    this.#outbox.freeze(due.length > 0 ? "windows" : "views", lines, (rows) => {
      // Closed for good, even if the clock goes back.
      if (due.length > 0) this.#close(nowMs);
      this.#windows.frozen(due.slice(0, rows));
      this.#records.frozen(records.slice(0, rows));
    });
    return this.#outbox.next(to, nowMs);
  }

  async #noteRetired() {
    const note = this.#retired.next(Date.now());
    if (note === null || this.#busy.has(note.request)) return;
    this.#busy.add(note.request);
    try {
      const subject = `shard:${this.ctx.id.name}`;
      const entry = { actor: "edge", action: "retention_applied", subject, detail: note.detail };
      const answer = await askCentral(this.env, "/v1/audit", {
        method: "POST",
        headers: { "idempotency-key": note.request },
        body: JSON.stringify(entry),
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`the central API answered ${answer.status}`);
      this.#retired.noted(Date.now());
    } catch (error) {
      console.error("what was retired could not be noted:", String(error));
      const input = { attempt: note.attempt + 1, random: Math.random(), retry_after_ms: null };
      this.#retired.failed(Date.now() + callModule(() => retryDelayMs(input)));
    } finally {
      this.#busy.delete(note.request);
      this.#armForNext();
    }
  }

  /**
   * Windows that ended by then are closed: what comes for them is a correction.
   * @param {number} nowMs
   */
  #closedUntilMs(nowMs) {
    const { windowMs, graceMs } = this.#settings;
    const endMs = nowMs - graceMs;
    return Math.max(this.#shard().closed_until_ms, endMs - (endMs % windowMs));
  }

  /** @param {number} nowMs */
  #close(nowMs) {
    this.#sql.exec("UPDATE shard SET closed_until_ms = ?", this.#closedUntilMs(nowMs));
  }

  /**
   * @param {number} conflicts
   * @param {number} uncounted
   */
  #count(conflicts, uncounted) {
    if (conflicts + uncounted === 0) return;
    this.#sql.exec(
      "UPDATE shard SET conflicts = conflicts + ?, uncounted = uncounted + ?",
      conflicts,
      uncounted,
    );
  }

  #armForNext() {
    const nowMs = Date.now();
    const soonMs = nowMs + BATCH_DELAY_MS;
    const windowsMs = this.#windows.dueMs;
    const ready = this.#records.any || (windowsMs !== null && windowsMs <= nowMs);
    const dues = [
      this.#records.pruneMs,
      windowsMs !== null && windowsMs > nowMs ? windowsMs : null,
    ];
    for (const to of this.#destinations.all) {
      const freezable = ready && this.#outbox.mayFreeze(to);
      const dueMs = freezable ? 0 : this.#outbox.dueMs(to);
      if (to.sink === undefined || dueMs === null) continue;
      const busy = this.#busy.has(to.name);
      dues.push(busy ? nowMs + WATCH_MS : Math.max(soonMs, dueMs, silentUntilMs(to)));
    }
    const noteMs = this.#retired.dueMs;
    dues.push(noteMs === null ? null : Math.max(soonMs, noteMs));
    const due = dues.filter((ms) => ms !== null);
    if (due.length > 0) this.#alarm.arm(Math.min(...due));
  }

  #shard() {
    /** @type {SqlStorageCursor<{ closed_until_ms: number, conflicts: number, uncounted: number }>} */
    const shard = this.#sql.exec("SELECT closed_until_ms, conflicts, uncounted FROM shard");
    return shard.one();
  }
}
