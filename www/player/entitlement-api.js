// @ts-check
import { UsherError } from "../../pkg/error.js";

/**
 * @typedef {object} RightsOptions
 * @property {() => string | Promise<string>} token the entitlement token that the page holds now
 * @property {Device} device
 * @property {string} [endpoint] where the edge is; by default the page's own origin
 *
 * @typedef {{ id: string, class: "mobile" | "web" | "tv" | "console", name?: string }} Device
 *
 * @typedef {object} OpenStream
 * @property {string} stream
 * @property {string} device
 * @property {string | null} [device_name]
 * @property {string} title
 * @property {number} started_at UTC seconds
 * @property {number} expires_at UTC seconds
 *
 * @typedef {object} KnownDevice
 * @property {string} id
 * @property {Device["class"]} class
 * @property {string | null} name
 * @property {number | null} [free_at] of one that was removed: when its place is free, UTC seconds
 */

const ANSWER_MS_MAX = 15_000;

/** The edge refused; `answer` is all that it said, such as `decision` and `open_streams`. */
export class RightsRefusal extends UsherError {
  /** @param {any} answer */
  constructor(answer) {
    super(answer.code, answer.message, answer.field);
    this.name = "RightsRefusal";
    /** @readonly */
    this.answer = answer;
  }
}

/** What a viewer asks the edge about streams and devices, with the token of the page. */
export class RightsApi {
  #options;
  /** What was shown last: a page that goes has no time to ask for another. */
  #token = "";

  /** @param {RightsOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** The device that asks. */
  get device() {
    return this.#options.device;
  }

  /**
   * The address of a path at the edge.
   * @param {string} path
   */
  address(path) {
    return (this.#options.endpoint ?? "") + path;
  }

  /** @returns {Promise<OpenStream[]>} */
  async streams() {
    return (await this.call("GET", "/v1/streams")).streams;
  }

  /** @param {string} stream */
  stop(stream) {
    return this.call("POST", `/v1/streams/${encodeURIComponent(stream)}/stop`);
  }

  /** @returns {Promise<{ devices: KnownDevice[], limit: number | null }>} */
  devices() {
    return this.call("GET", "/v1/devices");
  }

  /** @param {{ id: string, class: Device["class"], name?: string | null }} device */
  rename({ id, class: kind, name }) {
    return this.call("PUT", `/v1/devices/${encodeURIComponent(id)}`, { class: kind, name });
  }

  /**
   * @param {string} id
   * @returns {Promise<{ id: string, removed: boolean, free_at: number }>} `free_at`: when its place is free, UTC seconds
   */
  remove(id) {
    return this.call("DELETE", `/v1/devices/${encodeURIComponent(id)}`);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @param {{ keepalive?: boolean }} [how]
   * @returns {Promise<any>}
   * @throws {UsherError} `unreachable`, or a {@link RightsRefusal}
   */
  async call(method, path, body, { keepalive = false } = {}) {
    if (!keepalive || !this.#token) this.#token = await this.#options.token();
    const token = this.#token;
    const response = await fetch(this.address(path), {
      method,
      keepalive,
      cache: "no-store",
      // A page that goes waits for nothing.
      ...(keepalive ? {} : { signal: AbortSignal.timeout(ANSWER_MS_MAX) }),
      // In a body it needs no leave of another origin to be sent.
      ...(method === "GET" || method === "DELETE"
        ? { headers: { authorization: `Bearer ${token}` } }
        : { body: JSON.stringify({ ...body, token }) }),
    }).catch((/** @type {unknown} */ cause) => {
      throw new UsherError("unreachable", "the edge does not answer", null, cause);
    });
    const answer = await response.json().catch(() => null);
    if (response.ok) return answer;
    throw answer?.code
      ? new RightsRefusal(answer)
      : new UsherError("unreachable", `the edge answered ${response.status}`);
  }
}
