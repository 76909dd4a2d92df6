// @ts-check
import { DurableObject } from "cloudflare:workers";
import { mergeCmcd } from "usher/collector";
import { mergeViews, retryDelayMs } from "usher/edge";
import { Alarm } from "./alarm.js";
import { base64url } from "./base64.js";
import { CmcdSessions } from "./cmcd-sessions.js";
import { callCollector } from "./collector-module.js";
import { callModule } from "./edge-module.js";
import { Trapped } from "./module.js";
import { INTERNAL, UNAVAILABLE, refusalOf } from "./refusal.js";
import { retentionOf } from "./retention.js";
import { Erasure } from "./viewer/erasure.js";
import { Errands } from "./viewer/errands.js";
import { exportOf } from "./viewer/export.js";
import { Identity } from "./viewer/identity.js";
import { Messenger } from "./viewer/messenger.js";
import { Outgoing } from "./viewer/outgoing.js";
import { PageClocks } from "./viewer/page-clocks.js";
import { Quarantine } from "./viewer/quarantine.js";
import { Receipts } from "./viewer/receipts.js";
import { Streams } from "./viewer/streams.js";
import { NO_USAGE, Usage } from "./viewer/usage.js";
import { ViewStates } from "./viewer/view-states.js";

/** @typedef {Parameters<typeof mergeViews>[0]} MergeInput */
/** @typedef {MergeInput["incoming"][number]} ViewState */
/** @typedef {ReturnType<typeof mergeViews>} MergedViews */
/** @typedef {MergedViews["changed"][number]} ChangedView */
/** @typedef {import("./refusal.js").Refusal} Refusal */
/** @typedef {{ acks: MergedViews["acks"], usage: import("./viewer/usage.js").KnownUsage } | { refusal: Refusal }} Merged */
/** @typedef {{ taken: number, repeated: number, late: number, views: string[] } | { refusal: Refusal }} TakenReports */

/** What is to be done elsewhere is tried at once; this is how long a crash in between can hold it up. */
const WATCH_MS = 2_000;

/** Between two rings of the alarm. */
const RING_MS = 500;

/**
 * All views of one viewer, and the records of them that the `Rollup` object has not confirmed.
 * @extends {DurableObject<import("./edge.js").EdgeEnv>}
 */
export class Viewer extends DurableObject {
  #alarm;
  #sessions;
  #views;
  #usage;
  #clocks;
  #quarantine;
  #outgoing;
  #errands;
  #erasure;
  #identity;
  #messenger;
  #receipts;
  #streams;
  #kept;
  /** @type {Promise<boolean> | null} */
  #delivering = null;
  /** When the alarm rang last. */
  #rangMs = 0;
  /** When records that could not be handed on go again. */
  #deliveryMs = 0;
  /**
   * When something is kept for long enough, or before; null if nothing is kept, and undefined until it is
   * asked for.
   * @type {number | null | undefined}
   */
  #retentionMs;

  /**
   * @param {DurableObjectState} ctx
   * @param {import("./edge.js").EdgeEnv} env
   */
  constructor(ctx, env) {
    super(ctx, env);
    const { sql } = ctx.storage;
    this.#alarm = new Alarm(ctx.storage);
    this.#views = new ViewStates(sql);
    this.#usage = new Usage(sql);
    this.#clocks = new PageClocks(sql);
    this.#quarantine = new Quarantine(sql);
    this.#outgoing = new Outgoing(sql);
    this.#errands = new Errands(sql);
    this.#erasure = new Erasure(sql);
    this.#sessions = new CmcdSessions(sql);
    this.#identity = new Identity(sql, env);
    this.#receipts = new Receipts(sql, env);
    this.#streams = new Streams(sql, env, this.#receipts);
    this.#kept = retentionOf(env).kept;
    const handOver = () => this.#deliver();
    this.#messenger = new Messenger(env, this.#errands, this.#erasure, this.#identity, handOver);
    if (this.#outgoing.any || this.#errands.nextMs !== null || this.#receipts.nextMs !== null) {
      ctx.blockConcurrencyWhile(async () => {
        await this.#alarm.load();
        this.#alarm.arm(Date.now() + WATCH_MS);
      });
    }
  }

