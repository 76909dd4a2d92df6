// @ts-check
import { retryDelayMs } from "usher/edge";
import { askCentral } from "../central-api.js";
import { callModule } from "../edge-module.js";
import { openedName } from "../sealed-name.js";

/** @typedef {import("./errands.js").Errand} Errand */

/** What an errand failed for. `away`: nobody there could have done it, so the others wait too. */
class Undone extends Error {
  /**
   * @param {string} message
   * @param {boolean} away
   */
  constructor(message, away) {
    super(message);
    this.away = away;
  }
}

/** Runs errands, one after the other. */
export class Messenger {
  #env;
  #errands;
  #erasure;
  #identity;
  #handOver;
  /** @type {Promise<void> | null} */
  #running = null;

  /**
   * @param {import("../edge.js").EdgeEnv} env
   * @param {import("./errands.js").Errands} errands
   * @param {import("./erasure.js").Erasure} erasure
   * @param {import("./identity.js").Identity} identity
   * @param {() => Promise<boolean>} handOver the records to the `Rollup` object; whether none is left
   */
  constructor(env, errands, erasure, identity, handOver) {
    this.#env = env;
    this.#errands = errands;
    this.#erasure = erasure;
    this.#identity = identity;
    this.#handOver = handOver;
  }

  /** Runs what is due, also what becomes due meanwhile. */
  run() {
    this.#running ??= this.#runAll().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #runAll() {
    for (;;) {
      const errand = this.#errands.next(Date.now());
      if (errand === null) return;
      try {
        await this.#runOne(errand);
        this.#errands.done(errand);
      } catch (error) {
        const { message, away } = error instanceof Undone ? error : new Undone(String(error), true);
        console.error(`an errand \`${errand.kind}\` is not done:`, message);
        const input = { attempt: errand.attempt + 1, random: Math.random(), retry_after_ms: null };
        const nextTryMs = Date.now() + callModule(() => retryDelayMs(input));
        this.#errands.failed(errand, message, nextTryMs);
        if (away) this.#errands.postpone(nextTryMs);
      }
    }
  }

  /** @param {Errand} errand */
  async #runOne({ kind, body, request }) {
    const { viewer, ...rest } = JSON.parse(body);
    if (kind === "retired") return this.#identity.rollup.retired(rest);
    const name = await openedName(this.#env, viewer);
    if (kind === "erasure") return this.#erase(viewer, name, rest.actor);
    return this.#ask("/v1/audit", {
      method: "POST",
      headers: { "idempotency-key": request },
      body: JSON.stringify({ ...rest, viewer: name }),
    });
  }

  /**
   * In this order, so that all sums stay equal: what is here goes to the `Rollup` object, what that has
   * counted to the central API, and only then does the central API take the person out of it.
   * @param {string} sealed
   * @param {string} name
   * @param {string} actor
   */
  async #erase(sealed, name, actor) {
    if (!(await this.#handOver())) throw new Undone("the rollup object is out of reach", true);
    const answer = await this.#identity.rollup.erase(sealed);
    this.#erasure.rolledUp(answer);
    if (answer.records === "waiting") throw new Undone("too many batches wait already", false);
    if (answer.records === "in_batches") {
      throw new Undone("the central API has not taken all batches of before", false);
    }
    const path = `/v1/viewers/${encodeURIComponent(name)}`;
    await this.#ask(path, { method: "DELETE", headers: { "usher-actor": actor } });
    this.#erasure.centreDone();
    this.#identity.clear();
  }

  /**
   * @param {string} path
   * @param {RequestInit} init
   */
  async #ask(path, init) {
    const { ok, status, body } = await askCentral(this.#env, path, init);
    await body?.cancel();
    // Of what it answers only the number is kept: the rest may name the viewer.
    const away = status >= 500 || status === 401 || status === 429;
    if (!ok) throw new Undone(`the central API answered ${status}`, away);
  }
}
