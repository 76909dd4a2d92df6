// @ts-check
// The worker that reads an export, as the page sees it.

/** @typedef {import("../import-worker.js").Answer} Answer */
/** @typedef {import("../import-worker.js").Order} Order */

/**
 * Events: one of the name of each {@link Answer}'s kind, with the answer as its detail.
 */
export class ActivityReader extends EventTarget {
  /** @type {Worker | null} */
  #worker = null;

  /** @param {File} file */
  read(file) {
    this.stop();
    const worker = new Worker("/import-worker.js", { type: "module" });
    worker.addEventListener("message", (/** @type {MessageEvent<Answer>} */ { data }) => {
      if (worker === this.#worker) this.#tell(data);
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      if (worker !== this.#worker) return;
      const message = event.message || "the reader does not start";
      this.#tell({ kind: "refused", code: "unexpected", message, field: null });
    });
    this.#worker = worker;
    this.#order({ read: file });
  }

  /** @param {string} zone in which the days of the last report are wanted */
  days(zone) {
    this.#order({ zone });
  }

  /** @param {File} file whose plays the central store is to keep */
  send(file) {
    this.#order({ send: file });
  }

  /** Ends a reading, wherever it is; what it knew is gone. */
  stop() {
    this.#worker?.terminate();
    this.#worker = null;
  }

  /** @param {Order} order */
  #order(order) {
    this.#worker?.postMessage(order);
  }

  /** @param {Answer} answer */
  #tell(answer) {
    this.dispatchEvent(new CustomEvent(answer.kind, { detail: answer }));
  }
}
