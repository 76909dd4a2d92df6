// @ts-check
import { retryDelayMs } from "#wasm/player";

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
 * @property {number} setAside views that the edge refused for good
 */

/**
 * @typedef {object} Refusal
 * @property {string} code
 * @property {string} message
 * @property {string | null} field
 */

/** @typedef {{ view: import("#wasm/player").View, id: string, title: string, closed?: boolean }} Entry */

/** Views in one body; the edge takes no more. */
const VIEWS_PER_BODY_MAX = 50;

/** Bytes of one body: what a page may still send while it goes away. */
const BODY_BYTES_MAX = 16_000;

/** Views that wait for the edge; beyond, the oldest is set aside. */
const VIEWS_WAITING_MAX = 500;

/** A request without an answer for this long has failed. */
const ANSWER_MS_MAX = 30_000;

/** Answers that the same body will always get. */
const REFUSED = [400, 403, 409, 413, 422];

/**
 * Brings view states to the edge: cumulative, so that sending one again is harmless; kept until the
 * edge says that they are committed; one request at a time.
 */
export class Flusher {
  /** @type {Set<Entry>} */
  #views = new Set();
  /** @type {Promise<void> | null} */
  #run = null;
  /** @type {(() => void) | null} */
  #hurry = null;
  #failures = 0;
  /** @type {import("./usage.js").KnownUsage | null} what the edge last said of the viewer's use */
  usage = null;
  #alone = false;
  #asked = false;
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
   * @param {string} endpoint
   * @param {string} viewer
   * @param {(type: "delivery" | "refused", detail?: Refusal) => void} notify
   */
  constructor(endpoint, viewer, notify) {
    this.endpoint = endpoint;
    this.viewer = viewer;
    this.notify = notify;
  }

  get delivery() {
    return this.#delivery;
  }

  /**
   * Takes a view on. It is freed when it is closed and the edge has all of it.
   * @param {import("#wasm/player").View} view
   * @param {string} title
   */
  add(view, title) {
    this.#views.add({ view, id: view.id, title });
    const [oldest] = this.#views;
    if (this.#views.size > VIEWS_WAITING_MAX && oldest) this.#setAside(oldest);
  }

  /**
   * Nothing more is measured in a view.
   * @param {import("#wasm/player").View} view
   */
  close(view) {
    for (const entry of this.#views) if (entry.view === view) entry.closed = true;
  }

  /**
   * Sends what is owed now, and again until it is committed or refused. What is measured meanwhile
   * waits for the next call.
   */
  deliver() {
    this.#asked = true;
    this.#run ??= this.#deliver().finally(() => {
      this.#run = null;
    });
    return this.#run;
  }

  /** A try that waits is made now, unless the server asked to wait. */
  hurry() {
    this.#hurry?.();
  }

  /**
   * Sends once, beside whatever is under way: the page may be going away. The request outlives the
   * page; nothing is forgotten unless its answer still comes.
   */
  async send() {
    const owing = this.#owing();
    if (!owing.length) return;
    try {
      const answer = await this.#request(this.#next(owing).body, true);
      if (answer.ok) this.#commit(await answer.json());
    } catch {
      // Still owed.
    }
  }

  async #deliver() {
    while (this.#asked) {
      this.#asked = false;
      const owing = new Set(this.#owing());
      while (owing.size) {
        const { body, entries } = this.#next(owing);
        const retryAfterMs = await this.#post(body, entries);
        if (retryAfterMs === null) this.#settle(entries, owing);
        else await this.#wait(retryAfterMs);
      }
    }
    this.#forget();
    this.#failures = 0;
    this.#set({ state: "idle", nextTryMs: null });
  }

  /** The views that owe something. */
  #owing() {
    return [...this.#views].filter(({ view }) => view.owes());
  }

