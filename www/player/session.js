// @ts-check
import { UsherError } from "../../pkg/error.js";
import { attachElement } from "./element.js";
import { engagementOf, MILESTONES, PASSED, WATCHED } from "./engagement.js";
import { Flag } from "./flag.js";
import { Flusher } from "./flusher.js";
import { usageOf } from "./usage.js";
import { View } from "./view.js";

/**
 * @typedef {object} SessionOptions
 * @property {string} viewer who watches: 1 to 200 bytes
 * @property {string | ((video: HTMLMediaElement | null) => string)} title what is watched: 1 to 200
 *   bytes; a function is asked again whenever the source changes
 * @property {string} [endpoint] where view states go; `/v1/views` by default
 * @property {number} [intervalMs] how often they go while playing; 10 000 by default, at least 1 000
 * @property {string | (() => string | undefined | Promise<string | undefined>)} [token] the session token
 *   that the service's backend issued; a function is asked again when the edge refuses what it gave, and
 *   later when it fails
 * @property {() => "granted" | "pending" | "denied"} [consent] what the viewer allows, asked at every
 *   reading and before every request; granted by default. Pending: measured in memory, nothing is stored
 *   or sent. Denied, or anything else: nothing is measured, and what was is dropped and purged
 * @property {"unknown" | "desktop" | "mobile" | "tablet" | "tv"} [device] what it is watched on, if the
 *   page knows better than the edge
 */

/**
 * What a player knows beside its readings; a key that is left out is as it was before.
 *
 * @typedef {object} Fact
 * @property {number} [bitrateKbps] of what plays from now on
 * @property {number} [heightPx] likewise
 * @property {string} [cdn] who delivers it
 * @property {number} [droppedFrames] since the view began
 * @property {{ code: string, fatal: boolean }} [error]
 * @property {"linear" | "overlay" | null} [ad] what kind of advertisement is on
 */

/**
 * @typedef {object} Quality
 * @property {number | null} bitrateKbps
 * @property {number | null} heightPx
 * @property {string | null} cdn
 * @property {number | null} droppedFrames
 * @property {{ code: string, fatal: boolean }[]} errors the latest, oldest first
 */

/** How often a playing view is sent when nobody says otherwise. */
const INTERVAL_MS = 10_000;

/** A page that sends more often would disturb itself. */
const INTERVAL_MS_MIN = 1_000;

/** A view that plays is kept this often, so that a crash takes no more; one poll less than a second. */
const SAVE_MS_MIN = 900;

const DEVICES = ["unknown", "desktop", "mobile", "tablet", "tv"];

/** What `View.tell` is told. */
const [ERROR, BITRATE, DROPPED] = [0, 1, 2];

/** Errors that are kept for whoever looks. */
const ERRORS_MAX = 20;

const ADS = { linear: Flag.linearAd, overlay: Flag.overlayAd };

/** @type {WeakSet<HTMLMediaElement>} */
const attached = new WeakSet();

/**
 * Measures a media element from now on. Call `init()` first, and `destroy()` when the player goes.
 *
 * @param {HTMLMediaElement} video
 * @param {SessionOptions} options
 * @returns {Session}
 * @throws {UsherError} `invalid_value` with the field, `already_attached` or `not_initialised`
 */
export function attach(video, options) {
  if (!(video instanceof HTMLMediaElement)) {
    throw new UsherError("invalid_value", "expected a <video> or <audio> element", "video");
  }
  return new Session(video, options);
}

/**
 * One player, measured. Dispatches `engagement` after every whole reading (events of the
 * player, and every 5 s while it plays); `milestone` once for each that
 * is reached (`detail`: percent, and whether it was `watched` or `passed`); `view` when a source
 * change begins a new view; `delivery` when something was sent or answered; `refused` (with the
 * refusal as `detail`) when the edge will never take a view.
 */
export class Session extends EventTarget {
  #video;
  #options;
  /** @type {View} */
  #view;
  #flusher;
  /** @type {Quality} */
  #quality = unknown();
  /** @type {Set<string>} milestones that were told */
  #told = new Set();
  #cleanup = new AbortController();
  #denied = false;
  /** When the view was last kept for delivery, monotonic. */
  #savedMs = 0;
  /** @type {import("./engagement.js").Engagement | null} what was measured when it was destroyed */
  #last = null;

