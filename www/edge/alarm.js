// @ts-check

/** An alarm is set at least so far ahead. */
const AHEAD_MS = 10;

/**
 * The one alarm of an object, with what is known of it in memory: arming takes no await, so it falls
 * into the same transaction as the rows that it is for.
 */
export class Alarm {
  /** @type {DurableObjectStorage} */
  #storage;
  /** @type {number | null} */
  #dueMs = null;

  /** @param {DurableObjectStorage} storage */
  constructor(storage) {
    this.#storage = storage;
  }

  /** Finds out what an earlier life of the object has armed. */
  async load() {
    this.#dueMs = await this.#storage.getAlarm();
  }

  /**
   * Rings at `dueMs` at the latest.
   * @param {number} dueMs
   */
  arm(dueMs) {
    if (this.#dueMs !== null && this.#dueMs <= dueMs) return;
    // Never the time of an alarm that is ringing: workerd takes that for the same one, and is done with it
    // when the handler ends.
    dueMs = Math.max(dueMs, Date.now() + AHEAD_MS);
    this.#dueMs = dueMs;
    // Not awaited: a write that fails breaks the output gate, and with it whoever waits for an answer.
    void this.#storage.setAlarm(dueMs);
  }

  disarm() {
    if (this.#dueMs === null) return;
    this.#dueMs = null;
    void this.#storage.deleteAlarm();
  }

  /** To be called first thing when the alarm rings. */
  rang() {
    this.#dueMs = null;
  }
}
