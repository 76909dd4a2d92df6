// @ts-check
import { attach, init } from "../../pkg/player.js";

/** @typedef {import("./session.js").Session} Session */

/** What a session tells, told again by the element. */
const EVENTS = ["engagement", "milestone", "view", "delivery", "refused"];

const ATTRIBUTES = ["for", "viewer", "title-id", "endpoint", "interval"];

// Servers that render pages import this too, and have no elements.
const Base = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

/**
 * `<usher-monitor viewer="…" title-id="…">` measures the media element whose id is `for`, or else the
 * first one inside it. It waits for what is missing: the module, `viewer`, `title-id`, the media
 * element. `endpoint` is where view states go, `interval` how often in milliseconds, `module` where
 * the module is if not beside the script, `token` the session token, read whenever one is needed.
 *
 * Another `title-id` begins another view. Dispatches the session's events, and `session` (`detail`:
 * the session, or null) when one begins or ends.
 */
export class UsherMonitor extends Base {
  static observedAttributes = ATTRIBUTES;

  /** @type {Session | null} */
  #session = null;
  /** What the session was begun with, to be compared. */
  #begun = "";
  /** @type {HTMLMediaElement | null} */
  #video = null;
  #title = "";
  #ready = false;
  #due = false;
  /** @type {MutationObserver | undefined} */
  #observer;

  /** The session that measures now; null while something is missing. */
  get session() {
    return this.#session;
  }

  connectedCallback() {
    void this.#load();
    // The media element may come, go or change later; one that `for` names may be anywhere.
    this.#observer ??= new MutationObserver(() => this.#change());
    this.#observer.observe(this.#place(), {
      childList: true,
      subtree: true,
      attributeFilter: ["id"],
    });
    this.#change();
  }

  disconnectedCallback() {
    this.#observer?.disconnect();
    this.#change();
  }

  attributeChangedCallback() {
    if (!this.isConnected) return;
    this.disconnectedCallback();
    this.connectedCallback();
  }

  /** Where the media element is looked for. */
  #place() {
    return this.hasAttribute("for") ? this.getRootNode() : this;
  }

  async #load() {
    try {
      await init(this.getAttribute("module") ?? undefined);
      this.#ready = true;
      this.#change();
    } catch (refusal) {
      this.#tell("refused", refusal);
    }
  }

  /** Who moves an element takes it away and puts it back in one go: what counts is how it ends. */
  #change() {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      this.#update();
    });
  }

  #update() {
    const title = this.getAttribute("title-id");
    const video = this.#ready && title && this.isConnected ? this.#find() : null;
    const begun = ATTRIBUTES.map((name) => name !== "title-id" && this.getAttribute(name)).join(
      "\n",
    );
    if (video === this.#video && begun === this.#begun) {
      if (video && title !== this.#title) this.#session?.restart();
    } else {
      this.#end();
      this.#begun = begun;
      this.#video = video;
      if (video) this.#begin(video);
    }
    this.#title = title ?? "";
  }

  /** @returns {HTMLMediaElement | null} */
  #find() {
    const id = this.getAttribute("for");
    const place = /** @type {ParentNode} */ (this.#place());
    const found = place.querySelector(id ? `#${CSS.escape(id)}` : "video, audio");
    return found instanceof HTMLMediaElement ? found : null;
  }

  /** @param {HTMLMediaElement} video */
  #begin(video) {
    const viewer = this.getAttribute("viewer");
    if (viewer === null) return;
    try {
      this.#session = attach(video, {
        viewer,
        title: () => this.getAttribute("title-id") ?? "",
        endpoint: this.getAttribute("endpoint") ?? undefined,
        token: () => this.getAttribute("token") ?? undefined,
        intervalMs: this.hasAttribute("interval")
          ? Number(this.getAttribute("interval"))
          : undefined,
      });
      for (const type of EVENTS) this.#session.addEventListener(type, this.#retell);
      this.#tell("session", this.#session);
    } catch (refusal) {
      this.#tell("refused", refusal);
    }
  }

  #end() {
    const session = this.#session;
    if (!session) return;
    this.#session = null;
    session.destroy();
    this.#tell("session", null);
  }

  /** @param {Event} event */
  #retell = (event) =>
    this.#tell(event.type, event instanceof CustomEvent ? event.detail : undefined);

  /**
   * @param {string} type
   * @param {unknown} detail
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

// Two copies of this script on one page must not break each other.
if (globalThis.customElements && !customElements.get("usher-monitor")) {
  customElements.define("usher-monitor", UsherMonitor);
}