  /**
   * @param {HTMLMediaElement | null} video none for a player that is not an element
   * @param {SessionOptions} options
   */
  constructor(video, options) {
    super();
    if (video && attached.has(video)) {
      throw new UsherError(
        "already_attached",
        "destroy the element's other session first",
        "video",
      );
    }
    this.#video = video;
    this.#options = checked(options);
    this.#view = this.#begin();
    this.#flusher = new Flusher(options, (type, detail) => this.#tell(type, detail));
    this.#flusher.view = this.#view;
    if (video) attached.add(video);
    this.#listen();
    this.#read();
    this.#flusher.recover();
  }

  /** The view that is measured now: 32 hexadecimal digits. */
  get viewId() {
    return this.#view.id;
  }

  /** What was measured until now: the element is read when this is asked. */
  get engagement() {
    if (this.#last) return this.#last;
    if (this.#video && this.#allowed()) this.#view.read(this.#video);
    return engagementOf(this.#view);
  }

  /** What the player last told of quality and errors. */
  get quality() {
    return this.#quality;
  }

  /**
   * The viewer's use of the last 28 days: what the edge knows, and the running view.
   * @returns {import("./usage.js").Usage}
   */
  get usage() {
    return usageOf(this.#flusher.usage, this.engagement.uniqueMs);
  }

  /**
   * How delivery stands.
   * @returns {import("./flusher.js").Delivery}
   */
  get delivery() {
    return this.#flusher.delivery;
  }

  /**
   * Takes what a player knows beside its readings. What was before belongs to what was told before.
   * @param {Fact} fact
   */
  tell({ error, ad, ...quality }) {
    if (!this.#allowed()) return;
    this.#read();
    Object.assign(this.#quality, quality);
    const { bitrateKbps, droppedFrames } = quality;
    if (bitrateKbps !== undefined) this.#view.tell(BITRATE, bitrateKbps);
    if (droppedFrames !== undefined) this.#view.tell(DROPPED, droppedFrames);
    if (error) {
      this.#view.tell(ERROR, 0);
      this.#quality.errors = [...this.#quality.errors, error].slice(-ERRORS_MAX);
    }
    if (ad !== undefined) this.#view.held = ad ? ADS[ad] : 0;
    this.#read();
  }

  /**
   * Takes a reading of a player that is not an element: `take` pushes it.
   * @param {(view: View) => void} take
   */
  measure(take) {
    if (!this.#allowed()) return;
    take(this.#view);
    this.#saveSeldom();
    this.#measured();
  }

  /** Sends what is known now; resolves when the edge has committed it. Tries until it has. */
  async flush() {
    this.#read();
    this.#flusher.hurry();
    await this.#flusher.deliver();
  }

  /** The content is another: its view ends and the next begins. */
  restart() {
    if (this.#last) return;
    const over = this.#view;
    over.interrupt();
    try {
      this.#view = this.#begin();
    } catch (refusal) {
      // The page's own event is not the place for an error: the session ends and says why.
      this.destroy();
      this.#tell("refused", refusal);
      return;
    }
    this.#flusher.close(over);
    this.#flusher.view = this.#view;
    void this.#flusher.deliver();
    this.#quality = unknown();
    this.#told.clear();
    this.#tell("view", { viewId: this.viewId });
  }

  /** Ends the measurement, sends the rest and takes every listener and timer away. */
  destroy() {
    if (this.#last) return;
    if (this.#video && this.#flusher.consent() !== "denied") this.#view.read(this.#video);
    // The player may have let go of its content already, and take what it has played with it.
    this.#view.interrupt();
    this.#last = engagementOf(this.#view);
    this.#cleanup.abort();
    if (this.#video) attached.delete(this.#video);
    this.#flusher.close(this.#view);
    // The page may go before the edge has the rest.
    const leaving = () => this.#flusher.leave();
    globalThis.addEventListener?.("pagehide", leaving);
    void this.#flusher
      .deliver()
      .finally(() => globalThis.removeEventListener?.("pagehide", leaving));
  }

  #begin() {
    const { viewer, title } = this.#options;
    /** @type {string} */
    let name;
    try {
      name = String(typeof title === "function" ? title(this.#video) : title);
    } catch (thrown) {
      throw new UsherError("invalid_value", `title() threw ${thrown}`, "title", thrown);
    }
    try {
      return new View(viewer, name);
    } catch (thrown) {
      if (thrown instanceof UsherError) throw thrown;
      throw new UsherError("not_initialised", "await init() before attach()", null, thrown);
    }
  }

  #listen() {
    const { signal } = this.#cleanup;
    const video = this.#video;
    if (video) {
      const detach = attachElement(video, (meaning) => {
        if (meaning === "tick") {
          if (this.#allowed()) {
            this.#view.tick(video);
            this.#saveSeldom();
          }
          return;
        }
        if (meaning === "source") this.restart();
        this.#read();
        if (meaning === "settle") void this.#flusher.deliver();
      });
      signal.addEventListener("abort", detach);
    }
    const timer = setInterval(() => {
      // What happened before the pause is known since it began.
      if (this.#allowed() && !video?.paused) this.#read();
      void this.#flusher.deliver();
    }, this.#options.intervalMs);
    signal.addEventListener("abort", () => clearInterval(timer));
    // Where there is no page, nobody leaves it.
    const { document, addEventListener: on } = globalThis;
    document?.addEventListener("visibilitychange", () => this.#leave(document.hidden), { signal });
    on?.("pagehide", () => this.#leave(true), { signal });
    on?.("online", () => this.#flusher.hurry(), { signal });
  }

  /** Whether anything may be measured now. Who denies it takes back what was. */
  #allowed() {
    if (this.#last) return false;
    const denied = this.#flusher.consent() === "denied";
    if (denied !== this.#denied) {
      this.#denied = denied;
      if (denied) this.restart();
    }
    return !denied;
  }

  #read() {
    if (!this.#allowed()) return;
    if (this.#video) this.#view.read(this.#video);
    this.#save();
    this.#measured();
  }

  #save() {
    this.#savedMs = performance.now();
    this.#flusher.save(this.#view);
  }

  #saveSeldom() {
    if (performance.now() - this.#savedMs >= SAVE_MS_MIN) this.#save();
  }

  #measured() {
    for (const percent of MILESTONES) {
      const reached = this.#view.reached(percent);
      if (reached & WATCHED) this.#reach("watched", percent);
      if (reached & PASSED) this.#reach("passed", percent);
    }
    this.#tell("engagement");
  }

  /**
   * @param {"watched" | "passed"} kind
   * @param {number} percent
   */
  #reach(kind, percent) {
    if (this.#told.has(kind + percent)) return;
    this.#told.add(kind + percent);
    this.#tell("milestone", { kind, percent });
  }

  /** @param {boolean} hidden */
  #leave(hidden) {
    this.#read();
    if (hidden) this.#flusher.leave();
  }

  /**
   * @param {string} type
   * @param {unknown} [detail]
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/**
 * @param {SessionOptions} options
 * @returns {SessionOptions}
 */
function checked(options) {
  const { viewer, title, intervalMs = INTERVAL_MS, device } = options ?? {};
  if (typeof viewer !== "string") {
    throw new UsherError("invalid_value", "expected a string", "viewer");
  }
  if (typeof title !== "string" && typeof title !== "function") {
    throw new UsherError("invalid_value", "expected a string or a function", "title");
  }
  if (!(intervalMs >= INTERVAL_MS_MIN)) {
    throw new UsherError("invalid_value", `expected at least ${INTERVAL_MS_MIN}`, "intervalMs");
  }
  if (device && !DEVICES.includes(device)) {
    throw new UsherError("invalid_value", `expected one of ${DEVICES}`, "device");
  }
  return { ...options, intervalMs };
}

/** @returns {Quality} */
function unknown() {
  return { bitrateKbps: null, heightPx: null, cdn: null, droppedFrames: null, errors: [] };
}
