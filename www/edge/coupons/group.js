// @ts-check
import { DurableObject } from "cloudflare:workers";
import { redeem, tellRedemptions } from "usher/office";
import { About } from "../about.js";
import { Alarm } from "../alarm.js";
import { callModule } from "../office-module.js";
import { UNAVAILABLE } from "../refusal.js";
import { ANSWERS_KEPT_MS, RememberedAnswers } from "./group/answers.js";
import { Redemptions } from "./group/redemptions.js";
import { SCHEMA } from "./group/schema.js";
import { Sums } from "./group/sums.js";
import { Tallies } from "./group/tallies.js";

/**
 * One thing that is asked of the object, with the key under which it is done once.
 * @typedef {import("usher/office").BatchOperation} Operation
 */

/** @typedef {import("usher/office").BatchAnswer} Answer */

/**
 * Which redemptions are looked for; null looks at all.
 * @typedef {object} RedemptionSearch
 * @property {string | null} [state]
 * @property {string | null} [customer]
 * @property {string | null} [coupon]
 * @property {number | null} [from] reserved at this time or later, UTC
 * @property {number | null} [to] reserved before this time, UTC
 * @property {string | null} [code] with which it begins
 * @property {number | null} [after] the `next` of the page before
 * @property {number} limit
 */

/**
 * What became of a code.
 * @typedef {object} CodeHistory
 * @property {string} code
 * @property {number} redemptions
 * @property {boolean} confirmed whether one of them is
 * @property {boolean} held
 * @property {boolean} reversed
 * @property {object} last the newest of them, as it is told
 */

/** @typedef {{ operation: Operation, done: (answer: Answer) => void, failed: (error: unknown) => void }} Waiting */

/** Operations of one transaction; the module keeps the same limit. */
const OPERATIONS_MAX = 256;

/** Operations that wait for their transaction. */
const WAITING_MAX = 10_000;

/** How long the first of them waits for others. */
const GATHER_MS = 1;

/** To who comes when too many wait. @type {Answer} */
const BUSY = { status: 503, body: JSON.stringify(UNAVAILABLE) };

/** Holds that run out in one call of the module. */
const EXPIRED_MAX = 1000;

/** Rows of one page. */
const ROWS_MAX = 1000;

/** Codes of one page. */
const CODES_MAX = 10_000;

/** Definitions of one call. */
const COUPONS_MAX = 1000;

/** How long changed figures wait for more of them. */
const TELL_MS = 1000;

/** The directory is told again after that, when it could not be reached. */
const TELL_AGAIN_MS = 5000;

/** Random bytes that the module needs for each operation. */
const RANDOM_BYTES = 16;

/**
 * The only place that consumes: one shard of a coupon group. Every operation is one transaction: load the rows,
 * one call of the module, write the rows.
 * @extends {DurableObject<import("../coupons.js").CouponsEnv>}
 */
export class CouponGroup extends DurableObject {
  #about;
  #alarm;
  #answers;
  #redemptions;
  #sums;
  #tallies;
  #group;
  #shard;
  /** @type {Waiting[]} */
  #waiting = [];

