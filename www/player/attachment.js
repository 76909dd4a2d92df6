// @ts-check
import { attach } from "../../pkg/player.js";

/** @typedef {import("./session.js").Fact} Fact */
/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./session.js").SessionOptions} SessionOptions */

/**
 * How one kind of player is listened to.
 *
 * @typedef {object} Adapter
 * @property {() => HTMLMediaElement | null | undefined} element what it plays on now
 * @property {Record<string, (data: any) => Fact | null | undefined | false>} facts what an event
 *   says, by its name
 * @property {string[]} loads events of content that begins to load
 * @property {string[]} moves events around which the element may become another, or none
 * @property {string[]} ends events before which the player has not yet let go of everything
 * @property {(type: string, listener: (...given: any[]) => void) => unknown} on
 * @property {(type: string, listener: (...given: any[]) => void) => unknown} off
 */

/**
 * A player, measured while it has a media element. Dispatches `session` when a session begins
 * (`detail`: the session) or ends (null), and `refused` (`detail`: the error) when the element that
 * the player turned to cannot be measured.
 */
export class Attachment extends EventTarget {
  #adapter;
  #options;
  /** @type {Session | null} */
  #session = null;
  /** @type {HTMLMediaElement | null} */
  #video = null;
  /** Frames of the element that were dropped before the view began. */
  #droppedBefore = 0;
  #cleanup = new AbortController();

  /**
   * @param {Adapter} adapter
   * @param {SessionOptions} options
   */
  constructor(adapter, options) {
    super();
    this.#adapter = adapter;
    this.#options = options;
    // The caller hears of an error, before anything listens.
    this.#begin();
    const { facts, loads, moves, ends } = adapter;
    for (const type in facts) this.#on(type, (data) => this.#hear(() => facts[type]?.(data)));
    // Around such an event the player still changes hands; at the end of the task it has.
    for (const type of [...loads, ...moves]) {
      this.#on(type, () => queueMicrotask(() => this.#follow(loads.includes(type))));
    }
    for (const type of ends) this.#on(type, () => this.destroy());
  }

  /** The session of the element that the player has now; null while it has none. */
  get session() {
    return this.#session;
  }

  /** Ends the session, if there is one, and listens to the player no more. */
  destroy() {
    this.#cleanup.abort();
    this.#end();
  }

  /**
   * @param {string} type
   * @param {(data: any) => void} act
   */
  #on(type, act) {
    const { on, off } = this.#adapter;
    // Some players pass the name of the event before what it says.
    const listener = (/** @type {any} */ first, /** @type {any} */ second) =>
      act(typeof first === "string" ? second : first);
    on(type, listener);
    this.#cleanup.signal.addEventListener("abort", () => off(type, listener));
  }

  /** @param {boolean} [loading] */
  #follow(loading) {
    if (this.#cleanup.signal.aborted) return;
    if ((this.#adapter.element() ?? null) === this.#video) {
      // A view that began before there was content asks for its title again.
      if (loading && this.#session && isBlank(this.#session.engagement)) this.#session.restart();
      return;
    }
    this.#end();
    try {
      this.#begin();
    } catch (refusal) {
      this.dispatchEvent(new CustomEvent("refused", { detail: refusal }));
    }
  }

  #begin() {
    const video = this.#adapter.element();
    if (!video) return;
    this.#session = attach(video, this.#options);
    this.#video = video;
    this.#droppedBefore = droppedFrames(video) ?? 0;
    this.#session.addEventListener("view", () => (this.#droppedBefore = 0));
    // Before the session settles what was measured, it hears of the frames.
    video.addEventListener("pause", this.#settle, true);
    video.addEventListener("emptied", this.#emptied);
    this.dispatchEvent(new CustomEvent("session", { detail: this.#session }));
  }

  #end() {
    if (!this.#session) return;
    this.#settle();
    this.#video?.removeEventListener("pause", this.#settle, true);
    this.#video?.removeEventListener("emptied", this.#emptied);
    this.#session.destroy();
    this.#session = this.#video = null;
    this.dispatchEvent(new CustomEvent("session", { detail: null }));
  }

  /** What has changed nothing is not told: a view of which nothing is known is never sent. */
  #settle = () => {
    const dropped = (droppedFrames(this.#video) ?? 0) - this.#droppedBefore;
    if (dropped > (this.#session?.quality.droppedFrames ?? 0)) this.#tell({});
  };

  /** Not every player tells that it gave its element up; the element does. */
  #emptied = () => this.#follow();

  /**
   * A player of another version may say it otherwise: that is left out, and not the player's problem.
   * @param {() => Fact | null | undefined | false} fact
   */
  #hear(fact) {
    try {
      this.#tell(fact());
    } catch {
      // Measured without it.
    }
  }

  /** @param {Fact | null | undefined | false} fact */
  #tell(fact) {
    if (!fact) return;
    const dropped = droppedFrames(this.#video);
    if (dropped !== undefined) fact.droppedFrames = Math.max(0, dropped - this.#droppedBefore);
    this.#session?.tell(fact);
  }
}

/**
 * Players read this number off the element too.
 * @param {any} video
 * @returns {number | undefined} none for sound alone
 */
function droppedFrames(video) {
  return video?.getVideoPlaybackQuality?.().droppedVideoFrames;
}

/**
 * Whether nothing was measured yet.
 * @param {import("./engagement.js").Engagement} engagement
 */
function isBlank({ playedMs, pausedMs, startupMs, errors }) {
  return playedMs + pausedMs + startupMs + errors === 0;
}

/**
 * Who delivers: the host of an address; a name as it is.
 * @param {string} text
 */
export function cdnOf(text) {
  return /^\w+:\/\/([^/?#]+)/.exec(text)?.[1] ?? text;
}
