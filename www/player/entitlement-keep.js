// @ts-check
// What a page keeps in the browser for when nobody answers.

/** The name of the browser's store; its entries have addresses, which nobody serves. */
const STORE = "usher-entitlement";
const PLACE = "https://entitlement.usher.invalid/";

/**
 * @template Value
 * @typedef {{ value: Value, offline: boolean }} Got `offline`: it is what was kept
 */

/**
 * Something that is fetched anew whenever that works, and is kept.
 * @template Value
 */
export class Keep {
  #name;
  #fetch;
  /** Where the browser has no store, it is kept as long as the page. @type {Value | undefined} */
  #here;

  /**
   * @param {string} name
   * @param {() => Promise<Value>} fetchNow
   */
  constructor(name, fetchNow) {
    this.#name = PLACE + encodeURIComponent(name);
    this.#fetch = fetchNow;
  }

  /**
   * The newest there is. A refusal is told, whatever was kept: only silence is bridged.
   * @returns {Promise<Got<Value>>}
   */
  async get() {
    try {
      const value = await this.#fetch();
      await this.#write(value);
      return { value, offline: false };
    } catch (error) {
      const value = isSilence(error) ? await this.#read() : undefined;
      if (value === undefined) throw error;
      return { value, offline: true };
    }
  }

  /** Keeps nothing any more, as when somebody signs out. */
  async forget() {
    this.#here = undefined;
    await (await store())?.delete(this.#name).catch(() => {});
  }

  /** @param {Value} value */
  async #write(value) {
    this.#here = value;
    // Full or refused: then it is not there when the page is opened offline, and nothing else breaks.
    await (await store())?.put(this.#name, Response.json(value)).catch(() => {});
  }

  /** @returns {Promise<Value | undefined>} */
  async #read() {
    if (this.#here !== undefined) return this.#here;
    const kept = await (await store())?.match(this.#name).catch(() => undefined);
    return kept?.json();
  }
}

/** Sites without TLS and some private windows have no such store. */
async function store() {
  try {
    return await globalThis.caches?.open(STORE);
  } catch {
    return undefined;
  }
}

/** @param {unknown} error */
function isSilence(error) {
  const { code, name } = /** @type {any} */ (error ?? {});
  return code === "unreachable" || name === "TypeError" || name === "TimeoutError";
}
