// @ts-check
import { UsherError } from "../../pkg/error.js";
import { Keep } from "./entitlement-keep.js";

/**
 * @typedef {typeof import("../../pkg/rights.js")} RightsModule
 *
 * @typedef {object} EntitlementOptions
 * @property {string} viewer whose token it is: under this name it is kept for when nobody answers
 * @property {() => Promise<string>} token gets an entitlement token from the page's own backend
 * @property {() => Promise<Knowledge>} knowledge gets what decisions are made of from there
 * @property {{ id: string, class: "mobile" | "web" | "tv" | "console" }} device
 * @property {string | null} [country] as far as the page knows, ISO 3166-1 alpha-2; the edge asks the network
 * @property {import("../../pkg/load.js").ModuleSource} [module] where rights.wasm is if not beside the script
 * @property {() => number} [now] UTC seconds
 *
 * @typedef {object} Knowledge what is published, or the part of it that the page needs
 * @property {string} issuer whose tokens are taken: the tenant
 * @property {string} [audience] `usher` by default
 * @property {object} keyset the public keys of entitlement tokens, as they are published
 * @property {{ version: number, policy: object, titles: object[] }} catalogue
 *
 * @typedef {object} PageDecision
 * @property {string} title
 * @property {boolean} allow
 * @property {string[]} reasons
 * @property {string[]} notices
 * @property {string | null} [grant]
 * @property {number | null} [max_height]
 * @property {boolean | null} [ads]
 * @property {number | null} [expires_at] UTC seconds
 * @property {number | null} [recheck_at] UTC seconds
 * @property {number | null} [opens_at] UTC seconds
 * @property {"page"} judged_by for the interface only: the edge decides for real
 * @property {boolean} offline whether it was made of what the browser has kept
 * @property {number} version of the catalogue
 * @property {string | null} country that was assumed
 *
 * @typedef {object} Right what is known of a viewer
 * @property {any} viewer
 * @property {number} expires of the token, UTC seconds
 */

const MS = 1000;

/** A token is replaced so long before its end. */
const TOKEN_S_MIN = 60;

/** What decisions are made of is asked for again when it is older. */
const KNOWLEDGE_S_MAX = 60;

/** No timer is longer: a clock that was changed or a machine that slept is noticed in this time. */
const TIMER_MS_MAX = 15_000;

const AUDIENCE = "usher";

/** How far the clocks here and of who signs may be apart. */
const SKEW_S = 5;

/**
 * What a viewer may watch, as far as the page can tell from a signed token: for the interface, also
 * offline. The edge decides for real.
 *
 * Dispatches `decision` (`detail`: {@link PageDecision}) whenever the followed title is judged again,
 * `ended` (the same) when a right ends that was there, and `failed` (the error) when nothing can be said.
 */
export class Entitlement extends EventTarget {
  #options;
  #token;
  #knowledge;
  /** @type {{ got: import("./entitlement-keep.js").Got<Knowledge>, at: number } | null} */
  #known = null;
  /** @type {{ text: string, offline: boolean, right: Right } | null} */
  #held = null;
  /** @type {{ version: number, handle: import("../../pkg/rights.js").Catalogue } | null} */
  #catalogue = null;
  /** @type {string | null} */
  #title = null;
  /** @type {PageDecision | null} */
  #last = null;
  #timer = 0;
  /** Counts what is followed: an answer about an earlier one is late and is dropped. */
  #turn = 0;

