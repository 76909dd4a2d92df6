// @ts-check
import { DurableObject } from "cloudflare:workers";
import { retryDelayMs } from "usher/edge";
import { Alarm } from "./alarm.js";
import { postBatch } from "./delivery.js";
import { callModule } from "./edge-module.js";
import { Outbox } from "./outbox.js";

/** A record waits this long for others of its batch. */
const BATCH_DELAY_MS = 150;

/** A batch that the central API refused is offered again after this long, unchanged. */
const STUCK_RETRY_MS = 5 * 60 * 1000;

/**
 * The records of a share of the viewers, on their way to the central API.
 * @extends {DurableObject<import("./edge.js").EdgeEnv>}
 */
export class Rollup extends DurableObject {
  #alarm;
  #outbox;

  /**
   * @param {DurableObjectState} ctx
   * @param {import("./edge.js").EdgeEnv} env
   */
  constructor(ctx, env) {
    super(ctx, env);
    this.#alarm = new Alarm(ctx.storage);
    this.#outbox = new Outbox(ctx.storage, String(ctx.id.name).replace("/", "-"));
    ctx.blockConcurrencyWhile(async () => {
      await this.#alarm.load();
      this.#armForNext();
    });
  }

  /**
   * Takes the latest records of some views; one that is not newer than what is known changes nothing.
   * The caller hears back after the commit (output gate).
   * @param {string} records JSON, an array of ViewRecord
   */
  take(records) {
    this.ctx.storage.transactionSync(() => {
      this.#outbox.take(records);
      this.#armForNext();
    });
  }

  /** What has not reached the central API, in numbers. */
  waiting() {
    return this.#outbox.waiting();
  }

  /** An alarm must not throw: after some attempts it would be given up on. */
  async alarm() {
    this.#alarm.rang();
    try {
      await this.#send();
    } catch (error) {
      console.error("batches could not be sent:", error);
      this.#backOff(null);
    }
    this.#armForNext();
  }

  /** One batch at a time: while the central API is away, records of a view replace each other. */
  async #send() {
    // An alarm that was armed before a failure rings before the pause is over.
    while (this.#outbox.pausedUntilMs <= Date.now()) {
      const batch = this.#outbox.next(Date.now());
      if (batch === null) return;
      const outcome = await postBatch(this.env, batch);
      if (outcome.kind === "stored") {
        this.#outbox.remove(batch, outcome.conflicts);
      } else if (outcome.kind === "refused") {
        console.error(`batch \`${batch.batch}\` was refused:`, outcome.reason);
        this.#outbox.setAside(batch, outcome.reason, Date.now() + STUCK_RETRY_MS);
      } else {
        this.#backOff(outcome.retryAfterMs);
      }
    }
  }

  /** @param {number | null} retry_after_ms */
  #backOff(retry_after_ms) {
    const attempt = this.#outbox.attempt + 1;
    const input = { attempt, random: Math.random(), retry_after_ms };
    this.#outbox.pause(attempt, Date.now() + callModule(() => retryDelayMs(input)));
  }

  #armForNext() {
    const dueMs = this.#outbox.dueMs(Date.now() + BATCH_DELAY_MS);
    if (dueMs !== null) this.#alarm.arm(dueMs);
  }
}
