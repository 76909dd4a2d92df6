// @ts-check
import { View } from "#wasm/player";
import { UsherError } from "../../pkg/error.js";
import { attachElement } from "./element.js";
import { engagementOf, MILESTONES } from "./engagement.js";
import { Flag } from "./flag.js";
import { Flusher } from "./flusher.js";
import { usageOf } from "./usage.js";

/**
 * @typedef {object} SessionOptions
 * @property {string} viewer who watches: 1 to 200 bytes
 * @property {string | ((video: HTMLMediaElement | null) => string)} title what is watched: 1 to 200
 *   bytes; a function is asked again whenever the source changes
 * @property {string} [endpoint] where view states go; `/v1/views` by default
 * @property {number} [intervalMs] how often they go while playing; 10 000 by default, at least 1 000
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
  #flusher;
  /** @type {View} */
  #view;
  #viewId = "";
  /** @type {Quality} */
  #quality = unknown();
  /** @type {Set<string>} milestones that were told */
  #told = new Set();
  #cleanup = new AbortController();
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
    const { endpoint = "/v1/views", viewer } = options;
    this.#flusher = new Flusher(endpoint, viewer, (type, detail) => this.#tell(type, detail));
    this.#view = this.#begin();
    if (video) attached.add(video);
    this.#listen();
    this.#read();
  }

  /** The view that is measured now: 32 hexadecimal digits. */
  get viewId() {
    return this.#viewId;
  }

  /** What was measured until now: the element is read when this is asked. */
  get engagement() {
    if (this.#last) return this.#last;
    if (this.#video) this.#view.read(this.#video, performance.now());
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
    const { version, acknowledgedVersion } = this.#last ?? engagementOf(this.#view);
    return { ...this.#flusher.delivery, version, acknowledgedVersion };
  }

  /**
   * Takes what a player knows beside its readings. What was before belongs to what was told before.
   * @param {Fact} fact
   */
  tell({ error, ad, ...quality }) {
    if (this.#last) return;
    this.#read();
    Object.assign(this.#quality, quality);
    const { bitrateKbps, droppedFrames } = quality;
    if (bitrateKbps !== undefined) this.#view.switchQuality(bitrateKbps);
    if (droppedFrames !== undefined) this.#view.dropFrames(droppedFrames);
    if (error) {
      this.#view.fail();
      this.#quality.errors = [...this.#quality.errors, error].slice(-ERRORS_MAX);
    }
    if (ad !== undefined) this.#view.hold(ad ? ADS[ad] : 0);
    this.#read();
  }

  /**
   * Takes a reading of a player that is not an element: `take` pushes it.
   * @param {(view: View) => void} take
   */
  measure(take) {
    if (this.#last) return;
    take(this.#view);
    this.#measured();
  }

  /** Sends what is known now; resolves when the edge has committed it. Tries until it has. */
  async flush() {
    if (!this.#last) this.#read();
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
    // Only now: a view that owes nothing is freed at once.
    this.#flusher.close(over);
    void this.#flusher.deliver();
    this.#quality = unknown();
    this.#told.clear();
    this.#tell("view", { viewId: this.#viewId });
  }

  /** Ends the measurement, sends the rest and takes every listener and timer away. */
  destroy() {
    if (this.#last) return;
    if (this.#video) this.#view.read(this.#video, performance.now());
    // The player may have let go of its content already, and take what it has played with it.
    this.#view.interrupt();
    this.#last = engagementOf(this.#view);
    this.#cleanup.abort();
    if (this.#video) attached.delete(this.#video);
    this.#flusher.close(this.#view);
    // The page may go before the edge has the rest.
    const leaving = () => void this.#flusher.send();
    addEventListener("pagehide", leaving);
    void this.#flusher.deliver().finally(() => removeEventListener("pagehide", leaving));
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
      const view = new View(viewer, name);
      this.#viewId = view.id;
      this.#flusher.add(view, name);
      return view;
    } catch (thrown) {
      const unready = "await init() before attach()";
      throw /** @type {any} */ (thrown)?.code
        ? UsherError.from(thrown)
        : new UsherError("not_initialised", unready, null, thrown);
    }
  }

  #listen() {
    const { signal } = this.#cleanup;
    const video = this.#video;
    if (video) {
      const detach = attachElement(video, (meaning) => {
        if (meaning === "tick") {
          this.#view.tick(performance.now(), video.currentTime);
          return;
        }
        if (meaning === "source") this.restart();
        this.#read();
        if (meaning === "settle") void this.#flusher.deliver();
      });
      signal.addEventListener("abort", detach);
    }
    const timer = setInterval(() => {
      // What happened before the pause went when it began; a paused page has nothing to say.
      if (video?.paused) return;
      this.#read();
      void this.#flusher.deliver();
    }, this.#options.intervalMs);
    signal.addEventListener("abort", () => clearInterval(timer));
    document.addEventListener("visibilitychange", () => this.#leave(document.hidden), { signal });
    addEventListener("pagehide", () => this.#leave(true), { signal });
    addEventListener("online", () => this.#flusher.hurry(), { signal });
  }

  #read() {
    if (this.#last) return;
    if (this.#video) this.#view.read(this.#video, performance.now());
    this.#measured();
  }

  #measured() {
    for (const percent of MILESTONES) {
      if (this.#view.isWatched(percent)) this.#reach("watched", percent);
      if (this.#view.isPassed(percent)) this.#reach("passed", percent);
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
    if (hidden) void this.#flusher.send();
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
  const { viewer, title, intervalMs = INTERVAL_MS } = options ?? {};
  if (typeof viewer !== "string") {
    throw new UsherError("invalid_value", "expected a string", "viewer");
  }
  if (typeof title !== "string" && typeof title !== "function") {
    throw new UsherError("invalid_value", "expected a string or a function", "title");
  }
  if (!(intervalMs >= INTERVAL_MS_MIN)) {
    throw new UsherError("invalid_value", `expected at least ${INTERVAL_MS_MIN}`, "intervalMs");
  }
  return { ...options, intervalMs };
}

/** @returns {Quality} */
function unknown() {
  return { bitrateKbps: null, heightPx: null, cdn: null, droppedFrames: null, errors: [] };
}