  /** @param {EntitlementOptions} options */
  constructor(options) {
    super();
    for (const name of /** @type {const} */ (["token", "knowledge"])) {
      if (typeof options?.[name] !== "function") {
        throw new UsherError("invalid_value", "expected a function", name);
      }
    }
    this.#options = options;
    this.#token = new Keep(`token/${options.viewer}`, options.token);
    this.#knowledge = new Keep("knowledge", options.knowledge);
    globalThis.document?.addEventListener("visibilitychange", this.#wake);
  }

  /** What was decided last of the title that is followed. */
  get decision() {
    return this.#last;
  }

  /** The token in hand, for whoever asks the edge; a new one when that ends. */
  async token() {
    return (await this.#rights(await this.#module())).text;
  }

  /**
   * Whether the viewer may watch a title now.
   * @param {string} title
   * @returns {Promise<PageDecision>}
   * @throws {UsherError} `token_invalid`, `token_expired`, ... of the token, or why nothing could be fetched
   */
  async decide(title) {
    const module = await this.#module();
    const { right, offline } = await this.#rights(module);
    const { got } = await this.#know();
    const catalogue = this.#catalogueOf(module, got.value.catalogue);
    const [decision] = this.#refusing(() =>
      module.decideTitles(catalogue, right.viewer, this.#circumstances(), [title]),
    );
    return /** @type {PageDecision} */ ({
      ...decision,
      title,
      judged_by: "page",
      offline: offline || got.offline,
      version: got.value.catalogue.version,
      country: this.#options.country ?? null,
    });
  }

  /**
   * Every rule in its order, and how it came out.
   * @param {string} title
   * @returns {Promise<import("../../pkg/rights.js").EntitlementExplanation>}
   */
  async explain(title) {
    const module = await this.#module();
    const { right } = await this.#rights(module);
    const { got } = await this.#know();
    const catalogue = this.#catalogueOf(module, got.value.catalogue);
    const request = { ...this.#circumstances(), title };
    return this.#refusing(() => module.explainDecision(catalogue, right.viewer, request));
  }

  /**
   * Judges a title now, and again whenever a decision is due, until another is followed.
   * @param {string} title
   */
  async follow(title) {
    this.unfollow();
    this.#title = title;
    await this.#judge();
  }

  /** Judges nothing by itself any more. */
  unfollow() {
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.#title = this.#last = null;
  }

  /** Another device or country, as when the viewer travels. */
  change(/** @type {Partial<Pick<EntitlementOptions, "device" | "country">>} */ circumstances) {
    this.#options = { ...this.#options, ...circumstances };
  }

  /** Keeps no token of the viewer in the browser any more. */
  async forget() {
    this.#held = null;
    await this.#token.forget();
  }

  /** Ends every timer and gives the catalogue's memory back. */
  destroy() {
    this.unfollow();
    globalThis.document?.removeEventListener("visibilitychange", this.#wake);
    this.#catalogue?.handle.free();
    this.#catalogue = null;
  }

  async #judge() {
    const turn = this.#turn;
    const before = this.#last;
    /** @type {PageDecision} */
    let decision;
    try {
      decision = await this.decide(this.#title ?? "");
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#tell("failed", error);
      this.#arm(this.#now() + TIMER_MS_MAX / MS);
      return;
    }
    if (turn !== this.#turn) return;
    this.#last = decision;
    this.#tell("decision", decision);
    if (before?.allow && !decision.allow) this.#tell("ended", decision);
    const { allow, recheck_at, expires_at, opens_at } = decision;
    this.#arm(allow ? (recheck_at ?? expires_at) : opens_at);
  }

  /** @param {number | null | undefined} at UTC seconds; none: nothing changes by itself */
  #arm(at) {
    clearTimeout(this.#timer);
    if (!at) return;
    const leftMs = Math.min(TIMER_MS_MAX, (at - this.#now()) * MS);
    const wait = Math.max(0, leftMs);
    const again = () => (this.#now() >= at ? void this.#judge() : this.#arm(at));
    this.#timer = Number(setTimeout(again, wait));
  }

  #wake = () => {
    const due = this.#last?.recheck_at ?? this.#last?.expires_at;
    if (this.#title !== null && !document.hidden && due && this.#now() >= due) void this.#judge();
  };

  /** @returns {Promise<RightsModule>} */
  async #module() {
    // Large beside everything else here, and of no use to a page that only plays.
    const module = await import("../../pkg/rights.js");
    await module.init(this.#options.module);
    return module;
  }

  async #know() {
    const isFresh = this.#known && this.#now() - this.#known.at < KNOWLEDGE_S_MAX;
    if (!this.#known || !isFresh || this.#known.got.offline) {
      this.#known = { got: await this.#knowledge.get(), at: this.#now() };
    }
    return this.#known;
  }

  /** @param {RightsModule} module */
  async #rights(module) {
    const isFresh = this.#held && this.#held.right.expires - this.#now() > TOKEN_S_MIN;
    if (!this.#held || !isFresh || this.#held.offline) {
      const { value: text, offline } = await this.#token.get();
      this.#held = { text, offline, right: await this.#verified(module, text) };
    }
    return this.#held;
  }

  /**
   * @param {RightsModule} module
   * @param {string} text
   * @returns {Promise<Right>}
   */
  async #verified(module, text) {
    const { issuer, audience = AUDIENCE, keyset } = (await this.#know()).got.value;
    const expected = { issuer, audience, now: this.#now(), skew: SKEW_S };
    const keys = JSON.stringify(keyset);
    const { ent, expires } = await module.verifyEntitlementToken(text, keys, expected);
    // Who watches elsewhere is known to the edge alone.
    return { viewer: { open_streams: [], ...ent }, expires };
  }

  /**
   * @param {RightsModule} module
   * @param {Knowledge["catalogue"]} document
   */
  #catalogueOf(module, document) {
    if (this.#catalogue?.version === document.version) return this.#catalogue.handle;
    const bytes = new TextEncoder().encode(JSON.stringify(document));
    const handle = this.#refusing(() => new module.Catalogue(bytes));
    this.#catalogue?.handle.free();
    this.#catalogue = { version: document.version, handle };
    return handle;
  }

  #circumstances() {
    const { country, device } = this.#options;
    return {
      country: country ?? undefined,
      device_class: device.class,
      device_id: device.id,
      now: this.#now(),
    };
  }

  #now() {
    return this.#options.now?.() ?? Math.floor(Date.now() / MS);
  }

  /**
   * @template Result
   * @param {() => Result} act
   */
  #refusing(act) {
    try {
      return act();
    } catch (refusal) {
      throw UsherError.from(refusal);
    }
  }

  /**
   * @param {string} type
   * @param {unknown} detail
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
