// @ts-check
import { RightsApi } from "./entitlement-api.js";

/**
 * @typedef {import("./entitlement-api.js").RightsOptions} RightsOptions
 *
 * @typedef {object} Lease what the edge says of a stream that runs
 * @property {string} stream
 * @property {any} decision null while nobody could be asked
 * @property {string} cat the media token
 * @property {number} cat_expires_at UTC seconds
 * @property {string} media where the files of the title lie at the edge: a path with a slash at both ends
 * @property {number} heartbeat_s
 * @property {number} expires_at of the lease, UTC seconds
 * @property {number} [grace_until] until when it goes on though nobody could be asked, UTC seconds
 *
 * @typedef {object} StreamEnd
 * @property {string} code `taken_over`, `stopped`, `removed` with its device, `not_entitled`, `stream_limit`,
 *   `token_revoked`, `page_left`, ...
 * @property {string[]} reasons of a decision that allows no more
 * @property {any} decision that allows no more; null if there is none
 */

const MS = 1000;

/** The name of the token in cookies and queries (CTA-5007). */
const TOKEN_NAME = "CTA-Common-Access-Token";

/** The edge's word for a stream that is over; `field` says why. */
const UNKNOWN = "stream_unknown";

/** After a heartbeat that was not answered, until the next; twice as long each time. */
const RETRY_MS = 1000;
const HEARTBEAT_MS_MIN = 1000;

/** Refusals that may be over at the next try. */
const PASSING = ["unreachable", "unavailable", "internal", "too_many_requests", "token_expired"];

/** Ends of a stream that nobody wanted: it was too long without a heartbeat, or so long that it is forgotten. */
const LAPSED = ["expired", "stream"];

/**
 * Starts a stream: takes one of the places of the viewer's plan and gets a media token for the title.
 *
 * @param {RightsOptions} options
 * @param {string} title
 * @param {{ takeOver?: boolean }} [how] `takeOver` ends the oldest stream when all places are taken
 * @returns {Promise<StreamSession>}
 * @throws {import("./entitlement-api.js").RightsRefusal} `stream_limit` with `answer.open_streams`, `not_entitled` with
 *   `answer.decision`, ...
 * @throws {import("../../pkg/error.js").UsherError} `unreachable`
 */
export async function startStream(options, title, { takeOver = false } = {}) {
  const api = new RightsApi(options);
  return new StreamSession(api, title, await open(api, title, takeOver));
}

/**
 * @param {RightsApi} api
 * @param {string} title
 * @param {boolean} [take_over]
 * @returns {Promise<Lease>}
 */
function open(api, title, take_over = false) {
  return api.call("POST", "/v1/streams", { device: api.device, title, take_over });
}

/**
 * A stream that runs: beats in time, has the newest media token, and stops when the page is left.
 * Dispatches `renewed` when there is a new token, `away` (`detail`: the error) when the edge does not
 * answer, and `ended` (`detail`: {@link StreamEnd}) when the edge has ended it. Playback goes on while
 * the edge is away: the token in hand is good to its end, and the edge knows a grace after that.
 *
 * Where the page and its media are of one site, the token travels in a cookie and players need nothing.
 * Elsewhere `xhrSetup` (hls.js) and `requestFilter` (Shaka) put the newest token into each address.
 */
export class StreamSession extends EventTarget {
  #api;
  #title;
  /** @type {Lease} */
  #lease;
  #renewals = 0;
  #failures = 0;
  #timer = 0;
  #cleanup = new AbortController();