  /**
   * Merges what a player sent into what is stored. No await once anything is read: it is still true when
   * it is written, and the answer leaves only after the commit (output gate).
   * @param {string} viewer
   * @param {ViewState[]} incoming
   * @param {Uint8Array} [said] what the request says beside them
   * @returns {Promise<Merged>}
   */
  async merge(viewer, incoming, said = new Uint8Array()) {
    await this.#identity.learn(viewer);
    return orRefusal(() => {
      const now_ms = Date.now();
      const isErased = this.#erasure.stands;
      const stored = isErased ? [] : this.#views.read(incoming);
      const input = { viewer, now_ms, stored, incoming, said, clocks: this.#clocks.read() };
      const { acks, changed, quarantined, clocks } = callModule(() => mergeViews(input));
      // Acked, so that the player forgets it, and nowhere to be found.
      if (isErased) return { acks, usage: NO_USAGE };
      const refusal = this.#views.full(stored, changed, incoming);
      if (refusal !== null) return { refusal };
      this.#commit(changed, now_ms, () => {
        this.#quarantine.add(quarantined, now_ms);
        if (clocks !== null) this.#clocks.write(clocks, now_ms);
      });
      return { acks, usage: this.#usage.at(incoming, now_ms) };
    });
  }

  /**
   * Takes what a player reports about itself. No await once anything is read, as in `merge`.
   * @param {string} viewer
   * @param {import("./cmcd-sessions.js").Session[]} incoming
   * @returns {Promise<TakenReports>}
   */
  async takeReports(viewer, incoming) {
    await this.#identity.learn(viewer);
    return orRefusal(() => {
      const now_ms = Date.now();
      if (this.#erasure.stands) return { taken: 0, repeated: 0, late: 0, views: [] };
      const stored = this.#sessions.read(incoming);
      const input = { viewer, now_ms, stored, incoming };
      const { sessions, changed, ...counts } = callCollector(() => mergeCmcd(input));
      const refusal = this.#views.full(this.#views.read(changed), changed, changed);
      if (refusal !== null) return { refusal: { ...refusal, field: "sid" } };
      if (changed.length > 0) {
        this.#commit(changed, now_ms, () => this.#sessions.write(sessions, now_ms));
      }
      return counts;
    });
  }

  /**
   * One step of the viewer's devices and streams: what is decided in it and what it changes are one transaction,
   * and the answer leaves only after the commit.
   * @param {string} viewer
   * @param {import("./viewer/streams.js").Operation} operation
   * @returns {Promise<import("./viewer/streams.js").Moved | { refusal: Refusal }>}
   */
  async streams(viewer, operation) {
    await this.#identity.learn(viewer);
    return orRefusal(() => {
      const wasEmpty = this.#dueMs === null;
      const moved = this.ctx.storage.transactionSync(() => {
        const done = this.#streams.run(operation, Date.now(), this.#identity.sealed);
        const dueMs = this.#streams.dueMs(this.#kept.devices) ?? Infinity;
        this.#retentionMs = Math.min(this.#retentionDueMs ?? Infinity, dueMs);
        if (this.#retentionMs === Infinity) this.#retentionMs = null;
        else this.#alarm.arm(this.#retentionMs);
        if (this.#receipts.nextMs !== null) this.#watch();
        return done;
      });
      // An alarm that finds nothing ends the object, in the middle of whatever is asked next.
      if (wasEmpty && this.#dueMs === null) return moved;
      this.ctx.waitUntil(this.#receipts.deliver().then(() => this.#armForNext()));
      return moved;
    });
  }

  /**
   * Until when a stream is leased; null if it is over. For whoever serves its files and knows no viewer.
   * @param {string} stream
   */
  streamLease(stream) {
    const lease = this.#streams.live(stream, Date.now());
    return lease && { untilS: Math.ceil(lease.until_ms / 1000) };
  }

  /**
   * The states that were set apart, for an operator, whose look is noted.
   * @param {string} viewer
   * @param {string} actor
   */
  async quarantine(viewer, actor) {
    await this.#identity.learn(viewer);
    if (this.#errands.full) return { refusal: UNAVAILABLE };
    this.#note(actor, "quarantine_read");
    const states = this.#quarantine.list().map(({ said, state, ...row }) => ({
      ...row,
      state: base64url(new Uint8Array(state)),
    }));
    return { viewer, states, dropped: this.#quarantine.dropped };
  }

  /**
   * Joins a state that was set apart, whatever the laws say.
   * @param {string} viewer
   * @param {string} view
   * @param {string} producer
   * @param {string} actor
   */
  async release(viewer, view, producer, actor) {
    await this.#identity.learn(viewer);
    return orRefusal(() => {
      if (this.#errands.full) return { refusal: UNAVAILABLE };
      const row = this.#quarantine.find(view, producer);
      if (row === null) {
        const message = `no state of view \`${view}\` and producer \`${producer}\` is set apart`;
        return { refusal: { code: "not_found", message, field: "producer" } };
      }
      const now_ms = Date.now();
      const incoming = [{ view, title: row.title, state: new Uint8Array(row.state) }];
      const stored = this.#views.read(incoming);
      const said = new Uint8Array(row.said);
      const input = { viewer, now_ms, stored, incoming, said, released: true };
      const { acks, changed } = callModule(() => mergeViews(input));
      const refusal = this.#views.full(stored, changed, incoming);
      if (refusal !== null) return { refusal };
      this.#commit(changed, now_ms, () => this.#quarantine.remove(row));
      this.#note(actor, "quarantine_released", { view, producer, reason: row.reason });
      return { released: acks[0] ?? null };
    });
  }

  /**
   * Forgets the viewer: here at once, elsewhere as soon as it can be reached. Records that the `Rollup`
   * object has not got stay until it has: their figures count, and it is told of the erasure after that.
   * @param {string} viewer
   * @param {string} actor
   */
  async erase(viewer, actor) {
    await this.#identity.learn(viewer);
    this.ctx.storage.transactionSync(() => {
      const views = this.#views.count;
      for (const kept of [
        this.#views,
        this.#usage,
        this.#clocks,
        this.#quarantine,
        this.#sessions,
        this.#streams,
        this.#receipts,
      ]) {
        kept.clear();
      }
      this.#erasure.begin(Date.now());
      this.#retentionMs = undefined;
      const sealed = this.#identity.sealed;
      if (this.#errands.open("erasure") === null) {
        this.#errands.add("erasure", { viewer: sealed, actor });
      }
      this.#errands.hurry();
      // Without room for it the central API still notes the erasure, when it hears of it.
      if (!this.#errands.full) this.#note(actor, "viewer_erased", { held_at: "edge", views });
      this.#watch();
    });
    await this.#run();
    return this.erasure();
  }

  /** How far an erasure is; null if there is none. */
  erasure() {
    const { progress } = this.#erasure;
    return progress && { ...progress, open: this.#errands.open("erasure") };
  }

  /**
   * A part of everything that is held here. The first is noted.
   * @param {string} viewer
   * @param {string} actor
   * @param {string} after the view that the part before ended with, or ""
   */
  async export(viewer, actor, after) {
    await this.#identity.learn(viewer);
    if (after === "" && this.#errands.full) return { refusal: UNAVAILABLE };
    const part = await exportOf(after, {
      views: this.#views,
      quarantine: this.#quarantine,
      clocks: this.#clocks,
      outgoing: this.#outgoing,
      sessions: this.#sessions,
      usage: this.#usage,
      erasure: this.#erasure,
      errands: this.#errands,
      streams: this.#streams,
      receipts: this.#receipts,
    });
    if (after === "") this.#note(actor, "viewer_exported", { held_at: "edge" });
    return part;
  }

  /**
   * A part of what the `Rollup` object holds.
   * @param {string} viewer
   * @param {string} after the `next` of the part before, or ""
   */
  async exportRolledUp(viewer, after) {
    await this.#identity.learn(viewer);
    return this.#identity.rollup.held(this.#identity.sealed, after);
  }

  /** Does what is due. An alarm must not throw: it would be given up on. */
  async alarm() {
    this.#alarm.rang();
    this.#rangMs = Date.now();
    try {
      this.#applyRetention();
    } catch (error) {
      console.error("what is kept could not be looked through:", error);
    }
    await this.#receipts.deliver();
    await this.#deliver();
    await this.#run();
    if (this.#dueMs !== null) return;
    // Nothing is kept: the file is emptied, with what SQLite left in it, and the next request begins anew.
    await this.ctx.storage.deleteAll();
    // Not in here: an alarm that is cut off is a failure.
    setTimeout(() => this.ctx.abort("nothing is kept of the viewer"), 0);
  }

  /**
   * @param {ChangedView[]} changed
   * @param {number} nowMs
   * @param {() => void} also what is written in the same transaction
   */
  #commit(changed, nowMs, also) {
    this.ctx.storage.transactionSync(() => {
      also();
      this.#retentionMs = Math.min(this.#retentionDueMs ?? Infinity, nowMs + this.#shortestMs);
      this.#alarm.arm(this.#retentionMs);
      if (changed.length === 0) return;
      this.#views.write(changed);
      this.#outgoing.add(changed, this.#identity.sealed);
      this.#watch();
    });
    if (changed.length > 0) this.ctx.waitUntil(this.#deliver());
  }

  /** In the transaction of what is to be done elsewhere: it is done even if this process dies. */
  #watch() {
    this.#identity.keep();
    this.#alarm.arm(Date.now() + WATCH_MS);
  }

  #deliver() {
    this.#delivering ??= this.#deliverAll().finally(() => {
      this.#delivering = null;
    });
    return this.#delivering;
  }

  /**
   * Hands records on; whatever fails is tried again by the alarm.
   * @returns {Promise<boolean>} whether none is left
   */
  async #deliverAll() {
    try {
      while (this.#outgoing.any) {
        const records = this.#outgoing.next();
        const json = `[${records.map(({ record }) => record).join(",")}]`;
        await this.#identity.rollup.take(json, this.#usage.class);
        this.#outgoing.confirmed(records);
      }
    } catch (error) {
      console.error("records could not be handed to the rollup object:", error);
      const input = { attempt: this.#outgoing.failed(), random: Math.random() };
      const delayMs = callModule(() => retryDelayMs({ ...input, retry_after_ms: null }));
      this.#deliveryMs = Date.now() + delayMs;
    }
    this.#armForNext();
    return !this.#outgoing.any;
  }

  async #run() {
    // A run that was ending did not see what came last.
    do await this.#messenger.run();
    while (this.#errands.next(Date.now()) !== null);
    this.#armForNext();
  }

  #armForNext() {
    this.#alarm.disarm();
    this.#alarm.arm(Math.max(this.#dueMs ?? Date.now(), this.#rangMs + RING_MS));
  }

  /** When there is something to do; null if there is not and nothing is kept. */
  get #dueMs() {
    const deliveryMs = this.#outgoing.any ? this.#deliveryMs : null;
    const toDoMs = [deliveryMs, this.#errands.nextMs, this.#receipts.nextMs];
    const dues = [...toDoMs, this.#retentionDueMs];
    const due = dues.filter((ms) => ms !== null);
    return due.length === 0 ? null : Math.min(...due);
  }

  /**
   * Notes in the audit log at the centre what was done here.
   * @param {string} actor
   * @param {string} action
   * @param {object} [detail]
   */
  #note(actor, action, detail) {
    const more = detail === undefined ? {} : { detail: JSON.stringify(detail) };
    this.#errands.add("audit", { actor, action, viewer: this.#identity.sealed, ...more });
    this.#watch();
    this.ctx.waitUntil(this.#run());
  }

  /** Forgets what was kept for long enough. */
  #applyRetention() {
    const nowMs = Date.now();
    const kept = this.#kept;
    this.ctx.storage.transactionSync(() => {
      const retired = {
        states: this.#views.prune(nowMs - kept.states),
        reports: this.#sessions.prune(nowMs - kept.states),
        quarantine: this.#quarantine.prune(nowMs - kept.quarantine),
        clocks: this.#clocks.prune(nowMs - kept.clocks),
        tombstones: this.#erasure.prune(nowMs - kept.tombstones),
        devices: this.#streams.prune(nowMs, kept.devices),
      };
      if (this.#views.count === 0) this.#usage.clear();
      this.#retentionMs = undefined;
      if (Object.values(retired).every((count) => count === 0)) return;
      this.#errands.add("retired", retired);
    });
  }

  /** The shortest time that anything is kept for. */
  get #shortestMs() {
    return Math.min(...Object.values(this.#kept));
  }

  /** What is heard later is due later, so this is asked for once in a while only. */
  get #retentionDueMs() {
    if (this.#retentionMs !== undefined) return this.#retentionMs;
    const kept = this.#kept;
    const dues = [
      [this.#views.oldestMs, kept.states],
      [this.#sessions.oldestMs, kept.states],
      [this.#quarantine.oldestMs, kept.quarantine],
      [this.#clocks.oldestMs, kept.clocks],
      [this.#erasure.askedMs, kept.tombstones],
    ].flatMap(([atMs, forMs]) => (atMs == null ? [] : [atMs + Number(forMs) + 1]));
    const streamsMs = this.#streams.dueMs(kept.devices);
    if (streamsMs !== null) dues.push(streamsMs);
    this.#retentionMs = dues.length === 0 ? null : Math.min(...dues);
    return this.#retentionMs;
  }
}

/**
 * What the function gives, or the refusal that it throws.
 * @template T
 * @param {() => T} call
 * @returns {T | { refusal: Refusal }}
 */
function orRefusal(call) {
  try {
    return call();
  } catch (error) {
    if (error instanceof Trapped) return { refusal: INTERNAL };
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    return { refusal };
  }
}
