// @ts-check
import { Sender } from "#wasm/player";
import { Store } from "./store.js";

/**
 * How delivery stands.
 *
 * @typedef {object} Delivery
 * @property {"idle" | "sending" | "waiting"} state
 * @property {number} requests requests begun
 * @property {number} bytes bytes of their bodies
 * @property {number} version of the view that is measured now
 * @property {number} acknowledgedVersion of it, committed by the edge
 * @property {number | null} nextTryMs when the next try is due, on `performance.now()`'s clock
 * @property {number | null} lastStatus HTTP status of the last answer; null before one, or after a failure
 * @property {string | null} lastBody
 * @property {number} waiting views that are not yet committed
 * @property {number} setAside views that the edge refused for good
 * @property {number} lost views that were given up: older than 30 days, too many, or torn in the storage
 * @property {import("./store.js").Trouble | null} storage what is wrong with it; the rest still goes
 */

/**
 * @typedef {object} Refusal
 * @property {string} code
 * @property {string} message
 * @property {string | null} field
 */

/** @typedef {import("./store.js").Entry} Entry */
/** @typedef {import("./view.js").View} View */

/** @typedef {{ view: string, producer: string, version: number }} Ack */

/** Views in one body; the edge takes no more. */
const VIEWS_PER_BODY_MAX = 50;

/** Bytes of one body, names and token included: what a page may still send while it goes away. */
const BODY_BYTES_MAX = 16_000;

/** Views in memory that wait for the edge; beyond, the oldest is left to the storage. */
const VIEWS_WAITING_MAX = 500;

/** A request without an answer for this long has failed. */
const ANSWER_MS_MAX = 30_000;

/** Until when the edge asked to be left alone, in UTC ms, for every tab and page load. */
const SILENCE = "usher-silent-until";

/** What `Sender.answer` says. */
const [COMMITTED, SET_ASIDE] = [0, 1];

/**
 * Brings view states to the edge: cumulative, so that sending one again is harmless; kept until the
 * edge says that they are committed. The module's sender says when, how many, and what an answer means.
 */