  /**
   * @param {RightsApi} api
   * @param {string} title
   * @param {Lease} lease
   */
  constructor(api, title, lease) {
    super();
    this.#api = api;
    this.#title = title;
    this.#lease = lease;
    const { signal } = this.#cleanup;
    globalThis.addEventListener?.("pagehide", () => this.#leave(), { signal });
    globalThis.addEventListener?.("online", () => void this.beat(), { signal });
    this.#arm();
  }

  get id() {
    return this.#lease.stream;
  }

  /** What the edge decided last: what is owed. */
  get decision() {
    return this.#lease.decision;
  }

  /** Where the files of the title lie, with a slash at the end: below `endpoint`, if the page has one. */
  get media() {
    return this.#api.address(this.#lease.media);
  }

  /** The newest media token. */
  get token() {
    return this.#lease.cat;
  }

  /** Until when the newest media token holds, UTC seconds. */
  get tokenExpiresAt() {
    return this.#lease.cat_expires_at;
  }

  /** How often the media token was renewed. */
  get renewals() {
    return this.#renewals;
  }

  /** Whether nothing more comes of it: it was stopped or it ended. */
  get over() {
    return this.#cleanup.signal.aborted;
  }

  /**
   * An address of the title's media with the newest token in it; any other address as it is.
   * @param {string} address
   */
  sign(address) {
    const base = globalThis.location?.href;
    const url = new URL(address, base);
    if (!url.href.startsWith(new URL(this.media, base).href)) return address;
    url.searchParams.set(TOKEN_NAME, this.#lease.cat);
    return url.href;
  }

  /**
   * `xhrSetup` of hls.js.
   * @param {XMLHttpRequest} xhr
   * @param {string} address
   */
  xhrSetup = (xhr, address) => xhr.open("GET", this.sign(address), true);

  /**
   * For `getNetworkingEngine().registerRequestFilter` of Shaka.
   * @param {unknown} _type
   * @param {{ uris: string[] }} request
   */
  requestFilter = (_type, request) => {
    request.uris = request.uris.map((address) => this.sign(address));
  };

  /** Tells the edge that it runs, and takes the token that comes back. */
  async beat() {
    if (this.over) return;
    clearTimeout(this.#timer);
    try {
      await this.#renew();
      this.#failures = 0;
      this.#renewals += 1;
      this.#tell("renewed");
    } catch (error) {
      const { code, field, answer } = /** @type {any} */ (error);
      if (this.over) return;
      if (!PASSING.includes(code)) {
        const decision = answer?.decision ?? null;
        const why = code === UNKNOWN ? field : code;
        this.#end({ code: why, decision, reasons: decision?.reasons ?? [] });
        return;
      }
      this.#failures += 1;
      this.#tell("away", error);
    }
    this.#arm();
  }

  /** Gives the place back. Once is enough; of a page that is left it is done by itself. */
  async stop() {
    if (this.over) return;
    this.#close();
    await this.#stopNow(false);
  }

  async #renew() {
    try {
      const path = `/v1/streams/${encodeURIComponent(this.id)}/heartbeat`;
      // By these the edge knows the stream while the object that keeps it is away.
      const { cat } = this.#lease;
      const lease = await this.#api.call("POST", path, { cat, title: this.#title });
      const decision = lease.decision ?? this.#lease.decision;
      this.#lease = { ...this.#lease, ...lease, decision };
    } catch (error) {
      const { code, field } = /** @type {any} */ (error);
      if (code !== UNKNOWN || !LAPSED.includes(field)) throw error;
      // There may still be a place.
      if (this.over) return;
      this.#lease = await open(this.#api, this.#title);
      // It was stopped meanwhile: the new place goes back too.
      if (this.over) void this.#stopNow(false);
    }
  }

  #arm() {
    if (this.over) return;
    const { heartbeat_s, cat_expires_at } = this.#lease;
    const leftMs = cat_expires_at * MS - Date.now();
    // In time for a second try before the token ends; the clock here may be wrong.
    const calmMs = Math.max(HEARTBEAT_MS_MIN, Math.min(heartbeat_s * MS, leftMs / 2));
    const retryMs = RETRY_MS * 2 ** (this.#failures - 1);
    const waitMs = this.#failures > 0 ? Math.min(retryMs, heartbeat_s * MS) : calmMs;
    this.#timer = Number(setTimeout(() => void this.beat(), waitMs));
  }

  #leave() {
    if (this.over) return;
    void this.#stopNow(true);
    // Who comes back to a page that the browser has kept finds its place given back.
    this.#end({ code: "page_left", decision: null, reasons: [] });
  }

  /** @param {boolean} keepalive */
  async #stopNow(keepalive) {
    const path = `/v1/streams/${encodeURIComponent(this.id)}/stop`;
    // A stream that is not stopped ends by itself when no heartbeat comes.
    await this.#api.call("POST", path, {}, { keepalive }).catch(() => {});
  }

  /** @param {StreamEnd} end */
  #end(end) {
    this.#close();
    this.#tell("ended", end);
  }

  #close() {
    clearTimeout(this.#timer);
    this.#cleanup.abort();
  }

  /**
   * @param {string} type
   * @param {unknown} [detail]
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