  /**
   * Frees what is over and owes nothing. Called only between requests of the one run that there is,
   * so that nobody holds a freed view.
   */
  #forget() {
    for (const entry of this.#views) {
      if (!entry.closed || entry.view.owes()) continue;
      this.#views.delete(entry);
      entry.view.free();
    }
  }

  /**
   * What was answered is done for this round, unless several were refused together: then each is
   * sent alone, so that one poisoned view does not hold the others back.
   * @param {Entry[]} entries
   * @param {Set<Entry>} owing
   */
  #settle(entries, owing) {
    if (this.#alone && entries.length > 1) return;
    for (const entry of entries) owing.delete(entry);
    if (!owing.size) this.#alone = false;
  }

  /**
   * The next body, of as many views as it may hold.
   * @param {Iterable<Entry>} owing
   */
  #next(owing) {
    const entries = [];
    const views = [];
    let bytes = 0;
    for (const entry of owing) {
      const state = btoa(String.fromCharCode(...entry.view.snapshot()));
      const item = { view: entry.id, title: entry.title, state: state.replace(/[+/=]/g, urlSafe) };
      bytes += JSON.stringify(item).length;
      if (entries.length && (this.#alone || bytes > BODY_BYTES_MAX)) break;
      entries.push(entry);
      views.push(item);
      if (views.length === VIEWS_PER_BODY_MAX) break;
    }
    return { entries, body: JSON.stringify({ viewer: this.viewer, views }) };
  }

  /**
   * One request. Null if it went well or was refused for good; otherwise what the server asks to
   * wait, or NaN.
   * @param {string} body
   * @param {Entry[]} entries
   */
  async #post(body, entries) {
    this.#set({ state: "sending", nextTryMs: null });
    let retryAfterMs = NaN;
    try {
      const answer = await this.#request(body, false);
      this.#set({ lastStatus: answer.status });
      if (answer.ok) {
        this.#commit(await answer.json());
        return null;
      }
      if (REFUSED.includes(answer.status)) {
        const [entry, another] = entries;
        if (another) this.#alone = true;
        else if (entry) this.#setAside(entry, await answer.json());
        return null;
      }
      retryAfterMs = after(answer.headers.get("retry-after"));
    } catch {
      // No answer, or none that can be read: the same body is sent again.
      this.#set({ lastStatus: null });
    }
    return retryAfterMs;
  }

  /** @param {{ acks: { view: string, version: number }[], usage?: import("./usage.js").KnownUsage }} answer */
  #commit({ acks, usage }) {
    this.#failures = 0;
    this.usage = usage ?? this.usage;
    for (const entry of this.#views) {
      for (const ack of acks) if (ack.view === entry.id) entry.view.acknowledge(ack.version);
    }
  }

  /**
   * @param {Entry} entry
   * @param {Refusal} [refusal]
   */
  #setAside(entry, refusal) {
    entry.view.refuse();
    this.#delivery.setAside += 1;
    this.notify("refused", refusal);
  }

  /** @param {number} retryAfterMs */
  #wait(retryAfterMs) {
    this.#failures += 1;
    const delayMs = retryDelayMs(this.#failures, Math.random(), retryAfterMs);
    this.#set({ state: "waiting", nextTryMs: performance.now() + delayMs });
    return /** @type {Promise<void>} */ (
      new Promise((resolve) => {
        const timer = setTimeout(resolve, delayMs);
        this.#hurry = () => {
          if (retryAfterMs > 0) return;
          clearTimeout(timer);
          resolve();
        };
      })
    );
  }

  /**
   * No preflight (the body is plain text), no credentials; no beacon, which would carry them.
   * @param {string} body
   * @param {boolean} keepalive
   */
  #request(body, keepalive) {
    this.#delivery.requests += 1;
    this.#delivery.bytes += body.length;
    this.#delivery.lastBody = body;
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    return fetch(this.endpoint, { method: "POST", body, credentials: "omit", keepalive, signal });
  }

  /** @param {Partial<typeof this.delivery>} change */
  #set(change) {
    Object.assign(this.#delivery, change);
    this.notify("delivery");
  }
}

/** @param {string} character */
const urlSafe = (character) => ({ "+": "-", "/": "_" })[character] ?? "";

/**
 * `Retry-After` in ms: seconds or a date; NaN without one.
 * @param {string | null} header
 */
const after = (header) =>
  header ? (isNaN(+header) ? Date.parse(header) - Date.now() : +header * 1000) : NaN;