export class Flusher {
  /** @type {View | null} what is measured now */
  view = null;
  /** @type {import("./usage.js").KnownUsage | null} what the edge last said of the viewer's use */
  usage = null;
  #options;
  #notify;
  #store;
  #sender = new Sender(VIEWS_PER_BODY_MAX);
  /** @type {Map<string, Entry>} what is not yet committed, by view and producer, newest last */
  #entries = new Map();
  /** @type {Set<string>} keys of what this round still has to send */
  #due = new Set();
  /** @type {Set<string>} keys of what the edge will never take */
  #aside = new Set();
  /** @type {WeakMap<Entry, Promise<unknown>>} what is in the backlog, or on its way there */
  #kept = new WeakMap();
  /** @type {Promise<void> | null} */
  #run = null;
  /** @type {Promise<void> | undefined} */
  #recovery;
  #wake = () => {};
  #hurried = false;
  #purged = false;
  /** @type {string | undefined} */
  #token;
  #lost = 0;
  #delivery = {
    /** @type {Delivery["state"]} */
    state: "idle",
    requests: 0,
    bytes: 0,
    nextTryMs: /** @type {number | null} */ (null),
    lastStatus: /** @type {number | null} */ (null),
    lastBody: /** @type {string | null} */ (null),
    setAside: 0,
  };

  /**
   * @param {import("./session.js").SessionOptions} options
   * @param {(type: "delivery" | "refused", detail?: Refusal | null) => void} notify
   */
  constructor(options, notify) {
    this.#options = options;
    this.#notify = notify;
    this.#store = new Store(() => notify("delivery"));
    this.#learn(options.token);
  }

  /** @returns {Delivery} */
  get delivery() {
    const { lost, corrupt, trouble } = this.#store;
    return {
      ...this.#delivery,
      version: this.view?.version ?? 0,
      acknowledgedVersion: this.view?.acknowledgedVersion ?? 0,
      waiting: this.#entries.size,
      lost: lost + corrupt + this.#lost,
      storage: trouble,
    };
  }

  /**
   * Asks the page what the viewer allows. Who denies has everything purged that is known of them.
   * @returns {"granted" | "pending" | "denied"}
   */
  consent() {
    /** @type {ReturnType<NonNullable<import("./session.js").SessionOptions["consent"]>>} */
    let given = "denied";
    try {
      const { consent } = this.#options;
      given = consent ? consent() : "granted";
    } catch {
      // A page that cannot tell has no consent.
    }
    // Whatever else it says is none either.
    if (given !== "granted" && given !== "pending") given = "denied";
    const denied = given === "denied";
    if (denied && !this.#purged) this.#purge();
    this.#purged = denied;
    return given;
  }

  /**
   * Keeps the state of a view until the edge has it: when this returns it outlives the page.
   * @param {View} view
   */
  save(view) {
    const consent = this.consent();
    const key = view.id + view.producer;
    if (consent === "denied" || this.#aside.has(key)) return;
    const state = btoa(String.fromCharCode(...view.snapshot())).replace(/[+/=]/g, urlSafe);
    const [version = 0] = view.figures;
    if (version === view.version) return;
    view.version = version;
    const at = clocks();
    const { viewer, id, title, producer } = view;
    const entry = { viewer, view: id, title, producer, version, state, at, savedMs: at[1] };
    this.#put(entry);
    if (consent === "granted") this.#store.save(entry);
  }

  /**
   * Nothing more is measured in a view: what it says last is kept, and its handle freed.
   * @param {View} view
   */
  close(view) {
    this.save(view);
    const entry = this.#entries.get(view.id + view.producer);
    view.free();
    if (entry && this.consent() === "granted") void this.#keep(entry);
  }

  /**
   * Sends what is owed now, and again until it is committed or refused. What is measured meanwhile
   * waits for the next call.
   */
  deliver() {
    for (const key of this.#entries.keys()) this.#due.add(key);
    this.recover();
    return this.#start();
  }

  /** Sends what earlier page loads left, once the viewer allows it. */
  recover() {
    if (this.consent() === "granted") this.#recovery ??= this.#recover();
  }

  /** A try that waits is made now, unless the edge asked to wait. */
  hurry() {
    this.#hurried = true;
    this.#wake();
  }

  /**
   * Sends once, beside whatever is under way: the page may be going away. The request outlives the
   * page, and whatever it is answered, nothing is forgotten.
   */
  leave() {
    const batch = this.#next(this.#entries);
    if (!batch.length || this.consent() !== "granted" || this.#wait(true)) return;
    this.#request(batch, true).catch(() => {});
  }

  /** Takes what is in the storage, when no other tab does: a lock spares two from sending the same. */
  async #recover() {
    const take = async () => {
      for (const entry of await this.#store.load()) {
        const full = this.#entries.size >= VIEWS_WAITING_MAX;
        if (!full && entry.viewer === this.#options.viewer) this.#due.add(this.#put(entry));
      }
      await this.#start();
    };
    try {
      await navigator.locks.request(`usher ${this.#options.viewer}`, take);
    } catch {
      await take();
    }
  }

  #start() {
    return (this.#run ??= this.#deliver());
  }

  async #deliver() {
    // Not before `#run` is set.
    await null;
    try {
      for (;;) {
        const batch = this.consent() === "granted" ? this.#next(this.#due) : [];
        if (!batch.length) break;
        const waitMs = this.#wait(this.#hurried);
        this.#hurried = false;
        if (waitMs) {
          this.#set({ state: "waiting", nextTryMs: performance.now() + waitMs });
          await this.#pause(waitMs);
        } else {
          this.#set({ state: "sending", nextTryMs: null });
          await this.#post(batch);
        }
      }
    } catch {
      // An answer that cannot be: whatever is still owed goes with the next round.
    }
    this.#run = null;
    this.#set({ state: "idle", nextTryMs: null });
  }

  /** @param {number} ms */
  #pause(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(null);
      };
    });
  }

  /**
   * Milliseconds until the edge may be asked again, by this tab or any other.
   * @param {boolean} hurry
   */
  #wait(hurry) {
    let silentUntilMs = NaN;
    try {
      silentUntilMs = Number(localStorage[SILENCE]);
    } catch {
      // No storage: what this page knows itself has to do.
    }
    return this.#sender.waitMs(Date.now(), silentUntilMs, hurry);
  }

  /**
   * As many entries, newest first, as one body may hold.
   * @param {{ has: (key: string) => boolean }} wanted
   */
  #next(wanted) {
    /** @type {Entry[]} */
    const batch = [];
    const { items } = this.#sender;
    let bytes = JSON.stringify([this.#options.viewer, this.#token]).length;
    for (const [key, entry] of [...this.#entries].reverse()) {
      if (!wanted.has(key)) continue;
      // Somewhat more than goes into the body.
      bytes += JSON.stringify(entry).length;
      if (batch.length && (batch.length >= items || bytes > BODY_BYTES_MAX)) break;
      batch.push(entry);
    }
    return batch;
  }

  /**
   * One request, and what its answer means.
   * @param {Entry[]} batch
   */
  async #post(batch) {
    let status = 0;
    let retryAfterMs = NaN;
    let said;
    // What is asked for from now on is another round.
    for (const entry of batch) this.#due.delete(keyOf(entry));
    try {
      // What is over is safe before it is sent.
      await Promise.all(batch.map((entry) => entry.view === this.view?.id || this.#keep(entry)));
      const { token } = this.#options;
      if (!this.#token) {
        const given = typeof token === "function" ? Promise.race([token(), timedOut()]) : token;
        this.#learn(await given);
      }
      if (this.consent() !== "granted") return;
      const answer = await this.#request(batch, false);
      retryAfterMs = after(answer.headers.get("retry-after"));
      said = await answer.json().catch(() => null);
      // No answer that can be read is none: the same states go again.
      if (!answer.ok || Array.isArray(said?.acks)) status = answer.status;
    } catch {
      // No token or no answer: still owed.
    }
    // The next request asks the page for another.
    if (status === 401) this.#token = undefined;
    const now = Date.now();
    const verdict = this.#sender.answer(status, batch.length, now, Math.random(), retryAfterMs);
    this.#hush(now);
    this.#set({ lastStatus: status || null });
    if (verdict === COMMITTED) this.#commit(said);
    else if (verdict === SET_ASIDE) this.#setAside(batch[0], status, said);
    else for (const entry of batch) this.#due.add(keyOf(entry));
  }

  /** @param {number} now */
  #hush(now) {
    // Another tab may have been asked for a longer silence meanwhile.
    this.#wait(false);
    const { silentUntilMs } = this.#sender;
    try {
      if (silentUntilMs > now) localStorage[SILENCE] = silentUntilMs;
    } catch {
      // Other tabs will be told themselves.
    }
  }

  /**
   * What was answered is done for this round, acknowledged or not.
   * @param {{ acks: Ack[], usage?: import("./usage.js").KnownUsage }} answer
   */
  #commit({ acks, usage }) {
    this.usage = usage ?? this.usage;
    for (const ack of acks) {
      const { view } = this;
      if (ack.view === view?.id) {
        // One of a version that never existed is not believed.
        const version = Math.min(ack.version, view.version);
        view.acknowledgedVersion = Math.max(view.acknowledgedVersion, version);
      }
      const entry = this.#entries.get(keyOf(ack));
      if (entry && ack.version >= entry.version) this.#forget(entry);
    }
  }

  /**
   * @param {Entry | undefined} entry
   * @param {number} status
   * @param {Refusal | null} refusal
   */
  #setAside(entry, status, refusal) {
    if (!entry) return;
    this.#aside.add(keyOf(entry));
    this.#delivery.setAside += 1;
    // What another token may be allowed to say is tried again by the next page load.
    this.#forget(entry, status === 403);
    this.#notify("refused", refusal);
  }

  /**
   * @param {Entry} entry
   * @param {boolean} [stored] whether the storage keeps it
   */
  #forget(entry, stored) {
    const key = keyOf(entry);
    this.#due.delete(key);
    this.#entries.delete(key);
    if (!stored) void this.#store.remove(entry);
  }

  /** @param {Entry} entry */
  #put(entry) {
    const key = keyOf(entry);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    const [oldest] = this.#entries.values();
    if (this.#entries.size > VIEWS_WAITING_MAX && oldest) {
      this.#forget(oldest, true);
      // Nobody else has it.
      if (this.#store.trouble) this.#lost += 1;
    }
    return key;
  }

  /** @param {Entry} entry */
  #keep(entry) {
    const kept = this.#kept.get(entry) ?? this.#store.keep(entry);
    this.#kept.set(entry, kept);
    return kept;
  }

  #purge() {
    this.#entries.clear();
    this.#due.clear();
    this.usage = this.#delivery.lastBody = null;
    void this.#store.purge();
    this.#wake();
  }

  /** @param {unknown} token what the page gave; without one the edge says what it thinks of that */
  #learn(token) {
    if (typeof token === "string") this.#token = token;
  }

  /**
   * No preflight (the body is plain text), no credentials; no beacon, which would carry them.
   * @param {Entry[]} batch
   * @param {boolean} keepalive
   */
  async #request(batch, keepalive) {
    const { endpoint = "/v1/views", viewer, device } = this.#options;
    const views = batch.map(({ view, title, state, at }) => ({ view, title, state, at }));
    const body = JSON.stringify({ viewer, views, token: this.#token, clock: clocks(), device });
    this.#delivery.requests += 1;
    this.#delivery.bytes += body.length;
    this.#delivery.lastBody = body;
    const signal = AbortSignal.timeout?.(ANSWER_MS_MAX);
    return fetch(endpoint, { method: "POST", body, credentials: "omit", keepalive, signal });
  }

  /** @param {Partial<typeof this.delivery>} change */
  #set(change) {
    Object.assign(this.#delivery, change);
    this.#notify("delivery");
  }
}

/** @param {{ view: string, producer: string }} of */
const keyOf = ({ view, producer }) => view + producer;

/** @returns {[number, number]} monotonic and wall, in whole ms */
const clocks = () => [Math.round(performance.now()), Date.now()];

/** @returns {Promise<never>} */
const timedOut = () =>
  new Promise((_, reject) => {
    AbortSignal.timeout?.(ANSWER_MS_MAX).addEventListener("abort", reject);
  });

/** @param {string} character */
const urlSafe = (character) => ({ "+": "-", "/": "_" })[character] ?? "";

/**
 * `Retry-After` in ms: seconds or a date; NaN without one.
 * @param {string | null} header
 */
const after = (header) =>
  header ? (isNaN(+header) ? Date.parse(header) - Date.now() : +header * 1000) : NaN;