  /**
   * @param {DurableObjectState} ctx
   * @param {import("../coupons.js").CouponsEnv} env
   */
  constructor(ctx, env) {
    super(ctx, env);
    const { sql } = ctx.storage;
    this.#about = new About(sql, SCHEMA);
    this.#alarm = new Alarm(ctx.storage);
    this.#answers = new RememberedAnswers(sql);
    this.#redemptions = new Redemptions(sql);
    this.#sums = new Sums(sql, this.#about);
    this.#tallies = new Tallies(sql);
    // An alarm may wake an object without its name.
    const name = ctx.id.name ?? this.#about.get("name") ?? "";
    const [shard = "0", group = ""] = name.split("/").reverse();
    this.#group = group;
    this.#shard = Number(shard);
    ctx.blockConcurrencyWhile(() => this.#alarm.load());
  }

  /**
   * What the alarm is for: holds that are over, figures that the directory does not know, answers that are old.
   * It must not throw: it would be given up on.
   */
  async alarm() {
    this.#alarm.rang();
    try {
      this.ctx.storage.transactionSync(() => this.#expire(Date.now()));
      const again = this.#answers.forget(Date.now() - ANSWERS_KEPT_MS);
      if (again) this.#alarm.arm(Date.now());
      if (!(await this.#tell())) this.#alarm.arm(Date.now() + TELL_AGAIN_MS);
    } catch (error) {
      console.error("a coupon group could not clean up:", error);
      this.#alarm.arm(Date.now() + TELL_AGAIN_MS);
    }
    this.#arm();
  }

  /**
   * Takes over definitions of coupons; of each the newest version holds.
   * @param {any[]} coupons
   */
  define(coupons) {
    if (coupons.length > COUPONS_MAX) throw new RangeError(`more than ${COUPONS_MAX} coupons`);
    this.ctx.storage.transactionSync(() => {
      this.#about.set("name", this.ctx.id.name ?? "");
      this.#tallies.define(coupons);
    });
  }

  /**
   * Does an operation, together with those that come at the same time: what a transaction costs most is to wait
   * for the disk.
   * @param {Operation} operation
   * @returns {Promise<Answer>}
   */
  redeem(operation) {
    if (this.#waiting.length >= WAITING_MAX) return Promise.resolve(BUSY);
    return new Promise((done, failed) => {
      this.#waiting.push({ operation, done, failed });
      if (this.#waiting.length === 1) setTimeout(() => this.#redeemWaiting(), GATHER_MS);
    });
  }

  #redeemWaiting() {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let at = 0; at < waiting.length; at += OPERATIONS_MAX) {
      this.#settle(waiting.slice(at, at + OPERATIONS_MAX));
    }
  }

  /**
   * @param {Waiting[]} waiting
   */
  #settle(waiting) {
    try {
      const answers = this.#operate(waiting.map(({ operation }) => operation));
      for (const [index, { done }] of waiting.entries()) done(answers[index] ?? BUSY);
    } catch (error) {
      // None of them was done. The one that is the cause does not take the others with it.
      if (waiting.length === 1) return waiting[0]?.failed(error);
      for (const one of waiting) this.#settle([one]);
    }
  }

  /**
   * Does some operations in their order, in one transaction.
   * @param {Operation[]} operations
   * @returns {Answer[]}
   */
  #operate(operations) {
    return this.ctx.storage.transactionSync(() => {
      const nowMs = Date.now();
      this.#expire(nowMs);
      return this.#run(operations, nowMs);
    });
  }

  /**
   * @param {string} id what follows the group and the shard
   * @returns {object | null} the redemption as it is told
   */
  get(id) {
    return this.#read(() => this.#redemptions.named([id]))[0] ?? null;
  }

  /**
   * The redemptions of a code, the newest first.
   * @param {string} code
   * @returns {object[]}
   */
  lookup(code) {
    return this.#read(() => this.#redemptions.ofCode(code, ROWS_MAX));
  }

  /**
   * What became of each of some codes; those without a redemption are left out.
   * @param {string[]} codes
   * @returns {CodeHistory[]}
   */
  histories(codes) {
    const histories = this.#redemptions.histories(codes.slice(0, CODES_MAX));
    const last = this.#read(() => this.#redemptions.numbered(histories.map(({ last }) => last)));
    return histories.map((history, index) => ({ ...history, last: last[index] ?? {} }));
  }

  /**
   * What is taken of a coupon; null for one that is not known here.
   * @param {string} coupon
   */
  counts(coupon) {
    return this.ctx.storage.transactionSync(() => {
      this.#expire(Date.now());
      return this.#tallies.tally(coupon);
    });
  }

  /**
   * Codes that may be redeemed once and are redeemed or held.
   * @param {string} after
   * @param {number} limit
   */
  used(after, limit) {
    return this.ctx.storage.transactionSync(() => {
      this.#expire(Date.now());
      return this.#redemptions.usedCodes(after, Math.min(limit, CODES_MAX));
    });
  }

  /**
   * @param {RedemptionSearch} search
   * @returns {{ rows: object[], next: number | null }}
   */
  search(search) {
    /** @type {number | null} */
    let next = null;
    const rows = this.#read(() => {
      const found = this.#redemptions.search({
        ...search,
        limit: Math.min(search.limit, ROWS_MAX),
      });
      next = found.next;
      return found.rows;
    });
    return { rows, next };
  }

  /**
   * Redemptions as they stand now, as they are told.
   * @param {() => import("usher/office").Redemption[]} load
   * @returns {any[]}
   */
  #read(load) {
    return this.ctx.storage.transactionSync(() => {
      this.#expire(Date.now());
      const rows = JSON.stringify(load());
      return JSON.parse(callModule(() => tellRedemptions(this.#group, this.#shard, rows)));
    });
  }

  /**
   * Gives back the slots of all holds that are over.
   * @param {number} nowMs
   */
  #expire(nowMs) {
    const endMs = this.#redemptions.nextEndMs;
    if (endMs === null || endMs > nowMs) return;
    for (;;) {
      const due = this.#redemptions.due(nowMs, EXPIRED_MAX);
      if (due.length > 0) this.#call([], nowMs, due, []);
      if (due.length < EXPIRED_MAX) return;
    }
  }

  /**
   * @param {Operation[]} operations
   * @param {number} nowMs
   */
  #run(operations, nowMs) {
    /** @type {[basket: string, coupon: string, code: string][]} */
    const baskets = [];
    /** @type {[coupon: string, customer: string][]} */
    const customers = [];
    /** @type {string[]} */
    const ids = [];
    /** @type {string[]} */
    const codes = [];
    for (const { step, body, id, code } of operations) {
      if (step !== "reserve") {
        ids.push(id);
        continue;
      }
      const { customer, basket } = namesIn(body);
      if (customer !== null) customers.push([id, customer]);
      if (basket !== null) baskets.push([basket, id, code]);
      if (this.#tallies.isOnce(id)) codes.push(code);
    }
    const rows = [
      ...(ids.length > 0 ? this.#redemptions.named(ids) : []),
      ...(baskets.length > 0 ? this.#redemptions.holdsOf(baskets) : []),
      ...(codes.length > 0 ? this.#redemptions.taking(codes) : []),
    ];
    return this.#call(operations, nowMs, rows, customers);
  }

  /**
   * One call of the module, with all rows that it needs.
   * @param {Operation[]} operations
   * @param {number} nowMs
   * @param {import("usher/office").Redemption[]} redemptions
   * @param {[coupon: string, customer: string][]} customers
   */
  #call(operations, nowMs, redemptions, customers) {
    const coupons = new Set(redemptions.map(({ coupon }) => coupon));
    for (const { step, id } of operations) if (step === "reserve") coupons.add(id);
    for (const { coupon, customer } of redemptions) customers.push([coupon, customer]);
    const keys = operations.map(({ key }) => key);
    const batch = JSON.stringify({
      group: this.#group,
      shard: this.#shard,
      now_ms: nowMs,
      coupons: this.#tallies.read(coupons),
      customers: this.#tallies.customers(customers),
      redemptions,
      answers: keys.length === 0 ? [] : this.#answers.read(keys),
      operations,
    });
    const random = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES * operations.length));
    /** @type {import("usher/office").BatchResult} */
    const result = JSON.parse(callModule(() => redeem(batch, random)));
    this.#redemptions.write(result.redemptions);
    this.#tallies.write(result.tallies, result.customers);
    this.#answers.write(result.remembered);
    this.#sums.add(result.sums);
    this.#arm();
    return result.answers;
  }

  #arm() {
    const endMs = this.#redemptions.nextEndMs;
    if (endMs !== null) this.#alarm.arm(endMs);
    if (this.#sums.areNew) this.#alarm.arm(Date.now() + TELL_MS);
    const oldestMs = this.#answers.oldestMs;
    if (oldestMs !== null) this.#alarm.arm(oldestMs + ANSWERS_KEPT_MS);
  }

  /**
   * Tells the directory what changed.
   * @returns {Promise<boolean>} whether it knows all of it now, or more is to be told at once
   */
  async #tell() {
    while (this.#sums.areNew) {
      const rows = this.#sums.untold();
      const version = Number(rows.at(-1)?.["version"]);
      const directory = /** @type {any} */ (this.env.COUPON_DIRECTORY.getByName(this.env.TENANT));
      try {
        await directory.figures(this.#group, this.#shard, version, rows);
      } catch (error) {
        console.error("the directory was not told of redemptions:", error);
        return false;
      }
      this.#sums.told(version);
    }
    return true;
  }
}

/**
 * The names by which rows are looked up; whether the body is sound, the module says.
 * @param {string} body
 * @returns {{ customer: string | null, basket: string | null }}
 */
function namesIn(body) {
  const text = (/** @type {unknown} */ value) => (typeof value === "string" ? value : null);
  try {
    const { purchase } = JSON.parse(body);
    return { customer: text(purchase?.customer?.id), basket: text(purchase?.basket) };
  } catch {
    return { customer: null, basket: null };
  }
}
