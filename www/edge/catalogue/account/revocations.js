// @ts-check
import { catalogueOf } from "../objects.js";

/** How long a token lives at most: so long its epoch is denied. */
export const TOKEN_SECONDS_MAX = 24 * 3600;

/** How far clocks may be apart. */
const LEEWAY_SECONDS = 300;

/** After which a deny list that could not be reached is told again. */
const AGAIN_MS = 2000;

/** Told in one go. */
const TOLD_MAX = 100;

/** Raised epochs on their way to the deny list. */
export class Revocations {
  #sql;
  #alarm;
  #env;

  /**
   * @param {SqlStorage} sql
   * @param {import("../../alarm.js").Alarm} alarm
   * @param {import("../../catalogue.js").CatalogueEnv} env
   */
  constructor(sql, alarm, env) {
    this.#sql = sql;
    this.#alarm = alarm;
    this.#env = env;
  }

  /**
   * @param {string} viewer
   * @param {number} epoch below which tokens are denied
   * @param {number} nowMs
   */
  add(viewer, epoch, nowMs) {
    const until = Math.ceil(nowMs / 1000) + TOKEN_SECONDS_MAX + LEEWAY_SECONDS;
    this.#sql.exec(
      `INSERT INTO revocations VALUES (?, ?, ?) ON CONFLICT (viewer) DO UPDATE SET
         epoch = max(epoch, excluded.epoch), until = max(until, excluded.until)`,
      viewer,
      epoch,
      until,
    );
    this.#alarm.arm(nowMs + AGAIN_MS);
  }

  /** Tells what is not told yet. @returns {Promise<boolean>} whether all of it is */
  async tell() {
    try {
      const sql = "SELECT viewer, epoch, until FROM revocations LIMIT ?";
      for (const row of this.#sql.exec(sql, TOLD_MAX).toArray()) {
        const { viewer, epoch, until } =
          /** @type {{ viewer: string, epoch: number, until: number }} */ (
            /** @type {unknown} */ (row)
          );
        const denial = { kind: /** @type {const} */ ("epoch"), value: viewer, epoch, until };
        const told = await catalogueOf(this.#env).deny(denial, "accounts");
        if ("refusal" in told) throw told.refusal;
        // A later one may have come meanwhile.
        const gone = "DELETE FROM revocations WHERE viewer = ? AND epoch = ?";
        this.#sql.exec(gone, viewer, epoch);
      }
    } catch (error) {
      console.error("the deny list was not told of a revocation, it will be:", error);
    }
    return this.#sql.exec("SELECT 1 FROM revocations LIMIT 1").toArray().length === 0;
  }

  /** When the alarm rings. */
  async ring() {
    this.#alarm.rang();
    if (!(await this.tell())) this.#alarm.arm(Date.now() + AGAIN_MS);
  }
}
