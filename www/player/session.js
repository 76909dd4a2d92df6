// @ts-check
import { View } from "#wasm/player";
import { UsherError } from "../../pkg/error.js";
import { attachElement } from "./element.js";
import { engagementOf } from "./engagement.js";
import { Flusher } from "./flusher.js";

/**
 * @typedef {object} AttachOptions
 * @property {string} viewer who watches: 1 to 200 bytes
 * @property {string | ((video: HTMLMediaElement) => string)} title what is watched: 1 to 200 bytes; a
 *   function is asked again whenever the source changes
 * @property {string} [endpoint] where view states go; `/v1/views` by default
 * @property {number} [intervalMs] how often they go while playing; 10 000 by default, at least
 *   1 000
 */

/** How often a playing view is sent when nobody says otherwise. */
const INTERVAL_MS = 10_000;

/** A page that sends more often would disturb itself. */
const INTERVAL_MS_MIN = 1_000;

/** @type {WeakSet<HTMLMediaElement>} */
const attached = new WeakSet();

/**
 * Measures a media element from now on. Call `init()` first, and `destroy()` when the player goes.
 *
 * @param {HTMLMediaElement} video
 * @param {AttachOptions} options
 * @returns {Session}
 * @throws {UsherError} `invalid_value` with the field, or `already_attached`
 */
export function attach(video, options) {
  if (!(video instanceof HTMLMediaElement)) {
    throw new UsherError("invalid_value", "expected a <video> or <audio> element", "video");
  }
  if (attached.has(video)) {
    throw new UsherError("already_attached", "destroy the element's other session first", "video");
  }
  const { viewer, title, intervalMs = INTERVAL_MS } = options ?? {};
  if (typeof viewer !== "string") {
    throw new UsherError("invalid_value", "expected a string", "viewer");
  }
  if (typeof title !== "string" && typeof title !== "function") {
    throw new UsherError("invalid_value", "expected a string or a function", "title");
  }
  if (!(intervalMs >= INTERVAL_MS_MIN)) {
    const message = `expected at least ${INTERVAL_MS_MIN}`;
    throw new UsherError("invalid_value", message, "intervalMs");
  }
  return new Session(video, { ...options, intervalMs });
}

/**
 * One media element, measured. Dispatches `engagement` after every reading, `view` when a source
 * change begins a new view, `delivery` when something was sent or answered, and `refused` (with the
 * refusal as `detail`) when the edge will never take a view.
 */
export class Session extends EventTarget {
  /** @type {HTMLMediaElement} */
  #video;
  #options;
  #flusher;
  /** @type {View} */
  #view;
  #viewId = "";
  #cleanup = new AbortController();
  /** @type {import("./engagement.js").Engagement | null} what was measured when it was destroyed */
  #last = null;

  /**
   * @param {HTMLMediaElement} video
   * @param {AttachOptions} options
   */
  constructor(video, options) {
    super();
    this.#video = video;
    this.#options = options;
    this.#flusher = new Flusher(options.endpoint ?? "/v1/views", options.viewer, (type, detail) =>
      this.dispatchEvent(new CustomEvent(type, { detail })),
    );
    this.#view = this.#begin();
    attached.add(video);
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
    this.#view.read(this.#video, performance.now());
    return engagementOf(this.#view);
  }

  /**
   * How delivery stands.
   * @returns {import("./flusher.js").Delivery}
   */
  get delivery() {
    const { version, acknowledgedVersion } = this.#last ?? engagementOf(this.#view);
    return { ...this.#flusher.delivery, version, acknowledgedVersion };
  }

  /** Sends what is known now; resolves when the edge has committed it. Tries until it has. */
  async flush() {
    if (!this.#last) this.#read();
    this.#flusher.hurry();
    await this.#flusher.deliver();
  }

  /** Ends the measurement, sends the rest and takes every listener and timer away. */
  destroy() {
    if (this.#last) return;
    this.#last = this.engagement;
    this.#cleanup.abort();
    attached.delete(this.#video);
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
    const detach = attachElement(this.#video, (meaning) => {
      if (meaning === "source") this.#change();
      if (!this.#last) this.#read();
      if (meaning === "settle") void this.#flusher.deliver();
    });
    const timer = setInterval(() => {
      // What happened before the pause went when it began; a paused page has nothing to say.
      if (this.#video.paused) return;
      this.#read();
      void this.#flusher.deliver();
    }, this.#options.intervalMs);
    signal.addEventListener("abort", () => {
      detach();
      clearInterval(timer);
    });
    document.addEventListener("visibilitychange", () => this.#leave(document.hidden), { signal });
    addEventListener("pagehide", () => this.#leave(true), { signal });
    addEventListener("online", () => this.#flusher.hurry(), { signal });
  }

  #read() {
    this.#view.read(this.#video, performance.now());
    this.dispatchEvent(new CustomEvent("engagement"));
  }

  /** The content is another: its view ends and the next begins. */
  #change() {
    this.#flusher.close(this.#view);
    void this.#flusher.deliver();
    try {
      this.#view = this.#begin();
    } catch (refusal) {
      // The page's own event is not the place for an error: the session ends and says why.
      this.destroy();
      this.dispatchEvent(new CustomEvent("refused", { detail: refusal }));
      return;
    }
    this.dispatchEvent(new CustomEvent("view", { detail: { viewId: this.#viewId } }));
  }

  /** @param {boolean} hidden */
  #leave(hidden) {
    this.#read();
    if (hidden) void this.#flusher.send();
  }
}
